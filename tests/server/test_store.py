"""What is kept in memory: rows by tenant, and no more tenants than there is room for."""

from mockserver.store.memory import BoundedTable, MemoryTable


def table(**rows):
    made = MemoryTable[str]()
    for tenant, ids in rows.items():
        for id_ in ids:
            made.put(tenant, id_, f"{tenant} {id_}")
    return made


def test_a_row_belongs_to_its_tenant():
    rows = table(anna="ab", bert="b")
    assert rows.get("anna", "b") == "anna b"
    assert rows.get("bert", "a") is None
    assert rows.get("carl", "a") is None
    assert list(rows.ids("anna")) == ["a", "b"]
    assert list(rows.of("bert")) == ["bert b"]


def test_rows_are_dropped_one_by_one_or_all_at_once():
    rows = table(anna="abc", bert="b")
    rows.drop("anna", "a")
    rows.drop("anna", "never there")
    assert list(rows.ids("anna")) == ["b", "c"]
    rows.clear("anna")
    assert list(rows.of("anna")) == []
    assert list(rows.of("bert")) == ["bert b"]


def bounded(*puts):
    made = BoundedTable[int](most=2)
    for number, (tenant, id_) in enumerate(puts):
        made.put(tenant, id_, number)
    return made


def test_the_row_that_was_put_longest_ago_makes_room():
    rows = bounded(("anna", "a"), ("bert", "b"), ("anna", "a"), ("carl", "c"))
    assert list(rows.tenants()) == ["anna", "carl"]
    assert rows.get("anna", "a") == 2


def test_rows_that_are_gone_take_no_room():
    rows = bounded(("anna", "a"), ("anna", "b"))
    rows.drop("anna", "a")
    rows.put("bert", "b", 7)
    assert (rows.get("anna", "b"), rows.get("bert", "b")) == (1, 7)
    rows.clear("anna")
    rows.put("bert", "c", 8)
    assert list(rows.ids("bert")) == ["b", "c"]
    rows.reset()
    rows.put("carl", "a", 1)
    rows.put("carl", "b", 2)
    assert list(rows.of("carl")) == [1, 2]
