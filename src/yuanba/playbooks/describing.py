"""The keys of a playbook as tables for the docs: ``python -m yuanba.playbooks.describing`` prints them."""

import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from yuanba.kernel.clock import Limit
from yuanba.playbooks.schema import Notice, Playbook
from yuanba.playbooks.sentences import model_in


def key_tables() -> str:
    """Markdown: one section for each part of a playbook, in reading order, each with a table of its keys."""
    return "\n".join(line for model in _models(Playbook, []) for line in _section(model)).rstrip() + "\n"


def _models(model: type[BaseModel], seen: list[type[BaseModel]]) -> list[type[BaseModel]]:
    seen.append(model)
    for info in model.model_fields.values():
        inner = model_in(info.annotation)
        if inner is not None and inner not in seen:
            _models(inner, seen)
    return seen


def _section(model: type[BaseModel]) -> Iterator[str]:
    yield f"### {model.__name__}"
    yield ""
    yield " ".join((model.__doc__ or "").split())
    yield ""
    yield "| key | value | says |"
    yield "|---|---|---|"
    for name, info in model.model_fields.items():
        needed = "" if info.is_required() else " *(optional)*"
        yield f"| `{info.alias or name}`{needed} | {_kind(info)} | {info.description} |"
    yield ""


def _kind(info: FieldInfo) -> str:
    inner = model_in(info.annotation)
    many = "list of " if tuple in _parts(info.annotation) else ""
    if inner is Notice:
        return "[notice](#notice)"
    if inner is not None:
        return f"{many}[{inner.__name__}](#{inner.__name__.lower()})"
    return many + " or ".join(dict.fromkeys(_words(info.annotation)))


def _parts(annotation: Any) -> list[Any]:
    """The annotation and everything inside it, containers by their origin."""
    origin = get_origin(annotation)
    inside = [] if origin is Literal else [part for arg in get_args(annotation) for part in _parts(arg)]
    return [origin or annotation, *inside]


def _words(annotation: Any) -> Iterator[str]:
    names = {str: "text", int: "whole number", bool: "true or false", Limit: "limit"}
    if get_origin(annotation) is Literal:
        yield ", ".join(f"`{value}`" for value in _values(annotation))
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield "power"
    elif annotation in names:
        yield names[annotation]
    elif getattr(annotation, "__name__", "") in {"Decimal", "date"}:
        yield {"Decimal": "number", "date": "date"}[annotation.__name__]
    else:
        for part in get_args(annotation):
            yield from _words(part)


def _values(annotation: Any) -> Iterator[Any]:
    for value in get_args(annotation):
        if get_origin(value) is Literal:
            yield from _values(value)
        else:
            yield value


if __name__ == "__main__":
    sys.stdout.write(key_tables())
