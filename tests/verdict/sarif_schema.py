"""What SARIF 2.1.0 asks of the objects we write.

A subset of the published schema (errata 01), made by hand: of each object that our reports have,
the members they use, with the types and demands that the schema has for these. All others are
refused, though the schema knows more of them.
"""

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
STRINGS = {"type": "object", "additionalProperties": STRING}


def thing(required=(), **members):
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": members,
        "required": [*required],
    }


def several(name, *, unique=False):
    return {"type": "array", "uniqueItems": unique, "items": ref(name)}


def ref(name):
    return {"$ref": f"#/definitions/{name}"}


BAG = {
    "type": "object",
    "properties": {"tags": {"type": "array", "uniqueItems": True, "items": STRING}},
}
DEFINITIONS = {
    "run": thing(
        ["tool"],
        tool=thing(["driver"], driver=ref("toolComponent")),
        automationDetails=thing(id=STRING),
        invocations=several("invocation"),
        columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        results=several("result"),
        properties=BAG,
    ),
    "toolComponent": thing(
        ["name"],
        name=STRING,
        version=STRING,
        semanticVersion=STRING,
        rules=several("reportingDescriptor", unique=True),
    ),
    "reportingDescriptor": thing(
        ["id"],
        id=STRING,
        shortDescription=ref("multiformatMessageString"),
        fullDescription=ref("multiformatMessageString"),
        help=ref("multiformatMessageString"),
        defaultConfiguration=thing(level=LEVEL),
        properties=BAG,
    ),
    "multiformatMessageString": thing(["text"], text=STRING, markdown=STRING),
    "message": {
        **thing(text=STRING, markdown=STRING, id=STRING),
        "anyOf": [{"required": ["text"]}, {"required": ["id"]}],
    },
    "invocation": thing(
        ["executionSuccessful"],
        commandLine=STRING,
        exitCode=INTEGER,
        executionSuccessful={"type": "boolean"},
        toolExecutionNotifications=several("notification"),
    ),
    "notification": thing(["message"], message=ref("message"), level=LEVEL),
    "result": thing(
        ["message"],
        ruleId=STRING,
        ruleIndex=INTEGER | {"minimum": -1},
        level=LEVEL,
        message=ref("message"),
        locations=several("location"),
        occurrenceCount=INTEGER | {"minimum": 1},
        partialFingerprints=STRINGS,
        suppressions=several("suppression", unique=True),
        webRequest=thing(method=STRING, target=STRING, body=thing(text=STRING)),
        webResponse=thing(statusCode=INTEGER, noResponseReceived={"type": "boolean"}),
        properties=BAG,
    ),
    "location": thing(
        physicalLocation={
            **thing(
                artifactLocation=thing(uri=STRING | {"format": "uri-reference"}, uriBaseId=STRING),
                region=thing(["startLine"], startLine=INTEGER | {"minimum": 1}),
            ),
            "required": ["artifactLocation"],
        },
        logicalLocations={
            "type": "array",
            "uniqueItems": True,
            "items": thing(fullyQualifiedName=STRING, kind=STRING),
        },
    ),
    "suppression": thing(
        ["kind"],
        kind={"enum": ["inSource", "external"]},
        status={"enum": ["accepted", "underReview", "rejected"]},
        justification=STRING,
    ),
}
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **thing(
        ["version", "runs"],
        **{"$schema": STRING | {"format": "uri"}},
        version={"enum": ["2.1.0"]},
        runs=several("run"),
    ),
    "definitions": DEFINITIONS,
}
