from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler


def draw(source: str, values: dict[str, object], request: HttpRequest | None = None) -> str:
    """HTML of a template given as text, with components in their own syntax, as the loader would read it."""
    template = engines["django"].from_string(CottonCompiler().process(source))
    return template.render(values, request or RequestFactory().get("/"))
