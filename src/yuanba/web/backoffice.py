"""The looks of the back office: our name, mark and colours on the packaged theme."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

# As in frontend/styles/tokens.css: warm neutrals, and brick red for action. The theme wants them in eleven steps.
_NEUTRAL = (
    "#faf7f1", "#f4efe6", "#eae3d6", "#dad1c1", "#a89d8c", "#736957", "#5f564a", "#4a4238", "#3b352e",
    "#29231d", "#1b1815",
)  # fmt: skip
_BRICK = (
    "#fbf3f0", "#f5e1da", "#ebc3b6", "#dd9a86", "#cc6f55", "#b84627", "#a5391f", "#84290f", "#6b2310",
    "#571e10", "#300f07",
)  # fmt: skip
_STEPS = ("50", "100", "200", "300", "400", "500", "600", "700", "800", "900", "950")


def _mark(_request: HttpRequest) -> str:
    return static("web/mark.svg")


UNFOLD = {
    "SITE_TITLE": _("Yuanba back office"),
    "SITE_HEADER": _("Yuanba back office"),
    "SITE_ICON": _mark,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _mark}],
    "COLORS": {
        "base": dict(zip(_STEPS, _NEUTRAL, strict=True)),
        "primary": dict(zip(_STEPS, _BRICK, strict=True)),
    },
}
