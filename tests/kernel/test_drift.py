"""Drift: what a published OpenAPI document says otherwise than ours, one change for each."""

from copy import deepcopy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.kernel.published import flattening
from contracts.kernel.published.drift import drift
from contracts.kernel.published.flattening import DEEPEST

STRING = {"type": "string"}
TEXT = {"type": "object", "properties": {"type": {"const": "text"}, "text": STRING}}
LINK = {"type": "object", "properties": {"type": {"enum": ["link"]}, "url": STRING}}
NAMED = {"properties": {"url": STRING}}
TREE = {"properties": {"leaf": STRING, "below": {"$ref": "#/components/schemas/Tree"}}}


def document(schema: object = None, path: str = "/jobs", **more: object) -> dict:
    """A document of one operation whose JSON body has this schema."""
    body = {"content": {"application/json": {"schema": schema}}}
    operation = {"requestBody": body} if schema is not None else {}
    return {"paths": {path: {"post": operation | more}}}


def field(schema: object) -> dict:
    """A document whose body has one field, `x`."""
    return document({"type": "object", "properties": {"x": schema}})


def with_schemas(schema: object, **schemas: object) -> dict:
    return document(schema) | {"components": {"schemas": schemas}}


def sentences(published: dict, ours: dict) -> list[str]:
    return [change.sentence for change in drift(published, ours)]


NAMES = st.text("abcdef_", min_size=1, max_size=4)
LOW, HIGH = st.integers(2, 50), st.integers(51, 99)
STRINGS = st.fixed_dictionaries(
    {"type": st.just("string")}, optional={"minLength": LOW, "maxLength": HIGH}
)
NUMBERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])}, optional={"minimum": LOW, "maximum": HIGH}
)
ENUMS = st.lists(NAMES | st.booleans(), min_size=2, max_size=4, unique_by=str).map(
    lambda values: {"enum": values}
)


def objects(inner: st.SearchStrategy) -> st.SearchStrategy:
    """Objects of one to three fields, the first of them required."""
    fields = st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    return fields.map(
        lambda below: {"type": "object", "properties": below, "required": list(below)[:1]}
    )


def containers(inner: st.SearchStrategy) -> st.SearchStrategy:
    lists = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner}, optional={"minItems": LOW, "maxItems": HIGH}
    )
    unions = st.dictionaries(NAMES, inner, min_size=1, max_size=2).map(
        lambda shapes: {
            "oneOf": [
                {"type": "object", "properties": {"type": {"const": tag}, "value": value}}
                for tag, value in shapes.items()
            ]
        }
    )
    return lists | unions | objects(inner)


SCHEMAS = objects(st.recursive(STRINGS | NUMBERS | ENUMS, containers, max_leaves=6))


def schemas_in(schema: dict) -> list[dict]:
    """The schema and all below it, other than the tags of shapes."""
    below = [*schema.get("properties", {}).values(), *schema.get("oneOf", ())]
    below += [schema["items"]] if "items" in schema else []
    return [schema, *(inner for one in below if "const" not in one for inner in schemas_in(one))]


def limit_in(schema: dict) -> str | None:
    return next((key for key in schema if key.startswith(("min", "max"))), None)


def moves_a_limit(schema: dict, _: int) -> str:
    name = limit_in(schema)
    schema[name] += 1
    return name


def drops_a_limit(schema: dict, _: int) -> str:
    name = limit_in(schema)
    del schema[name]
    return name


def adds_a_value(schema: dict, _: int) -> str:
    schema["enum"].append("another")
    return "enum"


def drops_a_value(schema: dict, number: int) -> str:
    del schema["enum"][number % len(schema["enum"])]
    return "enum"


def turns_required(schema: dict, number: int) -> str:
    name = list(schema["properties"])[number % len(schema["properties"])]
    schema["required"] = sorted({name} ^ set(schema["required"]))
    return "required"


def adds_a_field(schema: dict, number: int) -> str:
    schema["properties"]["another"] = [STRING, NAMED][number % 2]
    return "field"


def drops_a_field(schema: dict, number: int) -> str:
    name = list(schema["properties"])[number % len(schema["properties"])]
    del schema["properties"][name]
    schema["required"] = sorted(set(schema["required"]) - {name})
    return "field"


