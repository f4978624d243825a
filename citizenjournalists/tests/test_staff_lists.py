import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path, label_for_field
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications import roles
from applications.models import AuditEntry, Message, MessageStatus, Status
from applications.tests.builders import CLOSES, a_call, a_draft, a_person, an_application
from applications.tests.staffing import a_file_of
from citizenjournalists.tests.test_signing_in import sign_in
from reviews import scoring
from reviews.tests.builders import a_juror, a_review, an_assignment

pytestmark = pytest.mark.django_db
LIST = reverse("admin:applications_application_changelist")


@pytest.fixture
def officer(client):
    person = a_person(roles.OFFICER)
    client.force_login(person)
    return person


def found(client, words: str) -> list[str]:
    page = client.get(LIST, {"q": words, "call": "all"})
    return sorted(row.outlet.name for row in page.context["cl"].result_list)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("степь", ["Степь"]),
        ("СТЕПЬ", ["Степь"]),
        ("cтепь", ["Степь"]),  # with a Latin c
        ("қараторғай", ["Қараторғай"]),
        ("no such", []),
    ],
)
def test_search_finds_cyrillic_in_any_case_and_with_latin_lookalikes(client, officer, words, names):
    call = a_call()
    an_application(call, name="Степь")
    an_application(call, name="Қараторғай")
    assert found(client, words) == names


def test_search_finds_a_number_and_an_address(client, officer):
    call = a_call()
    application = an_application(call, name="Степь", email="Redakcia@step.example")
    an_application(call, name="Другая")
    assert found(client, application.number) == ["Степь"]
    assert found(client, "redakcia@STEP") == ["Степь"]


@pytest.mark.parametrize("rows", [1, 4])
def test_the_sign_ins_take_the_same_queries_however_many_there_are(
    client, officer, rows, django_assert_max_num_queries
):
    for person in [a_person() for _ in range(rows)]:
        sign_in(Client(), person.username)
    with django_assert_max_num_queries(10):
        page = client.get(reverse("admin:access"))
    assert [one["sessions"] for one in page.context["people"]] == [0, *[1] * rows]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("role", [roles.OFFICER, roles.CHAIR, roles.COORDINATOR])
def test_the_list_takes_the_same_few_queries_however_long(
    client, rows, role, django_assert_max_num_queries
):
    call = a_call()
    for _ in range(rows):
        application = an_application(call, country="KZ")
        a_review(application, a_juror())
        a_review(application, a_juror())
    client.force_login(a_person(role, country="KZ" if role == roles.COORDINATOR else ""))
    with django_assert_max_num_queries(12):
        page = client.get(LIST)
    assert len(page.context["cl"].result_list) == rows


@pytest.mark.parametrize(
    "name", ["applications_message", "applications_auditentry", "applications_outlet"]
)
def test_other_lists_take_the_same_queries_at_one_and_at_three_rows(
    client, officer, name, django_assert_max_num_queries
):
    call = a_call()
    for _ in range(2):
        an_application(call)
        with django_assert_max_num_queries(12):
            client.get(reverse(f"admin:{name}_changelist"))


def test_a_total_is_the_mean_of_the_handed_in_reviews(client, officer):
    application = an_application()
    a_review(application, a_juror(), 5)
    a_review(application, a_juror(), 4)
    an_assignment(application, a_juror())
    row = client.get(LIST).context["cl"].result_list[0]
    assert (row.total, row.handed_in, row.desks, row.stage) == (90, 2, 3, "reviewing")


def test_an_officer_who_judges_too_sees_no_total_before_handing_in(client):
    application = an_application()
    a_review(application, a_juror(), 5)
    both = a_person(roles.OFFICER, roles.JUROR)
    an_assignment(application, both)
    client.force_login(both)
    assert client.get(LIST).context["cl"].result_list[0].total is None


def test_an_officer_with_a_conflict_sees_the_application_nowhere(client):
    application = an_application(name="Родная газета")
    both = a_person(roles.OFFICER, roles.JUROR)
    scoring.declare(an_assignment(application, both, declared=False), conflict=True, at=CLOSES)
    client.force_login(both)
    assert client.get(LIST).context["cl"].result_count == 0
    page = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    assert page.status_code == 302


def test_a_coordinator_lists_the_own_country_without_the_jurys_work(client):
    call = a_call()
    a_review(an_application(call, country="KZ", name="Наша"), a_juror(), 5)
    an_application(call, country="TJ", name="Чужая")
    client.force_login(a_person(roles.COORDINATOR, country="KZ"))
    page = client.get(LIST)
    text = page.content.decode()
    assert "Наша" in text
    assert "Чужая" not in text
    assert "column-total_shown" not in text


def test_a_coordinator_reads_the_status_but_no_answer_address_or_file(client):
    application = an_application(country="KZ", email="secret@outlet.example")
    file = a_file_of(application)
    client.force_login(a_person(roles.COORDINATOR, country="KZ"))
    page = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    text = page.content.decode()
    assert page.status_code == 200
    assert "secret@outlet.example" not in text
    assert "Про окраины" not in text
    door = reverse("admin:applications_application_file", args=[application.pk, file.key])
    assert client.get(door).status_code == 403


def test_an_officer_reads_answers_files_letters_and_the_trail(client, officer):
    application = an_application(name="Степь")
    file = a_file_of(application)
    page = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    text = page.content.decode()
    assert file.name in text
    assert "application handed in" in text or "заявка" in text
    assert Message.objects.get(application=application, kind="submitted").recipient in text


