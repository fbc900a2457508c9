"""Locks that whoever refers to a row need not wait for: see yuanba.matters.changing."""

import re
from pathlib import Path

from django.apps import apps

import yuanba

LOCK = re.compile(r"(\w+)\.objects\.select_for_update\(((?:[^()]|\([^()]*\))*)\)")


def test_nothing_that_others_refer_to_is_locked_on_its_key() -> None:
    referred_to = {model.__name__ for model in apps.get_models() if model._meta.related_objects}
    found = [
        (file.name, model, options)
        for file in Path(yuanba.__file__).parent.rglob("*.py")
        if "tests" not in file.parts
        for model, options in LOCK.findall(file.read_text(encoding="utf-8"))
        if model in referred_to
    ]
    assert len(found) > 5
    assert [each for each in found if "no_key=True" not in each[2]] == []
