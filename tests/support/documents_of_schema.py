"""Documents made from a JSON schema's own structure: ones that fit it, and ones with a few places changed."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
Place = tuple[str | int, ...]

_ODD: list[Any] = [None, True, 0, -1, 0.3, 1.5, 99999999, "", "x", "latest", "a b", "a-b", "A1", "s3", [], [None], {}]
_ODD += ["5m", "x:1", "on", ["a"], ["a", "a"], [["s3"]], {"a": "b"}, [{}], "10.0.0.1/16", "300.0.0.0/16", "*", "é€"]
# Few, so that services name each other.
_NAMES = st.sampled_from(["a", "b", "Read"])


class Documents:
    """Strategies for the values of a schema."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._made: dict[int, st.SearchStrategy[Any]] = {}
        self.keys = sorted({key for definition in self._definitions() for key in definition.get("properties", ())})

    def _definitions(self) -> list[Schema]:
        return [self.schema, *self.schema["$defs"].values()]

    def valid(self) -> st.SearchStrategy[Any]:
        """Values that fit types, patterns, limits and keys; conditions between keys are left to chance."""
        return self._value(self.schema)

    @st.composite
    @staticmethod
    def changed(draw: st.DrawFn, documents: "Documents") -> Any:
        """A value that fits, with up to three places replaced, taken out, renamed or added."""
        document = copy.deepcopy(draw(documents.valid()))
        for _ in range(draw(st.integers(1, 3))):
            if places := list(_places(document)):
                _change(draw, document, draw(st.sampled_from(places)), documents.keys)
        return document

    def _value(self, schema: Schema) -> st.SearchStrategy[Any]:
        if id(schema) not in self._made:
            self._made[id(schema)] = self._make(schema)
        return self._made[id(schema)]

    def _make(self, schema: Schema) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            return self._value(self.schema["$defs"][schema["$ref"].rpartition("/")[2]])
        for word in ("anyOf", "oneOf"):
            if word in schema and "type" not in schema:
                return st.one_of([self._value(one) for one in schema[word]])
        if "const" in schema or "enum" in schema:
            return st.sampled_from(schema.get("enum") or [schema["const"]])
        kind = schema.get("type", "object")
        if isinstance(kind, list):
            return st.one_of([self._make({"type": one}) for one in kind])
        return getattr(self, f"_{kind}")(schema)  # type: ignore[no-any-return]

    def _object(self, schema: Schema) -> st.SearchStrategy[Any]:
        if "properties" in schema:
            return self._mapping(schema)
        names = self._string(schema.get("propertyNames", {}))
        return st.dictionaries(_NAMES | names, self._value(schema["additionalProperties"]), max_size=3)

    @st.composite
    @staticmethod
    def _mapping_of(draw: st.DrawFn, documents: "Documents", schema: Schema) -> dict[str, Any]:
        optional = sorted(set(schema["properties"]) - set(schema.get("required", ())))
        keys = [*schema.get("required", ())]
        keys += draw(st.lists(st.sampled_from(optional), max_size=3, unique=True)) if optional else []
        return {key: draw(documents._value(schema["properties"][key])) for key in keys}

    def _mapping(self, schema: Schema) -> st.SearchStrategy[Any]:
        return Documents._mapping_of(self, schema)

    def _array(self, schema: Schema) -> st.SearchStrategy[Any]:
        return st.lists(self._value(schema["items"]), min_size=schema.get("minItems", 0), max_size=3)

    def _string(self, schema: Schema) -> st.SearchStrategy[str]:
        if "pattern" in schema:
            alphabet = st.characters(codec="ascii", min_codepoint=32)
            return st.from_regex(schema["pattern"].replace("$", r"\Z"), alphabet=alphabet).filter(
                lambda text: len(text) < 80
            )
        return _NAMES | st.text(st.characters(codec="utf-8"), min_size=schema.get("minLength", 0), max_size=5)

    def _integer(self, schema: Schema) -> st.SearchStrategy[int]:
        low = schema.get("minimum", 0)
        return st.integers(low, schema.get("maximum", low + 100))

    def _number(self, schema: Schema) -> st.SearchStrategy[Any]:
        low, high = schema.get("minimum", 0), schema.get("maximum", 100)
        return st.integers(int(low), int(high)) | st.floats(low, high).map(lambda value: round(value * 2) / 2)

    def _boolean(self, schema: Schema) -> st.SearchStrategy[bool]:
        return st.booleans()

    def _null(self, schema: Schema) -> st.SearchStrategy[None]:
        return st.none()


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*place, key)
        yield from _places(inner, (*place, key))


def _change(draw: st.DrawFn, document: Any, place: Place, keys: list[str]) -> None:
    for key in place[:-1]:
        document = document[key]
    last: Any = place[-1]
    match draw(st.sampled_from(["replace", "remove", "rename", "add", "double"])):
        case "replace":
            document[last] = draw(st.sampled_from(copy.deepcopy(_ODD)))
        case "remove":
            del document[last]
        case "rename" if isinstance(document, dict):
            document[draw(st.sampled_from([*keys, "a-b", "x10", "kube-a", "default"]))] = document.pop(last)
        case "add" if isinstance(document, dict):
            document[draw(st.sampled_from(keys))] = draw(st.sampled_from(copy.deepcopy(_ODD)))
        case _ if isinstance(document, list):
            document.append(copy.deepcopy(document[last]))
