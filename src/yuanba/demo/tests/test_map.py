"""The demo's places have coordinates, so that a request with nothing but a point finds its place there."""

from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.demo.district import POINTS, put_on_the_map
from yuanba.matters.auditing import audit
from yuanba.places.nearest import nearest_place


def test_points_of_the_demo_lead_to_its_places_and_others_nowhere(cast: Cast) -> None:
    put_on_the_map(cast, timezone.now())
    for name, point in POINTS.items():
        assert nearest_place(*point) == cast.places[name]
    assert nearest_place(116.4, 39.9) is None
    assert audit().breaches == 0