def test_what_is_not_handed_in_is_read_by_nobody(client, officer):
    draft = a_draft(name="Черновик")
    file = a_file_of(draft)
    page = client.get(reverse("admin:applications_application_change", args=[draft.pk]))
    assert page.context["page"].sections == []
    door = reverse("admin:applications_application_file", args=[draft.pk, file.key])
    assert client.get(door).status_code == 404


def test_a_file_is_handed_over_under_its_name_and_can_run_nothing(client, officer):
    application = an_application()
    file = a_file_of(application, name="Письмо «Степь».pdf")
    answer = client.get(
        reverse("admin:applications_application_file", args=[application.pk, file.key])
    )
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_a_letter_is_read_without_its_private_link(client, officer):
    application = an_application()
    letter = Message.objects.get(application=application, kind="started")
    nonce = application.links.get().nonce
    page = client.get(reverse("admin:applications_message_change", args=[letter.pk]))
    assert nonce[:4] in letter.text
    assert "/z/…" in page.content.decode()
    assert nonce[:4] not in page.content.decode()


def test_the_outbox_counts_add_up_whatever_the_status_filter(client, officer):
    call = a_call()
    for _ in range(3):
        an_application(call)
    first = Message.objects.first()
    Message.objects.filter(pk=first.pk).update(status=MessageStatus.FAILED, last_error="550")
    page = client.get(reverse("admin:applications_message_changelist"), {"status": "failed"})
    numbers = [number for _label, number, _look in page.context["parts"]]
    assert sum(numbers) == page.context["letters_in_all"] == Message.objects.count()
    assert [case["message"] for case in page.context["cases"]] == [first]


def test_correcting_an_address_sends_the_failed_letter_again_and_is_recorded(client, officer):
    application = an_application(email="wrong@outlet.example")
    letter = Message.objects.get(application=application, kind="submitted")
    Message.objects.filter(pk=letter.pk).update(status=MessageStatus.FAILED)
    door = reverse("admin:applications_message_address", args=[letter.pk])
    assert client.post(door, {"email": "right@outlet.example", "reason": ""}).status_code == 200
    client.post(door, {"email": "right@outlet.example", "reason": "по телефону"})
    letter.refresh_from_db()
    assert letter.status == MessageStatus.REPLACED
    assert letter.replaced_by.recipient == "right@outlet.example"
    entry = AuditEntry.objects.get(event="address.corrected")
    assert (entry.actor, entry.told["reason"]) == (officer.get_username(), "по телефону")


def test_a_stalled_letter_is_closed_as_arrived_once(client, officer):
    letter = Message.objects.get(application=an_application(), kind="submitted")
    stalled = {"status": MessageStatus.STALLED, "claimed_at": CLOSES}
    Message.objects.filter(pk=letter.pk).update(**stalled)
    door = reverse("admin:applications_message_found", args=[letter.pk])
    client.post(door)
    client.post(door)
    letter.refresh_from_db()
    assert letter.status == MessageStatus.SENT
    assert AuditEntry.objects.filter(event="letter.found_sent").count() == 1


def test_all_mail_is_stopped_with_a_reason_and_let_go_again(client, officer):
    switch = reverse("admin:applications_message_switch")
    client.post(reverse("admin:applications_message_stop"), {"because": "Ошибка в письме"})
    assert "Ошибка в письме" in client.get(switch).content.decode()
    client.post(reverse("admin:applications_message_resume"))
    assert "Ошибка в письме" not in client.get(switch).content.decode()


def test_no_stock_form_writes_what_verbs_own(client):
    application = an_application(name="Степь")
    client.force_login(User.objects.create_superuser("root", password="x"))
    for name, subject in {
        "applications_application": application,
        "applications_outlet": application.outlet,
        "applications_message": application.messages.first(),
        "applications_auditentry": application.trail.first(),
    }.items():
        url = reverse(f"admin:{name}_change", args=[subject.pk])
        client.post(url, {"status": "withdrawn", "name": "Другая", "event": "x"})
        before = type(subject).objects.filter(pk=subject.pk).values().get()
        assert "Другая" not in str(before)
        assert client.get(reverse(f"admin:{name}_add")).status_code == 403
        assert client.post(reverse(f"admin:{name}_delete", args=[subject.pk])).status_code == 403
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


def test_drafts_after_the_deadline_are_told_apart_from_submitted_ones(client, officer):
    call = a_call()
    an_application(call)
    a_draft(call, at=CLOSES - timedelta(hours=1))
    page = client.get(LIST, {"call": call.pk, "stage": "received"})
    assert page.context["cl"].result_count == 1


def test_outlets_are_listed_with_their_regions_by_name(client, officer):
    outlet = an_application(a_call(), name="Степь").outlet
    page = client.get(reverse("admin:applications_outlet_changelist")).content.decode()
    one = client.get(reverse("admin:applications_outlet_change", args=[outlet.pk]))
    for shown in (page, one.content.decode()):
        assert "Карагандинская область" in shown
        assert "KZ-35" not in shown


def headings():
    """Yield every heading of a column, and every title of a filter, that a field gives."""
    for model, page in admin.site._registry.items():
        if model._meta.app_label not in ("applications", "reviews", "auth"):
            continue
        for name in page.list_display:
            yield model.__name__, name, label_for_field(name, model, page)
        for name in page.list_filter:
            if isinstance(name, str):
                yield model.__name__, name, get_fields_from_path(model, name)[-1].verbose_name


def test_every_column_and_filter_of_the_staffs_lists_has_a_name_in_russian():
    with translation.override("ru"):
        named = [(model, name, str(words)) for model, name, words in headings()]
    assert ("Attempt", "application__call", "конкурс") in named
    assert [one for one in named if not re.search("[а-яё]", one[2].lower())] == []
