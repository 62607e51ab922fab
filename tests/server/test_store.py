"""What is kept in memory: rows by tenant, and no more tenants than there is room for."""

from mockserver.store.memory import MemoryTable


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


def test_the_oldest_tenant_makes_room_for_a_new_one():
    rows = MemoryTable[int](most=2)
    for number, tenant in enumerate(("anna", "bert", "anna", "carl")):
        rows.put(tenant, number, number)
    assert [len(rows.of(tenant)) for tenant in ("anna", "bert", "carl")] == [0, 1, 1]