def closes(schema: dict, _: int) -> str:
    schema["additionalProperties"] = False
    return "closed"


MUTATIONS = {
    moves_a_limit: limit_in,
    drops_a_limit: limit_in,
    adds_a_value: lambda schema: "enum" in schema,
    drops_a_value: lambda schema: "enum" in schema,
    turns_required: lambda schema: "required" in schema,
    adds_a_field: lambda schema: "required" in schema,
    drops_a_field: lambda schema: "required" in schema,
    closes: lambda schema: "required" in schema,
}
"""What a provider may do to a schema, and to which schemas; it names the fact that changed."""


@given(SCHEMAS)
def test_a_document_has_not_drifted_from_itself(schema):
    assert drift(document(schema), document(deepcopy(schema))) == []


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
@given(st.data())
def test_one_mutation_is_one_change(mutate, data):
    ours = data.draw(SCHEMAS)
    published = deepcopy(ours)
    places = [one for one in schemas_in(published) if MUTATIONS[mutate](one)]
    assume(places)
    what = mutate(data.draw(st.sampled_from(places)), data.draw(st.integers(0, 9)))
    (change,) = drift(document(published), document(ours))
    assert change.what == what
    assert change.sentence.startswith(f"`{change.path}` " if change.path else "The body ")


@given(SCHEMAS, SCHEMAS)
def test_drift_seen_from_the_other_side_is_the_same_turned_round(one, other):
    there = drift(document(one), document(other))
    back = drift(document(other), document(one))
    turn = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [(each.path, each.what, turn[each.kind], each.published) for each in there] == [
        (each.path, each.what, each.kind, each.ours) for each in back
    ]


@given(SCHEMAS)
def test_it_does_not_matter_where_a_schema_is_written(schema):
    definitions = {}

    def moved(value: object) -> object:
        if isinstance(value, list):
            return [moved(one) for one in value]
        if not isinstance(value, dict):
            return value
        written = {key: moved(one) for key, one in value.items()}
        if value.keys() & {"type", "enum", "oneOf"} and "const" not in str(value.get("type")):
            definitions[name := f"S{len(definitions)}"] = written
            return {"$ref": f"#/components/schemas/{name}"}
        return written

    assert drift(with_schemas(moved(schema), **definitions), document(schema)) == []


@pytest.mark.parametrize(
    ("published", "ours", "sentence"),
    [
        ({"maxLength": 20}, {"maxLength": 10}, "`x` may have 20 characters, we say 10"),
        ({"maxLength": 1}, {}, "`x` may have 1 character, we say no limit"),
        ({}, {"maxLength": 10}, "`x` has no `maxLength`, we say 10"),
        ({"minLength": 2}, {"minLength": 1}, "`x` needs 2 characters, we say 1"),
        ({"maxItems": 1}, {"maxItems": 2}, "`x` may have 1 item, we say 2"),
        ({"minItems": 3}, {}, "`x` needs 3 items, we say no limit"),
        ({"minimum": -1}, {"minimum": 0}, "`x` must be at least -1, we say 0"),
        ({"maximum": 1.5}, {"maximum": 1}, "`x` may be at most 1.5, we say 1"),
        ({"exclusiveMinimum": 1}, {}, "`x` must be more than 1, we say no limit"),
        ({"exclusiveMaximum": 1}, {}, "`x` must be less than 1, we say no limit"),
        ({"type": ["string", "null"]}, STRING, "`x` is a string or null, we say a string"),
        ({}, {"type": "integer"}, "`x` is anything, we say an integer"),
        ({"type": "file"}, {}, "`x` is file, we say anything"),
        (
            {"additionalProperties": False},
            {"additionalProperties": True},
            "`x` takes no other fields, we say it does",
        ),
        ({}, {"unevaluatedProperties": False}, "`x` takes other fields, we say it does not"),
        (
            {"enum": ["1:1", "4:5", "5:4"]},
            {"enum": ["1:1"]},
            "`x` has new values: `4:5`, `5:4`",
        ),
        ({"enum": ["a"]}, {"enum": ["b", "a"]}, "`x` has lost values: `b`"),
        (
            {"enum": [1, "b"]},
            {"enum": ["1", "b"]},
            "`x` has new values: `1` and has lost values: `1`",
        ),
    ],
)
def test_a_changed_fact_is_a_sentence(published, ours, sentence):
    assert sentence in sentences(field(published), field(ours))


