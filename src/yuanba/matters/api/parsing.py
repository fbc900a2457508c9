"""Reading bodies and queries strictly."""

from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser
from pydantic import BaseModel

from yuanba.kernel.errors import Invalid, SeveralInvalid


class JsonParser(Parser):
    """JSON by orjson, which refuses what is not UTF-8, lone surrogates, and NaN."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body: dict[str, Any] = orjson.loads(request.body)
        return body


def check_query(request: HttpRequest, known: BaseModel) -> None:
    """Raises `SeveralInvalid` for parameters that `known` lacks: a misspelt filter would show too much."""
    unknown = [name for name in request.GET if name not in type(known).model_fields]
    if unknown:
        message = _("This field is not known here. Check its name.")
        raise SeveralInvalid([Invalid(message, field=name, code="unknown_field") for name in unknown])
