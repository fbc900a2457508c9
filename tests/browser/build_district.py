"""Makes a small district in an empty installation, and says what stories need to know of it.

Run as `python -m tests.browser.build_district SCRIPT`; prints one JSON object.
"""

import json
import sys
from collections.abc import Mapping
from datetime import timedelta

import django

SCRIPTS = ("wanzhou", "haidian")


def build(name: str) -> dict[str, Mapping[str, object]]:
    """Door codes and keys of places by their name in the script."""
    from django.core.management import call_command
    from django.utils import timezone

    from tests.browser.haidian import HAIDIAN
    from tests.browser.wanzhou import WANZHOU
    from yuanba.demo.cast import build_cast
    from yuanba.demo.district import POINTS, put_on_the_map

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    script = dict(zip(SCRIPTS, (WANZHOU, HAIDIAN), strict=True))[name]
    start = timezone.now() - timedelta(days=30)
    cast = build_cast(start, script)
    if POINTS.keys() <= cast.places.keys():
        put_on_the_map(cast, start)
    doors = {place: row.door_code for place, row in cast.places.items() if row.door_code}
    return {"doors": doors, "places": {place: row.pk for place, row in cast.places.items()}}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build(sys.argv[1])))  # noqa: T201 - the parent process reads it
