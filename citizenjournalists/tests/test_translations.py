"""Translations: found everywhere, kept when merged, and refused when they don't fit."""

import gettext
from io import StringIO

import polib
import pytest
from django.core.management import CommandError, call_command
from django.utils import formats, translation

from citizenjournalists import extracting, translating
from citizenjournalists.extracting import Found


def a_string(msgid, plural="", *, public=True, path="applications/views.py"):
    return Found(msgid, plural, "", path, public)


@pytest.fixture
def catalogues(settings, tmp_path):
    """Lay three empty catalogues in a folder of their own."""
    settings.LOCALE_PATHS = [tmp_path]
    for language in translating.PLURALS:
        translating.path_of(language).parent.mkdir(parents=True)
        translating.read(language).save(str(translating.path_of(language)))
    return tmp_path


def texts(found):
    return [(one.context, one.msgid, one.plural) for one in found]


def test_every_kind_of_call_is_found_in_python():
    source = """
_("Yes"); gettext_lazy("No" " way"); ngettext("%(n)d file", "%(n)d files", n)
pgettext_lazy("month", "May"); translation.gettext("Later"); gettext(variable); other("x")
"""
    assert texts(extracting.in_python(source, "applications/views.py")) == [
        ("", "Yes", ""),
        ("", "No way", ""),
        ("", "%(n)d file", "%(n)d files"),
        ("month", "May", ""),
        ("", "Later", ""),
    ]


def test_every_kind_of_tag_is_found_in_a_template():
    source = """{% load i18n %}{% translate "It’s 5 % (or so)" %}
{% blocktranslate trimmed count n=files %} {{ n }} file
{% plural %} {{ n }} files {% endblocktranslate %}{{ _("Close") }}
{% translate "May" context "month" %}{# translate "no" #}{% include "a.html" with label=_("Go") %}
"""
    assert texts(extracting.in_template(source, "templates/call.html")) == [
        ("", "It’s 5 %% (or so)", ""),
        ("", "%(n)s file", "%(n)s files"),
        ("", "Close", ""),
        ("month", "May", ""),
        ("", "Go", ""),
    ]


@pytest.mark.parametrize(
    ("path", "public"),
    [
        ("applications/views.py", True),
        ("templates/applications/call.html", True),
        ("citizenjournalists/settings.py", True),
        ("citizenjournalists/staffsite.py", False),
        ("templates/admin/index.html", False),
        ("reviews/models/review.py", False),
        ("applications/admin/call.py", False),
        ("applications/management/commands/rehearse.py", False),
    ],
)
def test_a_string_is_the_publics_or_the_staffs_by_where_it_stands(path, public):
    [one] = extracting.in_python('_("Hello")', path)
    assert one.public == public


def test_of_a_models_strings_the_public_reads_the_choices_alone():
    source = """
class Application(models.Model):
    number = CharField(_("number"))
    class Right(models.TextChoices):
        EDIT = "edit", _("read and write")
"""
    found = extracting.in_python(source, "applications/models/application.py")
    assert {one.msgid: one.public for one in found} == {"number": False, "read and write": True}


def test_django_is_asked_only_for_what_it_lacks_itself():
    lacking = {one.msgid for one in extracting.djangos("tg")}
    assert "This field is required." not in lacking
    assert "%(num)d day" in lacking


def test_merging_keeps_translations_and_shelves_what_is_gone(catalogues):
    po = translating.read("ru")
    po.append(polib.POEntry(msgid="Apply", msgstr="Подать заявку"))
    po.append(polib.POEntry(msgid="Old", msgstr="Старое"))
    po.save()
    merged = translating.merged("ru", [a_string("Apply"), a_string("New")])
    assert merged.find("Apply").msgstr == "Подать заявку"
    assert merged.find("New").msgstr == ""
    assert merged.find("Old", include_obsolete_entries=True).obsolete


def test_staff_strings_are_asked_for_in_russian_alone(catalogues):
    found = [a_string("Propose", public=False), a_string("Apply")]
    asked = {language: translating.wanted(language, found) for language in translating.PLURALS}
    assert {"Propose", "Apply"} <= {one.msgid for one in asked["ru"]}
    for language in ("kk", "tg"):
        msgids = {one.msgid for one in asked[language]}
        assert "Apply" in msgids
        assert "Propose" not in msgids


def test_a_string_in_both_places_is_the_publics(catalogues):
    found = [a_string("Draft", public=False), a_string("Draft")]
    assert "Draft" in {one.msgid for one in translating.wanted("kk", found)}


@pytest.mark.parametrize(
    ("entry", "faults"),
    [
        (polib.POEntry(msgid="Apply", msgstr="Подать"), []),
        (polib.POEntry(msgid="Apply", msgstr=""), ["not translated"]),
        (polib.POEntry(msgid="Apply", msgstr="Подать", flags=["fuzzy"]), ["fuzzy"]),
        (polib.POEntry(msgid="At %(time)s", msgstr="В %(tiem)s"), ["other placeholders"]),
        (polib.POEntry(msgid="<b>At</b>", msgstr="<b>В"), ["other tags"]),
        (
            polib.POEntry(
                msgid="One file",
                msgid_plural="%(n)d files",
                msgstr_plural={0: "Один файл", 1: "%(n)d файла", 2: "%(n)d файлов"},
            ),
            ["other placeholders"],  # 21 takes the first form too
        ),
        (
            polib.POEntry(
                msgid="One file", msgid_plural="%(n)d files", msgstr_plural={0: "%(n)d", 1: ""}
            ),
            ["not translated"],
        ),
    ],
)
def test_a_translation_that_does_not_fit_is_named(entry, faults):
    assert translating.faults(entry) == faults


def test_the_check_lists_what_is_missing_and_changes_nothing(catalogues):
    before = translating.path_of("ru").read_bytes()
    with pytest.raises(CommandError, match="strings are not as they should be"):
        call_command("messages", "--check", stdout=StringIO())
    assert translating.path_of("ru").read_bytes() == before


def test_updating_twice_writes_the_same_and_compiles_what_django_reads(catalogues):
    call_command("messages", stdout=StringIO())
    path = translating.path_of("ru")
    po = polib.pofile(str(path))
    po.find("draft").msgstr = "черновик"
    po.save()
    call_command("messages", stdout=StringIO())
    first = path.read_bytes()
    call_command("messages", stdout=StringIO())
    assert path.read_bytes() == first
    with open(path.with_suffix(".mo"), "rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("draft") == "черновик"


@pytest.mark.parametrize("language", ["ru", "kk", "tg"])
def test_numbers_and_dates_are_written_as_read_here(language):
    with translation.override(language):
        assert formats.number_format(12500.5, 1, use_l10n=True, force_grouping=True) == (
            "12\N{NO-BREAK SPACE}500,5"
        )
        assert formats.get_format("SHORT_DATE_FORMAT") == "d.m.Y"
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_english_dates_put_the_day_first():
    with translation.override("en"):
        assert formats.get_format("DATE_FORMAT") == "j F Y"
        assert formats.get_format("TIME_FORMAT") == "H:i"