@pytest.mark.parametrize(
    ("published", "ours", "sentence"),
    [
        (STRING | {"enum": ["a", "b"]}, STRING, "`x` is one of `a`, `b`, we say any value"),
        (STRING, STRING | {"const": "a"}, "`x` is any value, we say exactly `a`"),
    ],
)
def test_a_list_of_values_where_there_was_none_is_a_sentence(published, ours, sentence):
    assert sentences(field(published), field(ours)) == [sentence]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "array", "maxItems": 10}, "an array of at most 10"),
        ({"type": "string", "minLength": 1, "maxLength": 5}, "a string of 1 to 5 characters"),
        ({"type": "integer", "minimum": 0}, "an integer of at least 0"),
        ({"type": ["number", "null"]}, "a number or null"),
        ({"type": "boolean"}, "a boolean"),
        ({"enum": ["a", 2, True]}, "one of `a`, `2`, `true`"),
        ({"properties": {"inner": STRING}}, "an object"),
        ({}, "anything"),
    ],
)
def test_a_new_field_is_described_and_an_old_one_is_gone(schema, words):
    empty = document({"type": "object"})
    assert sentences(field(schema), empty) == [f"`x` is new: {words}"]
    assert sentences(empty, field(schema)) == ["`x` is gone"]


def test_listed_values_show_their_types_but_not_that_null_is_allowed():
    published, ours = field({"enum": ["a", 1]}), field({"type": "string", "enum": ["a"]})
    assert sentences(published, ours) == ["`x` has new values: `1`"]
    assert sentences(field({"enum": ["a", None]}), ours) == [
        "`x` is a string or null, we say a string"
    ]


