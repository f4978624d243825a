import pytest
from django.urls import reverse

from applications.models import AuditEntry
from applications.tests.builders import a_call, an_application
from reviews import boardpack, boardpaper, scoring
from reviews.tests.builders import (
    AFTER,
    a_chair,
    a_judged_call,
    a_juror,
    a_review,
    a_started_review,
    an_assignment,
    an_officer,
)

pytestmark = pytest.mark.django_db


def paths(call, country="KZ"):
    return [
        reverse(f"admin:reviews_{name}", args=[call.slug, country])
        for name in ("pack", "pack_paper")
    ]


def test_the_pack_holds_one_country_best_first_with_what_jurors_said():
    call = a_call()
    better = an_application(call, country="KZ", name="Степь")
    worse = an_application(call, country="KZ")
    an_application(call, country="TJ")
    a_review(worse, points=2)
    a_review(better, points=4, why="Сильный план", comment="Брать")
    a_started_review(better, a_juror(), points=0, comment="Черновик чужой")
    pack = boardpack.pack_of(call, a_chair(), "KZ")
    assert [one.row.number for one in pack.dossiers] == [better.number, worse.number]
    first = pack.dossiers[0]
    assert [opinion.comment for opinion in first.opinions] == ["Брать"]
    assert {judgement.comment for judgement in first.opinions[0].judgements} == {"Сильный план"}
    assert "Степь" in str(first.text.parts)


def test_an_application_with_an_own_conflict_or_an_own_unfinished_review_is_not_in_the_pack():
    call = a_judged_call(kz=(90, 80, 70))
    first, second, third = call.applications.order_by("pk")
    officer = an_officer()
    conflict = an_assignment(first, officer, declared=False)
    scoring.declare(conflict, conflict=True, reason="Родня", at=AFTER)
    an_assignment(second, officer)
    pack = boardpack.pack_of(call, officer, "KZ")
    assert [one.row.number for one in pack.dossiers] == [third.number]
    assert pack.ranking.hidden == 2


def test_a_blind_call_covers_names_on_paper_too():
    call = a_call(blind_review=True)
    a_review(an_application(call, country="KZ", name="Степной вестник"), points=4)
    pack = boardpack.pack_of(call, a_chair(), "KZ")
    assert pack.dossiers[0].title == pack.dossiers[0].row.number
    assert "Степной вестник" not in str(pack.dossiers[0].text.parts)


def test_contacts_are_left_out_of_the_pack():
    call = a_call()
    application = an_application(call, country="KZ")
    pack = boardpack.pack_of(call, a_chair(), "KZ")
    told = str(pack.dossiers[0].text.parts)
    assert application.contact_email not in told
    answers = application.versions.get().answers["coordinator"]
    assert answers["coordinator_phone"] not in told


@pytest.mark.parametrize("count", [1, 3])
def test_the_pack_takes_a_constant_number_of_queries(count, django_assert_max_num_queries):
    call = a_judged_call(kz=(90, 80, 70)[:count])
    chair = a_chair()
    chair.has_perm("reviews.view_all_reviews")
    with django_assert_max_num_queries(17):
        boardpack.pack_of(call, chair, "KZ")


def test_the_paper_is_a_pdf_with_a_page_to_begin_each_application():
    call = a_judged_call(kz=(90, 80))
    chair = a_chair()
    content = boardpaper.paper(boardpack.pack_of(call, chair, "KZ"), at=AFTER)
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") >= 3
    assert content == boardpaper.paper(boardpack.pack_of(call, chair, "KZ"), at=AFTER)


def test_both_forms_of_the_pack_are_in_the_trail(client):
    call = a_judged_call(kz=(90,))
    client.force_login(chair := a_chair())
    page, paper = (client.post(path) for path in paths(call))
    assert page.status_code == 200
    assert paper["Content-Type"] == "application/pdf"
    taken = AuditEntry.objects.filter(event="export.made", actor=chair.get_username())
    kinds = [(one.details["what"], one.details["kind"], one.details["country"]) for one in taken]
    assert sorted(kinds) == [("pack", "page", "KZ"), ("pack", "pdf", "KZ")]


def test_a_country_that_is_not_the_calls_has_no_pack(client):
    call = a_judged_call(kz=(90,))
    client.force_login(a_chair())
    assert {client.post(path).status_code for path in paths(call, "XX")} == {404}


def test_the_address_without_a_call_leads_to_the_call_at_hand(client):
    call = a_judged_call(kz=(90,))
    client.force_login(a_chair())
    answer = client.get(reverse("admin:reviews_takeaway"))
    assert answer["Location"] == reverse("admin:reviews_takeaway_of", args=[call.slug])
