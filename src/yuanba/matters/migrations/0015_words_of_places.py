"""The name of the place is among the words that a request is found by."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from yuanba.kernel.paths import ancestors_and_self
from yuanba.language.terms import terms_of
from yuanba.places.queries import join_names

CHUNK = 1000


def add_places(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the words of every request anew, a thousand at a time."""
    words = apps.get_model("matters", "MatterWords")
    rows, after = words.objects.select_related("matter__place").order_by("pk"), 0
    while some := list(rows.filter(pk__gt=after)[:CHUNK]):
        after = some[-1].pk
        names = _names(apps, {row.matter.place.path for row in some})
        for row in some:
            matter = row.matter
            said = (matter.title, names[matter.place.path], matter.address, matter.text)
            row.terms = " ".join(terms_of("\n".join(said)))
        words.objects.bulk_update(some, ["terms"])


def _names(apps: StateApps, paths: set[str]) -> dict[str, str]:
    above = {each for path in paths for each in ancestors_and_self(path)}
    places: Any = apps.get_model("places", "Place").objects.filter(path__in=above)
    by_path = {path: (kind, name) for path, kind, name in places.values_list("path", "kind", "name")}
    return {path: join_names([by_path[each] for each in ancestors_and_self(path)]) for path in paths}


class Migration(migrations.Migration):
    dependencies = [("matters", "0014_followers"), ("places", "0001_places")]

    operations = [migrations.RunPython(add_places, migrations.RunPython.noop)]
