"""What generated/ declares, as data for the programs of benchmarks/peers: arguments by the names of each language.

Types come from the jsii assemblies of the packages, so that the programs use the classes that a user would write.
"""

import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

# Of every resource, and set by an override: a program's own would be objects, and not addresses.
_META = ("depends_on", "lifecycle", "for_each", "provider", "count")
_TOKENS = {"array": "list", "number": "number", "map": "stringMap"}
_KEYWORDS = ("from", "lambda", "in", "is", "class", "global")


class Assembly:
    """The types of one provider package."""

    def __init__(self, packed: Path) -> None:
        with tarfile.open(packed) as archive:
            read = archive.extractfile("package/.jsii")
            assert read
            spec = json.load(read)
        self.name: str = spec["name"]
        self.provider = self.name.rpartition("provider-")[2]
        self._types: Mapping[str, Any] = spec["types"]
        self._submodules: Mapping[str, Any] = spec["submodules"]
        self._by_flat = {_flat(name.removeprefix(f"{self.name}.")): name for name in self._submodules}

    def construct(self, submodule: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Of the class that the submodule is about."""
        name = self._by_flat[_flat(submodule)]
        kind = next(
            one for one in self._types.values() if one.get("namespace") == name.rpartition(".")[2] and _is_main(one)
        )
        config = kind["initializer"]["parameters"][2]["type"]["fqn"]
        own = {key: value for key, value in arguments.items() if key not in _META}
        python, typescript = self._struct(config, own)
        return {
            "module": f"{self.provider}.{self._python(name)}",
            "folder": self._folder(name),
            "class": kind["name"],
            "python": python["python"],
            "typescript": typescript,
            "overrides": {key: value for key, value in arguments.items() if key in _META},
        }

    def _python(self, submodule: str) -> str:
        return self._folder(submodule).rpartition("/")[2].replace("-", "_")

    def _folder(self, submodule: str) -> str:
        return "lib/" + str(self._submodules[submodule]["symbolId"]).partition("/index")[0].partition("/")[2]

    def _struct(self, fqn: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        of = self._types[fqn]
        fields = {_flat(one["name"]): one for one in of.get("properties", ())}
        python, typescript = {}, {}
        for key, value in values.items():
            field = fields[_flat(key)]
            name = f"{key}_" if key in _KEYWORDS else key
            python[name], typescript[field["name"]] = self._value(field["type"], value)
        module = f"{self.provider}.{self._python(fqn.rpartition('.')[0])}"
        return {"$struct": [module, of["name"]], "python": python}, typescript

    def _value(self, kind: Mapping[str, Any], value: Any) -> tuple[Any, Any]:
        kinds = kind["union"]["types"] if "union" in kind else [kind]
        if isinstance(value, str):
            return (token(kinds, value),) * 2
        for one in kinds:
            many = one.get("collection")
            fqn = (many["elementtype"] if many and many["kind"] == "array" else one).get("fqn")
            if isinstance(fqn, str) and fqn in self._types and isinstance(value, dict | list):
                listed = value if isinstance(value, list) else [value]
                both = [self._struct(fqn, item) for item in listed]
                if many:
                    return [python for python, _ in both], [typescript for _, typescript in both]
                return both[0]
        return value, value


def _is_main(kind: Mapping[str, Any]) -> bool:
    base = str(kind.get("base")).rpartition(".")[2]
    return kind["kind"] == "class" and base in ("TerraformResource", "TerraformDataSource", "TerraformProvider")


def token(kinds: Sequence[Mapping[str, Any]], value: str) -> Any:
    """Where the type is no string, as a program says that a reference stands for it."""
    of = [one.get("primitive") or one.get("collection", {}).get("kind") for one in kinds]
    if "string" in of or "any" in of:
        return value
    token = next((_TOKENS[one] for one in of if one in _TOKENS), "any")
    return {"$token": token, "of": value}


def _flat(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def read(generated: Path, wheels: Mapping[str, Path]) -> list[dict[str, Any]]:
    """Each stack; what Terraform reads of generated/ besides its configuration is left out."""
    return list(_stacks(generated, {provider: Assembly(packed) for provider, packed in wheels.items()}))


def _stacks(generated: Path, assemblies: Mapping[str, Assembly]) -> Iterator[dict[str, Any]]:
    for name in json.loads((generated / "manifest.json").read_text())["stacks"]:
        of = json.loads((generated / "stacks" / name / "cdk.tf.json").read_text())
        reads = of.get("data", {}).pop("terraform_remote_state", {})
        yield {
            "name": name,
            "backend": of["terraform"]["backend"]["local"]["path"],
            "reads": {one: read["config"]["path"] for one, read in reads.items()},
            "constructs": list(_constructs(of, assemblies)),
            "locals": of.get("locals", {}),
            "outputs": {one: output["value"] for one, output in of.get("output", {}).items()},
        }


def _constructs(of: Mapping[str, Any], assemblies: Mapping[str, Assembly]) -> Iterator[dict[str, Any]]:
    for provider, several in of["provider"].items():
        for arguments in several:
            yield {"id": f"provider-{provider}", **assemblies[provider].construct("provider", arguments)}
    for section, prefix in (("data", "data-"), ("resource", "")):
        for kind, named in of.get(section, {}).items():
            provider, _, rest = kind.partition("_")
            submodule = f"{prefix}{kind}" if prefix else rest
            for address, arguments in named.items():
                made = assemblies[provider].construct(submodule, arguments)
                yield {"id": f"{prefix}{kind}-{address}", **made}


def classes(data: list[dict[str, Any]], core: str) -> str:
    """The TypeScript module that has the library and every class of the data."""
    used = {(one["module"], one["folder"], one["class"]) for of in data for one in of["constructs"]}
    lines = [
        f'import {{ {name} as C{number} }} from "@{core}/provider-{module.partition(".")[0]}/{folder}";'
        for number, (module, folder, name) in enumerate(sorted(used))
    ]
    table = [f'  "{module}.{name}": C{number},' for number, (module, _, name) in enumerate(sorted(used))]
    head = [f'export * as cdk from "{core}";', *lines]
    return "\n".join([*head, "export const classes: Record<string, any> = {", *table, "};", ""])
