"""Who may open what on the staff's side: one line per address, and no address without a line.

J juror, C coordinator (of the object's country), O officer, H chair, R administrator. A page that
takes no GET is tried with an empty POST.
"""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import URLResolver, resolve, reverse

from applications import extending, roles
from applications.models import AuditEntry, LetterTemplate, Message
from applications.tests.builders import IN_TIME, a_call, a_person, an_application
from applications.tests.staffing import a_file_of, an_attempt_at
from reviews import deciding
from reviews.tests.builders import a_review, an_assignment

pytestmark = [pytest.mark.django_db, pytest.mark.either]

EVERYBODY, NOBODY = "JCOHR", ""
RULES = {
    # the frame
    "index": EVERYBODY,
    "password_change": EVERYBODY,
    "password_change_done": EVERYBODY,
    "jsi18n": EVERYBODY,
    "autocomplete": NOBODY,
    "view_on_site": NOBODY,
    "app_list": "COHR",
    "exports": "COHR",
    "access": "OR",
    "access_act": "OR",
    # calls
    "applications_call_changelist": "OHR",
    "applications_call_change": "OHR",
    "applications_call_history": "OHR",
    "applications_call_add": "OR",
    "applications_call_copy": "OR",
    "applications_call_delete": NOBODY,
    "applications_extension_changelist": "OHR",
    "applications_extension_change": "OHR",
    "applications_extension_history": "OHR",
    "applications_extension_call": "OHR",
    "applications_extension_application": "OHR",
    "applications_extension_settle": "OHR",
    "applications_extension_add": NOBODY,
    "applications_extension_delete": NOBODY,
    # applications and outlets
    "applications_application_changelist": "COHR",
    "applications_application_change": "COHR",
    "applications_application_history": "COHR",
    "applications_application_file": "OHR",
    "applications_application_scan": "OR",
    "applications_application_add": NOBODY,
    "applications_application_delete": NOBODY,
    "applications_outlet_changelist": "COHR",
    "applications_outlet_change": "COHR",
    "applications_outlet_history": "COHR",
    "applications_outlet_add": NOBODY,
    "applications_outlet_delete": NOBODY,
    # the trail and refused attempts
    "applications_auditentry_changelist": "OHR",
    "applications_auditentry_change": "OHR",
    "applications_auditentry_history": "OHR",
    "applications_auditentry_add": NOBODY,
    "applications_auditentry_delete": NOBODY,
    "applications_attempt_changelist": "OHR",
    "applications_attempt_change": "OHR",
    "applications_attempt_history": "OHR",
    "applications_attempt_add": NOBODY,
    "applications_attempt_delete": NOBODY,
    # letters
    "applications_message_changelist": "OHR",
    "applications_message_change": "OHR",
    "applications_message_history": "OHR",
    "applications_message_again": "OR",
    "applications_message_found": "OR",
    "applications_message_address": "OR",
    "applications_message_switch": "OR",
    "applications_message_stop": "OR",
    "applications_message_resume": "OR",
    "applications_message_add": NOBODY,
    "applications_message_delete": NOBODY,
    "applications_lettertemplate_changelist": "OHR",
    "applications_lettertemplate_change": "OHR",
    "applications_lettertemplate_history": "OHR",
    "applications_lettertemplate_add": "OR",
    "applications_lettertemplate_try": "OR",
    "applications_lettertemplate_delete": NOBODY,
    # a juror's own desk: what lies there and nothing else
    "reviews_queue": EVERYBODY,
    "reviews_keys": EVERYBODY,
    "reviews_how": EVERYBODY,
    "reviews_sheet": "J",
    "reviews_sheet_file": "J",
    "reviews_sheet_apply": "J",
    "reviews_reading": "J",
    "reviews_conflict": "J",
    "reviews_hand_in": "J",
    "reviews_clash": "J",
    "reviews_file": "J",
    "reviews_revise": NOBODY,  # another's score
    "reviews_discussion": "OHR",  # and who has handed in
    "reviews_reopen": "OR",
    # officers' pages of the reviewing
    "reviews_progress": "OHR",
    "reviews_progress_of": "OHR",
    "reviews_remind": "OR",
    "reviews_drop_out": "OR",
    "reviews_assign_of": "OR",
    "reviews_desks": "OR",
    "reviews_take_off": "OR",
    "reviews_screening_of": "OHR",
    "reviews_checklist": "OHR",
    "reviews_data": "OR",
    "reviews_copy": "OR",
    "reviews_assignment_changelist": "OHR",
    "reviews_assignment_change": "OHR",
    "reviews_assignment_history": "OHR",
    "reviews_assignment_add": NOBODY,
    "reviews_assignment_delete": NOBODY,
    "reviews_criterion_changelist": "OHR",
    "reviews_rubric_of": "OHR",
    "reviews_criterion_change": "OHR",
    "reviews_criterion_history": "OHR",
    "reviews_criterion_add": NOBODY,
    "reviews_criterion_delete": NOBODY,
    "reviews_invite": "OR",
    "reviews_invite_again": "OR",
    "reviews_juror_changelist": "OHR",
    "reviews_juror_change": "OHR",
    "reviews_juror_history": "OHR",
    "reviews_juror_add": NOBODY,
    "reviews_juror_delete": NOBODY,
    "reviews_ranking": "OHR",
    "reviews_ranking_of": "OHR",
    "reviews_takeaway": "OHR",
    "reviews_takeaway_of": "OHR",
    "reviews_pack": "OHR",
    "reviews_pack_paper": "OHR",
    "reviews_sheet_for": "OHR",
    "reviews_selection": "OHR",
    "reviews_review_changelist": "OHR",
    "reviews_review_change": "OHR",
    "reviews_review_history": "OHR",
    "reviews_review_add": NOBODY,
    "reviews_review_delete": NOBODY,
    # deciding
    "reviews_decisionlist_changelist": "OHR",
    "reviews_decisions": "OHR",
    "reviews_feedback": "OHR",
    "reviews_publish": "OHR",
    "reviews_report": "OHR",
    "reviews_report_json": "OHR",
    "reviews_report_paper": "OHR",
    "reviews_row": "OHR",
    "reviews_try": "OHR",
    "reviews_draft": "OHR",
    "reviews_declined": "OHR",
    "reviews_time": "OHR",
    "reviews_settle": "OHR",
    "reviews_move": "OHR",
    "reviews_dates": "OHR",
    "reviews_promote": "OHR",
    "reviews_undo": "OHR",
    "reviews_propose": "OHR",
    "reviews_send-back": "OHR",
    "reviews_cancel": "OHR",
    # accounts
    "auth_user_changelist": "R",
    "auth_user_change": "R",
    "auth_user_history": "R",
    "auth_user_add": "R",
    "auth_user_password_change": "R",
    "auth_user_delete": NOBODY,
    "auth_group_changelist": "R",
    "auth_group_change": "R",
    "auth_group_history": "R",
    "auth_group_add": NOBODY,
    "auth_group_delete": NOBODY,
}
OPEN_TO_ALL = {"login", "logout", "language", "reviews_invitation"}  # they show nothing
ABOUT = {
    "applications_application_file": "application",
    "applications_application_scan": "application",
    "reviews_row": "decision",
    "reviews_declined": "decision",
    "reviews_time": "decision",
    "reviews_revise": "score",
    "access_act": "judge",
    "reviews_sheet_for": "judge",
    "reviews_remind": "judge",
    "reviews_drop_out": "judge",
}  # not of the route's own model
ARGUMENT = re.compile(r"(\w+)>")
PEOPLE = {
    "J": (roles.JUROR,),
    "C": (roles.COORDINATOR,),
    "O": (roles.OFFICER,),
    "H": (roles.CHAIR,),
    "R": (),
}


