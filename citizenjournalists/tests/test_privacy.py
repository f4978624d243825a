"""docs/privacy.md names every column that can hold something about a person, and none besides."""

import re
from collections import Counter

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models

NAMED = re.compile(r"`([a-z]\w*\.\w+): ([a-z0-9_, ]+)`")
TELLING = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
)


def named_in_the_map() -> list[str]:
    text = (settings.BASE_DIR / "docs" / "privacy.md").read_text()
    return [f"{model}.{name}" for model, names in NAMED.findall(text) for name in names.split(", ")]


def can_tell_of_a_person(field: models.Field) -> bool:
    """Whether a column can hold text, or names an account."""
    return isinstance(field, TELLING) or field.related_model is get_user_model()


def test_the_data_map_names_every_column_that_can_hold_something_about_a_person():
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if can_tell_of_a_person(field)
    }
    named = named_in_the_map()
    assert sorted(columns - set(named)) == []
    assert sorted(set(named) - columns) == []
    assert [one for one, n in Counter(named).items() if n > 1] == []
