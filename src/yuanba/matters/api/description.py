"""What OpenAPI says of every operation alike: the refusals any of them can answer, and the headers it reads."""

from typing import Any

PROBLEM = "application/problem+json"
_SCHEMA = {"$ref": "#/components/schemas/Problem"}
# What can be refused before an operation is asked: no key, no right, and a database that is away.
_WITH_KEY = {401: "No key in force", 403: "The key or post does not include this"}
_OF_BODIES = {
    400: "The body is not JSON in UTF-8",
    409: "The idempotency key came with another request",
    413: "Too large",
    415: "Not JSON",
}
_OF_FIELDS = {422: "Fields that can't be used"}
_OF_ALL = {503: "The records can't be reached just now"}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Sent again within two days, the write is not done again; the first answer comes back.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 120},
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The version that was seen, as its ETag: refused with 412 when somebody was faster.",
    "schema": {"type": "string"},
}
MOVES = "/moves/"


def complete(schema: dict[str, Any]) -> None:
    """Add to each operation what holds for all of its kind, and give problem documents their media type."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _add_refusals(operation, writes=method == "post")
            if method == "post":
                operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
            if MOVES in path:
                operation["parameters"].append(_IF_MATCH)


def _add_refusals(operation: dict[str, Any], *, writes: bool) -> None:
    answers = operation["responses"]
    refusals = dict(_OF_ALL)
    refusals |= _WITH_KEY if operation.get("security") else {}
    refusals |= _OF_BODIES if writes else {}
    refusals |= _OF_FIELDS if writes or operation.get("parameters") else {}
    for status, words in refusals.items():
        if not {status, str(status)} & answers.keys():
            answers[status] = {"description": words, "content": {PROBLEM: {"schema": _SCHEMA}}}
    for answer in answers.values():
        content = answer.get("content", {})
        if content.get("application/json", {}).get("schema") == _SCHEMA:
            content[PROBLEM] = content.pop("application/json")
