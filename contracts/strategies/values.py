"""Values for single fields, drawn from their JSON Schema: small, readable, and legal."""

import re
import string
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contracts.kernel.probing.specimens import as_data_url, film, image, sound

Schema = Mapping[str, Any]

LETTERS = string.ascii_letters + string.digits + " .,-!"
LONGEST = 30
"""How long texts get when nothing asks for more."""
MOST_ITEMS = 3
"""How many items lists get when nothing asks for more."""
FILE = {
    "image": ("png", image("png", 640, 640)),
    "video": ("mp4", film("mp4", 834, 1112, 3, 24)),
    "audio": ("wav", sound("wav", 3)),
}
"""One small specimen of each kind, within all limits that are documented anywhere."""
LINKS: Mapping[str, Sequence[str]] = {
    "image": ("https://example.com/cat.png", "http://example.com/dog.jpg"),
    "video": ("https://example.com/clip.mp4",),
    "audio": ("https://example.com/voice.mp3",),
    "any": ("https://example.com/file",),
}
DATA = {kind: as_data_url(kind, *file) for kind, file in FILE.items()}  # type: ignore[arg-type]


class Values:
    """Draws values for the schemas of one document."""

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions

    def resolve(self, schema: Schema) -> Schema:
        """Follow references, keeping what stands beside them."""
        while "$ref" in schema:
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**self._definitions[schema["$ref"]], **beside}
        return schema

    def of(self, schema: Schema) -> SearchStrategy[Any]:
        """Give legal values of a schema."""
        schema = self.resolve(schema)
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "examples" in schema:
            return st.sampled_from(schema["examples"])
        for union in ("oneOf", "anyOf"):
            if union in schema:
                return st.one_of([self.of(one) for one in schema[union]])
        return getattr(self, f"_{schema['type']}")(schema)  # type: ignore[no-any-return]

    def _string(self, schema: Schema) -> SearchStrategy[str]:
        if "x-media" in schema:
            kind = schema["x-media"]
            data = [DATA[kind]] if schema["x-data"] else []
            return st.sampled_from([*LINKS[kind], *data])
        if "pattern" in schema:
            return st.from_regex(re.compile(schema["pattern"]), fullmatch=True)
        shortest = schema.get("minLength", 0)
        longest = max(shortest, min(schema.get("maxLength", LONGEST), LONGEST))
        return st.text(LETTERS, min_size=shortest, max_size=longest)

    def _integer(self, schema: Schema) -> SearchStrategy[int]:
        return st.integers(schema.get("minimum"), schema.get("maximum"))

    def _number(self, schema: Schema) -> SearchStrategy[float]:
        above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        low, high = schema.get("minimum", above), schema.get("maximum", below)
        whole = st.integers(low, high).filter(lambda value: value not in {above, below})
        return whole | st.floats(
            low,
            high,
            exclude_min=above is not None,
            exclude_max=below is not None,
            allow_nan=False,
            allow_infinity=False,
            width=32,
        )

    def _boolean(self, _schema: Schema) -> SearchStrategy[bool]:
        return st.booleans()

    def _array(self, schema: Schema) -> SearchStrategy[list[Any]]:
        fewest = schema.get("minItems", 0)
        most = max(fewest, min(schema.get("maxItems", MOST_ITEMS), MOST_ITEMS))
        return st.lists(self.of(schema["items"]), min_size=fewest, max_size=most)

    def _object(self, schema: Schema) -> SearchStrategy[dict[str, Any]]:
        required = schema.get("required", ())
        fields = {name: self.of(one) for name, one in schema.get("properties", {}).items()}
        return st.fixed_dictionaries(
            {name: one for name, one in fields.items() if name in required},
            optional={name: one for name, one in fields.items() if name not in required},
        )