def test_a_change_names_operation_field_fact_and_both_values():
    published = {"required": ["x"], "properties": {"x": {"enum": ["b", "c"]}}}
    ours = {"properties": {"x": {"enum": ["a", "b"]}, "y": STRING}}
    assert drift(document(published), document(ours)) == [
        ("POST /jobs", "x", "changed", "required", False, True),
        ("POST /jobs", "x", "changed", "enum", ("a", "b"), ("b", "c")),
        ("POST /jobs", "y", "removed", "field", "a string", None),
    ]
    assert sentences(document(ours), document(published)) == [
        "`x` is optional, we say required",
        "`x` has new values: `a` and has lost values: `c`",
        "`y` is new: a string",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"anyOf": [STRING, {"type": "null"}]}, {"type": ["null", "string"]}),
        ({"allOf": [STRING], "nullable": True}, {"type": ["string", "null"]}),
        ({"nullable": True}, {}),
        ({"anyOf": [{"type": "null"}, {"const": None}]}, {"type": "null"}),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"enum": ["a", "b", "a"]}, {"enum": ["b", "a"]}),
        ({"enum": [1, 2.0, 1.5]}, {"enum": [1.0, 2, 1.5], "type": "number"}),
        ({"enum": ["a", None], "type": ["string", "null"]}, {"enum": ["a", None]}),
        (
            {"minimum": 1, "exclusiveMinimum": True, "maximum": 3, "exclusiveMaximum": True},
            {"exclusiveMinimum": 1, "exclusiveMaximum": 3},
        ),
        ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
        (
            {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9, "maximum": 5},
            {"type": "integer", "minimum": 1, "maximum": 5},
        ),
        ({"type": ["integer", "number"]}, {"type": "number"}),
        ({"minLength": 0, "minItems": 0}, {}),
        ({"maxLength": "many", "enum": "all", "items": 5, "required": 1}, {"items": {}}),
        ({"items": STRING}, {"type": "array", "items": STRING}),
        (STRING | {"pattern": "a", "default": "a", "format": "uri", "title": "A"}, STRING),
        ({"allOf": [{"maxLength": 5}, {"maxLength": 7}], "maxLength": 6}, {"maxLength": 5}),
        ({"allOf": [{"minimum": 5}, {"minimum": 7}]}, {"minimum": 7}),
        ({"allOf": [{"enum": [1, 2, 3]}, {"enum": [4, 3, 2]}]}, {"enum": [2, 3]}),
        ({"allOf": [{"type": "number"}, {"type": ["integer", "null"]}]}, {"type": "integer"}),
        (
            {"allOf": [{"required": ["url"]}, NAMED]},
            {"properties": {"url": STRING}, "required": ["url"]},
        ),
        (
            {
                "allOf": [
                    NAMED,
                    {"x-rule": "a/b", "properties": {"url": {"maxLength": 1}}},
                    {"if": {}, "required": ["url"]},
                    {"not": {}, "required": ["url"]},
                ]
            },
            NAMED,
        ),
        (
            {"oneOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "maximum": 5}]},
            {"type": ["string", "integer"], "enum": ["a"], "maximum": 5},
        ),
        ({"anyOf": [{"enum": ["a"]}, STRING]}, {"enum": ["a"]}),
        (
            {"anyOf": [{"maxLength": 5}, {"maxLength": 7}, {"type": "null"}]},
            {"maxLength": 7},
        ),
        ({"anyOf": [{"maxLength": 5}, {}]}, {}),
        ({"anyOf": [{"minimum": 5}, {"minimum": 7}]}, {"minimum": 5}),
        ({"anyOf": []}, {}),
        (
            NAMED | {"anyOf": [{"required": ["url"]}, {"required": ["id"]}]},
            {"properties": {"url": STRING, "id": {}}},
        ),
        (
            {"anyOf": [NAMED | {"required": ["url"]}, {"type": "null"}]},
            NAMED | {"type": ["object", "null"], "required": ["url"]},
        ),
        (
            {"anyOf": [NAMED | {"required": ["url"]}, NAMED | {"required": ["url"]}]},
            NAMED | {"required": ["url"]},
        ),
        (
            {"anyOf": [{"properties": {"a": NAMED | {"required": ["url"]}}}, {"type": "object"}]},
            {"properties": {"a": NAMED | {"required": ["url"]}}},
        ),
        (
            {"oneOf": [TEXT, LINK]},
            {"anyOf": [LINK, TEXT], "discriminator": {"propertyName": "type"}},
        ),
        (
            {"oneOf": [TEXT, {"type": "null"}]},
            {"oneOf": [TEXT], "nullable": True},
        ),
        (
            {"oneOf": [TEXT, TEXT]},
            {"oneOf": [TEXT]},
        ),
        (
            {"type": "array", "items": {"oneOf": [TEXT, LINK]}},
            {"items": {"oneOf": [LINK, TEXT], "type": "object"}},
        ),
        (True, {}),
    ],
    ids=str,
)
def test_two_ways_to_say_the_same_are_no_drift(one, other):
    assert sentences(field(one), field(other)) == []
    assert sentences(field(other), field(one)) == []


@pytest.mark.parametrize(
    ("published", "ours", "sentence"),
    [
        (
            [TEXT, {"properties": {"type": {"const": "link"}, "url": STRING | {"maxLength": 9}}}],
            [TEXT, LINK],
            "`x[link].url` may have 9 characters, we say no limit",
        ),
        ([TEXT, LINK], [TEXT], "`x[link]` is new: an object"),
        ([TEXT], [TEXT, LINK], "`x[link]` is gone"),
    ],
)
def test_the_shapes_of_a_list_have_their_tag_in_brackets(published, ours, sentence):
    lists = [field({"type": "array", "items": {"oneOf": one}}) for one in (published, ours)]
    assert sentences(*lists) == [sentence]


@pytest.mark.parametrize(
    ("discriminator", "paths"),
    [
        ({"propertyName": "kind"}, ["[A]", "[B]"]),
        ({"propertyName": "kind", "mapping": {"a": "#/components/schemas/A"}}, ["[B]", "[a]"]),
        ({"mapping": {"a": ["A"]}}, ["[A]", "[B]"]),
        ({"mapping": {"a": "A", "b": "B", "c": "B"}}, ["[a]", "[b]", "[c]"]),
        ({}, ["url"]),
    ],
)
def test_a_shape_without_a_constant_is_named_by_the_discriminator(discriminator, paths):
    members = [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]
    union = {"type": "object", "oneOf": members, "discriminator": discriminator}
    published = with_schemas(union, A=NAMED, B=NAMED)
    changes = drift(published, document({"type": "object"}))
    assert [change.path for change in changes] == paths


