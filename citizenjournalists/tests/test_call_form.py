from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from applications import calling, instants, roles
from applications.models import AuditEntry, Call, CallText
from applications.tests.builders import CLOSES, OPENS, a_call, a_person, an_application
from reviews.tests.builders import a_rubric

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    person = a_person(roles.OFFICER)
    client.force_login(person)
    return person


def door(call) -> str:
    return reverse("admin:applications_call_change", args=[call.pk])


def as_typed(page) -> dict:
    """Return what the page's forms would send if a person pressed the button at once."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            widget = field.field.widget
            if hasattr(widget, "decompress"):
                parts = widget.decompress(value)
                data |= {
                    f"{field.html_name}_{name}": "" if part is None else str(part)
                    for name, part in zip(("day", "clock"), parts, strict=True)
                }
            elif value is not None and value is not False:
                data[field.html_name] = value
    return data


def save(client, call, seen=None, **changes):
    data = {**(seen or as_typed(client.get(door(call)))), **changes}
    return client.post(door(call), data)


def test_a_deadline_is_shown_and_typed_as_24_00_of_its_last_day(client, officer):
    call = a_call(is_public=False)
    shown = as_typed(client.get(door(call)))
    assert (shown["closes_at_day"], shown["closes_at_clock"]) == ("2026-12-14", "24:00")
    assert (shown["opens_at_day"], shown["opens_at_clock"]) == ("2026-11-15", "00:00")
    save(client, call, closes_at_day="2026-12-16", closes_at_clock="24:00")
    call.refresh_from_db()
    assert call.closes_at == datetime(2026, 12, 16, 19, 0, tzinfo=UTC)
    assert call.opens_at == OPENS


@pytest.mark.parametrize("clock", ["25:00", "24:01", "noon", "12:60", ""])
def test_a_time_that_does_not_exist_is_refused(client, officer, clock):
    call = a_call(is_public=False)
    assert save(client, call, closes_at_clock=clock).status_code == 200
    call.refresh_from_db()
    assert call.closes_at == CLOSES


def test_the_zone_that_is_chosen_decides_the_instant(client, officer):
    call = a_call(is_public=False)
    save(client, call, zone="Asia/Dushanbe", closes_at_clock="23:30")
    call.refresh_from_db()
    assert call.closes_at == datetime(2026, 12, 14, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "announced", [{"is_public": True}, {"is_public": False, "opened_at": OPENS}]
)
def test_an_announced_deadline_stays_whatever_is_posted(client, officer, announced):
    call = a_call(**announced)  # public, or hidden again after it had opened
    page = client.get(door(call))
    assert "closes_at" not in page.context["adminform"].form.fields
    assert instants.deadline(call).whole in page.content.decode().replace("&nbsp;", "\xa0")
    answer = save(client, call, closes_at_day="2026-12-01", closes_at_clock="24:00", zone="UTC")
    assert answer.status_code == 302
    call.refresh_from_db()
    assert (call.closes_at, call.zone) == (CLOSES, "Asia/Almaty")


def test_a_call_with_applications_stays_public(client, officer):
    call = a_call()
    an_application(call)
    data = as_typed(client.get(door(call)))
    del data["is_public"]
    assert client.post(door(call), data).status_code == 200
    call.refresh_from_db()
    assert call.is_public


def test_a_call_must_close_after_it_opens(client, officer):
    call = a_call(is_public=False)
    answer = save(client, call, closes_at_day="2026-11-01")
    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors()


def test_a_save_enters_the_trail_with_the_fields_and_who_it_was(client, officer):
    call = a_call()
    save(client, call, places="10")
    entry = AuditEntry.objects.get(event="call.changed")
    assert (entry.chain, entry.actor) == (f"call/{call.pk}", officer.get_username())
    assert "places" in str(entry.details).lower()


def test_a_save_that_changes_nothing_leaves_no_entry(client, officer):
    call = a_call()
    assert save(client, call).status_code == 302
    assert not AuditEntry.objects.filter(event="call.changed").exists()


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(client, officer):
    call = a_call(donor="")
    seen = as_typed(client.get(door(call)))
    other = a_person(roles.OFFICER, username="first-editor")
    client.force_login(other)
    save(client, call, donor="The first donor")
    client.force_login(officer)
    answer = save(client, call, seen=seen, donor="The second donor", programme="Mine too")
    call.refresh_from_db()
    assert call.donor == "The first donor"
    clash = answer.context["clash"]
    assert clash["entry"].actor == "first-editor"
    told = {one.label: (one.theirs, one.mine) for one in clash["differences"]}
    assert ("The first donor", "The second donor") in told.values()
    assert ("", "Mine too") in told.values()
    assert "The first donor" in answer.content.decode()


def test_saving_again_with_the_differences_in_view_is_a_decision(client, officer):
    call = a_call()
    seen = as_typed(client.get(door(call)))
    save(client, call, donor="The first donor")
    answer = save(client, call, seen=seen, donor="The second donor")
    again = {**seen, "donor": "The second donor"}
    again["seen"] = answer.context["adminform"].form["seen"].value()
    assert save(client, call, seen=again).status_code == 302
    call.refresh_from_db()
    assert call.donor == "The second donor"


def test_a_text_that_somebody_else_changed_is_a_clash_too(client, officer):
    call = a_call()
    seen = as_typed(client.get(door(call)))
    CallText.objects.filter(call=call, language="ru").update(title="Другое название")
    answer = save(client, call, seen=seen, places="10")
    call.refresh_from_db()
    assert call.places == 12
    labels = [one.theirs for one in answer.context["clash"]["differences"]]
    assert "Другое название" in labels


def test_a_verb_in_between_that_people_do_not_write_is_no_clash(client, officer):
    call = a_call()
    seen = as_typed(client.get(door(call)))
    Call.objects.filter(pk=call.pk).update(closed_at=CLOSES)
    assert save(client, call, seen=seen, places="10").status_code == 302


def test_a_copy_starts_a_season_a_year_later_and_hidden(client, officer):
    noted = ("opened_at", "closed_at", "announced_at", "winners_public_at")
    call = a_call(slug="2026-2027", **dict.fromkeys(noted, CLOSES))
    a_rubric(call)
    an_application(call)
    client.post(reverse("admin:applications_call_copy", args=[call.pk]))
    copy = Call.objects.exclude(pk=call.pk).get()
    assert (copy.slug, copy.is_public) == ("2026-2027-2", False)
    assert {name: getattr(copy, name) for name in noted} == dict.fromkeys(noted)
    assert copy.closes_at == CLOSES.replace(year=2027)
    assert copy.texts.count() == 4
    assert copy.countries.count() == 2
    assert copy.applications.count() == 0
    assert [c.weight for c in copy.criteria.all()] == [c.weight for c in call.criteria.all()]
    assert copy.criteria.first().texts.get(language="ru").title
    assert AuditEntry.objects.get(event="call.copied").actor == officer.get_username()


def test_asking_for_a_copy_changes_nothing(client, officer):
    call = a_call()
    client.get(reverse("admin:applications_call_copy", args=[call.pk]))
    assert Call.objects.count() == 1


def test_the_29th_of_february_becomes_the_28th():
    leap = datetime(2028, 2, 29, 19, tzinfo=UTC)
    assert calling.a_year_later(leap) == datetime(2029, 2, 28, 19, tzinfo=UTC)


def test_a_second_copy_gets_an_address_of_its_own():
    call = a_call(slug="season")
    officer = a_person(roles.OFFICER)
    made = [calling.copy(call, by=officer, at=CLOSES + timedelta(days=n)) for n in range(2)]
    assert [one.slug for one in made] == ["season-2", "season-3"]