def patterns(found=None, route=""):
    """Yield the name and route of every address of the admin, sub-sites included."""
    for pattern in admin.site.get_urls() if found is None else found:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, route + str(pattern.pattern))
        elif pattern.name and pattern.name not in OPEN_TO_ALL:
            yield pattern.name, route + str(pattern.pattern)


PATTERNS = dict(patterns())


@pytest.fixture
def world():
    """Return one object of every kind, all from Kazakhstan."""
    call = a_call()
    application = an_application(call, country="KZ")
    somebody = a_person(roles.OFFICER, username="somebody")
    later = call.closes_at + timedelta(days=1)
    extending.extend_application(
        application, to=later, reason="Наводнение", by=somebody, at=call.closes_at
    )
    review = a_review(application)
    decisions = deciding.draft_decisions(call, at=later).decisions
    return {
        "application": application,
        "decision": decisions.get(),
        "call": call,
        "outlet": application.outlet,
        "message": Message.objects.filter(application=application).first(),
        "auditentry": AuditEntry.objects.filter(application=application).first(),
        "lettertemplate": LetterTemplate.objects.create(
            kind="withdrawn",
            language="ru",
            subject="{{ number }}",
            body="{{ outlet }}",
            edited_at=IN_TIME,
            edited_by=somebody,
        ),
        "attempt": an_attempt_at(application, at=IN_TIME),
        "file": a_file_of(application),
        "review": review,
        "score": review.scores.first(),
        "judge": review.assignment.juror,
    }


