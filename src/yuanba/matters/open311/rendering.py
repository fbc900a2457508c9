"""One answer in two forms: XML as GeoReport v2 writes it, JSON by the Spark convention (no outer wrapper)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

MEDIA_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
# What the elements of each list are called in XML.
ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
}
# XML 1.0 section 2.2: what no document may hold, escaped or not.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | int | float | bool | datetime | None | Mapping[str, "Value"] | Sequence["Value"]


def render(form: str, root: str, value: Value, status: int = 200) -> HttpResponse:
    """`value` as a document whose outermost element is `root` (in JSON it has none)."""
    body = _json(value) if form == "json" else _xml(root, value)
    response = HttpResponse(body, status=status, content_type=MEDIA_TYPES[form])
    # What is here is public, and meant for pages of other sites.
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "Idempotency-Replayed, Retry-After"
    return response


def not_found(form: str) -> HttpResponse:
    """There is nothing at this address; said in XML, the form every client reads, where `form` is neither."""
    shown: list[Value] = [{"code": 404, "description": _("There is nothing at this address.")}]
    return render(form if form in MEDIA_TYPES else "xml", "errors", shown, 404)


def moment(at: datetime | None) -> str | None:
    """A time with seconds and zone, as in 2026-03-03T09:00:00+08:00."""
    return None if at is None else timezone.localtime(at).isoformat(timespec="seconds")


def _json(value: Value) -> bytes:
    body: bytes = orjson.dumps(value)
    return body


def _xml(root: str, value: Value) -> bytes:
    element = Element(root)
    _fill(element, value)
    written: bytes = tostring(element, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written


def _fill(element: Element, value: Value) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(SubElement(element, name), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _fill(SubElement(element, ITEMS[element.tag]), inner)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _UNWRITABLE.sub("\ufffd", str(value))
