"""Docstrings of the keys of a mapping: read only where a schema or a page shows them, for it takes as long as a run."""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


def of(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field of the class, and of those that it extends, by the field's name."""
    classes = [one for one in reversed(model.__mro__) if issubclass(one, BaseModel) and one is not BaseModel]
    texts = [_of_module(one.__module__).get(one.__name__, {}) for one in classes]
    return {name: text for found in texts for name, text in found.items() if name in model.model_fields}


@cache
def _of_module(name: str) -> Mapping[str, Mapping[str, str]]:
    """By class and field; a class that no text defines, such as one of `create_model`, has none."""
    source = inspect.getsource(sys.modules[name])
    return {one.name: dict(_fields(one)) for one in ast.parse(source).body if isinstance(one, ast.ClassDef)}


def _fields(of: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(of.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                yield name, inspect.cleandoc(text)
