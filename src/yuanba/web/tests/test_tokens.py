"""The looks that the tokens promise, computed from the tokens themselves."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parent.parent / "frontend" / "styles" / "tokens.css"
SHEET = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(encoding="utf8"), flags=re.S)

TEXT_PAIRS = [
    (ink, ground)
    for ink in ("ink", "ink-2", "action", "action-strong", "error", "attention", "done", "info")
    for ground in ("ground", "surface", "sunken")
] + [
    ("error", "error-soft"),
    ("attention", "attention-soft"),
    ("done", "done-soft"),
    ("info", "info-soft"),
    ("ink", "error-soft"),
    ("ink", "attention-soft"),
    ("action", "error-soft"),
    ("on-action", "action-fill"),
    ("on-action", "action-fill-strong"),
    ("ink-on-ink", "ink"),
    *[(f"on-tier-{tier}", f"tier-{tier}") for tier in (1, 2, 3, 4)],
]
EDGE_PAIRS = [("edge", "ground"), ("edge", "surface"), ("action-fill", "ground"), ("action-fill", "surface")]


def block(selector: str) -> dict[str, str]:
    """Custom properties of the first rule with exactly this selector."""
    found = re.search(re.escape(selector) + r"\s*\{([^{}]*)\}", SHEET)
    assert found, selector
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", found.group(1)))


LIGHT = block(":root")
DARK = {**LIGHT, **block(':root[data-theme="dark"]')}
ELDER = {**LIGHT, **block(':root[data-mode="elder"]')}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK, ELDER], ids=["light", "dark", "elder"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK, ELDER], ids=["light", "dark", "elder"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_can_be_seen(theme: dict[str, str], edge: str, ground: str) -> None:
    assert contrast(theme[edge], theme[ground]) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_tiers_keep_their_order_in_grey(theme: dict[str, str]) -> None:
    steps = [contrast(theme[f"tier-{tier}"], theme["surface"]) for tier in (1, 2, 3, 4)]
    assert all(harder / easier >= 1.3 for easier, harder in pairwise(steps))


def test_dark_is_the_same_by_device_and_by_choice() -> None:
    assert block(':root:not([data-theme="light"])') == block(':root[data-theme="dark"]')


def test_elder_text_is_at_least_18_points_and_targets_60_pixels() -> None:
    scale = re.search(r':root\[data-mode="elder"\]\s*\{[^}]*font-size:\s*(\d+)%', SHEET)
    assert scale is not None
    root_points = 16 * int(scale.group(1)) / 100 * 0.75
    smallest = min(float(ELDER[name].removesuffix("rem")) for name in ELDER if name.startswith("text-"))
    assert root_points * smallest >= 18
    assert ELDER["target"] == ELDER["control"] == "60px"


def test_normal_targets_are_44_pixels() -> None:
    assert LIGHT["target"] == LIGHT["control"] == "44px"
