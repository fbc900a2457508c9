"""The API put together, and its addresses under /api/v1/."""

from typing import Any

from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from yuanba.matters.api import description, errors, files, ground, journal, matters, moves, parties
from yuanba.matters.api.auth import EVERYONE
from yuanba.matters.api.parsing import JsonParser


class Api(NinjaAPI):
    """Operations are known by the name of their function: clients are generated from it."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        description.complete(schema)
        return schema


api = Api(
    title="yuanba",
    version="1.0.0",
    description="Matters of a district: bring them in, move them, follow them. See docs/api.md.",
    urls_namespace="api",
    docs_url=None,
    auth=EVERYONE,
    parser=JsonParser(),
)
errors.install(api)
api.add_router("/matters", matters.router)
api.add_router("/matters/{number}/moves", moves.router)
api.add_router("/matters/{number}/parties/{party_id}", parties.router)
api.add_router("/tracked", matters.tracked)
api.add_router("/files", files.router)
api.add_router("/journal", journal.router)
api.add_router("", ground.router)

_paths, _app, _namespace = api.urls
for _path in _paths:
    if _path.callback is not None:
        _path.callback = errors.for_known_methods(_path.callback)
urlpatterns: list[URLPattern | URLResolver] = [
    path("", (_paths, _app, _namespace)),
    re_path(r"^.*$", errors.not_found),
]