def address(name: str, world: dict) -> str:
    """Return the address of the page, about the object of its kind."""
    route = PATTERNS[name]
    subject = subject_of(route, world)
    candidates = {
        "object_id": subject.pk,
        "id": subject.pk,
        "pk": world[ABOUT[name]].pk if name in ABOUT else subject.pk,
        "slug": world["call"].slug,
        "number": world["application"].number,
        "country": world["outlet"].country,
        "key": world["file"].key,
        "app_label": "applications",
        "content_type_id": ContentType.objects.get_for_model(world["application"]).pk,
    }
    kwargs = {key: candidates.get(key) for key in ARGUMENT.findall(route)}
    return reverse(f"admin:{name}", kwargs=kwargs)


def subject_of(route: str, world: dict):
    """Return the object an address is about: of the kind its last telling part names."""
    parts = route.split("/")
    for part in reversed(parts):
        if part in world:
            return world[part]
    kind = ContentType.objects.filter(model=parts[1]).first() if len(parts) > 2 else None
    return (kind and kind.model_class()._default_manager.first()) or world["call"]


def opens(client, url: str) -> bool:
    """Whether the page lets the person in; a redirect back to the sign-in or the index doesn't."""
    answer = client.get(url)
    if answer.status_code == 405:
        answer = client.post(url)
    if answer.streaming:
        list(answer)
    if answer.status_code != 302:
        return answer.status_code == 200
    onward = answer["Location"].split("?")[0]
    return onward not in (reverse("admin:login"), reverse("admin:index"))


def test_every_address_of_the_staffs_side_has_a_rule():
    assert sorted(PATTERNS.keys() - RULES.keys()) == []
    assert sorted(RULES.keys() - PATTERNS.keys()) == []


@pytest.mark.parametrize("letter", PEOPLE)
def test_each_role_opens_what_its_rules_say_and_nothing_else(client, world, letter):
    person = a_person(*PEOPLE[letter], country="KZ", is_superuser=letter == "R")
    if letter == "J":
        an_assignment(world["application"], person)
    opened = set()
    client.force_login(person)
    for name in PATTERNS:
        if opens(client, address(name, world)):
            opened.add(name)
    allowed = {name for name, rule in RULES.items() if letter in rule}
    assert (sorted(opened - allowed), sorted(allowed - opened)) == ([], [])


def test_without_signing_in_nothing_opens(client, world):
    assert [name for name in PATTERNS if opens(client, address(name, world))] == []


def test_a_coordinator_of_another_country_opens_nothing_of_an_application(client, world):
    client.force_login(a_person(roles.COORDINATOR, country="TJ"))
    of_objects = [n for n, route in PATTERNS.items() if "<" in route and n != "app_list"]
    assert [name for name in of_objects if opens(client, address(name, world))] == []


def test_a_coordinator_without_a_country_sees_no_application(client, world):
    client.force_login(a_person(roles.COORDINATOR))
    page = client.get(reverse("admin:applications_application_changelist"))
    assert page.context["cl"].result_count == 0


def test_the_catch_all_of_the_admin_gives_nothing_away(client):
    client.force_login(a_person(roles.OFFICER))
    assert client.get("/admin/nothing/here/").status_code == 404
    assert resolve("/admin/nothing/here/").url_name is None