def test_fields_of_items_and_lists_of_lists_have_their_path():
    published = {"type": "array", "items": {"type": "array", "items": NAMED}}
    ours = {"type": "array", "items": {"type": "array", "items": {"type": "object"}}}
    assert sentences(field(published), field(ours)) == ["`x[][].url` is new: a string"]


def test_a_whole_body_may_be_new_or_gone_or_of_another_type():
    assert sentences(document(NAMED), document()) == ["The body is new: an object"]
    assert sentences(document(), document(NAMED)) == ["The body is gone"]
    assert sentences(document(STRING), document({"type": "array"})) == [
        "The body is a string, we say an array"
    ]


def test_only_a_json_body_is_compared():
    body = {"content": {"text/plain": {}, "application/json; charset=utf-8": {"schema": NAMED}}}
    published = document(requestBody={"$ref": "#/bodies/0"}) | {"bodies": [body]}
    assert sentences(published, document(NAMED)) == []


@pytest.mark.parametrize("place", ["operation", "path"])
def test_query_parameters_are_fields_with_a_question_mark(place):
    def listing(*parameters: dict) -> dict:
        if place == "operation":
            return {"paths": {"/jobs": {"get": {"parameters": list(parameters)}}}}
        return {"paths": {"/jobs": {"get": {}, "parameters": list(parameters)}}}

    kind = {"in": "query", "name": "type", "schema": {"enum": ["a"]}}
    page = {"in": "query", "name": "page", "schema": {"type": "integer"}}
    header = {"in": "header", "name": "accept", "schema": STRING}
    published = listing(
        {"$ref": "#/parameters/type"},
        {"in": "query", "name": "tags", "schema": {"items": STRING}, "required": True},
        header,
    ) | {"parameters": {"type": kind | {"schema": {"enum": ["a", "b"]}}}}
    ours = listing(kind, page, {"in": "query", "name": "own", "x-undocumented": True})
    assert sentences(published, ours) == [
        "`?page` is gone",
        "`?tags` is new: an array, required",
        "`?type` has new values: `b`",
    ]


@pytest.mark.parametrize(
    ("published", "ours", "new"),
    [
        (["200", "402"], ["200"], ["402"]),
        ([200, "default", "x-note"], ["200"], []),
        (["4XX", "5XX"], ["404"], ["5XX"]),
        (["404"], ["4xx"], []),
        (["200"], ["200", "418"], []),
    ],
)
def test_a_status_that_we_do_not_send_is_new(published, ours, new):
    documents = [document(responses={code: {} for code in one}) for one in (published, ours)]
    assert sentences(*documents) == [f"Status {status} is new" for status in new]


@pytest.mark.parametrize(
    ("published", "server"),
    [
        ("/api/v1/jobs/{id}", None),
        ("/api/v1/jobs/{job}", "https://api.example/v9"),
        ("/jobs/{job_id}", "https://api.example/api/v1/"),
        ("/v1/jobs/{id}", "/api"),
        ("/jobs/{id}", "https://api.example"),
        ("/v1/jobs/{id}", None),
    ],
)
def test_an_operation_is_found_by_its_path_below_the_server(published, server):
    servers = {"servers": [{"url": server}]} if server else {"servers": []}
    ours = document(NAMED, "/api/v1/jobs/{id}")
    assert sentences(document(NAMED, published) | servers, ours) == []
    assert sentences(document(NAMED, published, **servers), ours) == []


@pytest.mark.parametrize("published", ["/{id}", "/", "/obs/{id}", "/v2/jobs/{id}"])
def test_an_operation_elsewhere_is_another(published):
    changes = drift(document(NAMED, published), document(NAMED, "/api/v1/jobs/{id}"))
    assert [(change.kind, change.operation) for change in changes] == [
        ("operation-removed", "POST /api/v1/jobs/{id}"),
        ("operation-added", f"POST {published}"),
    ]
    assert [change.sentence for change in changes] == [
        "`POST /api/v1/jobs/{id}` is gone",
        f"`POST {published}` is new",
    ]


def test_the_nearest_operation_is_taken_and_only_once():
    published = {"paths": {"/jobs": {"get": {}, "post": {}}, "/v1/jobs": {"get": {}}}}
    ours = {"paths": {"/api/v1/jobs": {"get": {}}, "/jobs": {"get": {}}, "/old/jobs": {"get": {}}}}
    assert sentences(published, ours) == ["`GET /old/jobs` is gone", "`POST /jobs` is new"]


def test_what_is_undocumented_may_be_missing_and_is_compared_where_it_is_not():
    hidden = {"type": "object", "x-undocumented": True, "properties": {"y": STRING}}
    assert sentences(document({"type": "object"}), field(hidden)) == []
    assert sentences(field({"type": "object"}), field(hidden)) == ["`x.y` is gone"]
    assert sentences({}, document(NAMED, **{"x-undocumented": True})) == []


def test_undocumented_may_stand_beside_a_reference_or_a_union():
    reference = {"$ref": "#/components/schemas/Named", "x-undocumented": True}
    union = {"anyOf": [STRING, {"type": "integer", "x-undocumented": True}]}
    ours = with_schemas({"properties": {"x": reference, "y": union}}, Named=NAMED)
    assert sentences(document({"type": "object"}), ours) == []


@pytest.mark.parametrize(
    "reference",
    ["#/components/schemas/None", "other.yaml#/A", "#name", "#/list/7", "#/list/x", "#/word/x", 5],
)
def test_a_reference_that_leads_nowhere_is_named(reference):
    broken = field({"$ref": reference}) | {"list": [1], "word": "x"}
    with pytest.raises(ValueError, match="leads nowhere") as caught:
        drift(broken, field({}))
    assert f"`$ref: {reference}`" in str(caught.value)


def test_references_are_json_pointers():
    published = field({"$ref": "#/odd~1na~0me/with%20space/1"}) | {
        "odd/na~me": {"with space": [None, STRING]}
    }
    assert sentences(published, field(STRING)) == []


@pytest.mark.parametrize(
    "inlined",
    [
        TREE,
        {"properties": {"leaf": STRING, "below": TREE}},
        {"$ref": "#/components/schemas/Twig"},
        {"oneOf": [TREE, TREE]},
    ],
)
def test_a_schema_that_holds_itself_is_compared_as_far_as_it_goes(inlined):
    schemas = {"Tree": TREE, "Twig": {"$ref": "#/components/schemas/Tree"}}
    ours = with_schemas({"$ref": "#/components/schemas/Tree"}, **schemas)
    assert sentences(with_schemas(inlined, **schemas), ours) == []


def test_a_schema_that_holds_itself_may_become_required():
    required = TREE | {"required": ["below"]}
    tree = {"$ref": "#/components/schemas/Tree"}
    published, ours = with_schemas(tree, Tree=required), with_schemas(tree, Tree=TREE)
    assert sentences(published, ours) == ["`below` is required, we say optional"]


def test_a_reference_to_itself_says_nothing():
    loop = {"$ref": "#/components/schemas/Loop"}
    assert sentences(with_schemas(loop, Loop=loop), document({})) == []


def test_the_deepest_fields_are_not_looked_into():
    deep = STRING
    for _ in range(DEEPEST + 5):
        deep = {"properties": {"a": deep}}
    deeper = {"properties": {"a": deep}}
    assert sentences(document(deeper), document(deep)) == []


def test_a_schema_that_explodes_is_refused(monkeypatch):
    monkeypatch.setattr(flattening, "MOST_SCHEMAS", 1000)
    schemas = {
        f"A{level}": {"allOf": [{"$ref": f"#/components/schemas/A{level + 1}"}] * 2}
        for level in range(30)
    }
    bomb = with_schemas({"$ref": "#/components/schemas/A0"}, **schemas, A30={})
    with pytest.raises(ValueError, match="more than 1000 others"):
        drift(bomb, document({}))


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"paths": None},
        {"paths": {"/jobs": None}},
        {"paths": {"/jobs": {"post": None, "summary": "x"}}},
        {"paths": {"/jobs": {"post": {}}}, "servers": ["x"]},
        {"paths": {"/jobs": {"post": {"parameters": [None, 5], "responses": []}}}},
        document("x") | {"servers": "x"},
    ],
    ids=str,
)
def test_a_partial_document_is_read_as_far_as_it_goes(broken):
    assert sentences(broken, {}) == ["`POST /jobs` is new"] * ("post': {" in str(broken))
    assert drift(broken, broken) == []
