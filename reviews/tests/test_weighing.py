import pytest
from django.urls import reverse

from applications.models.application import Refused
from applications.tests.builders import a_call
from reviews import weighing
from reviews.models import Criterion
from reviews.tests.builders import (
    REVIEWING,
    a_chair,
    a_review,
    a_rubric,
    a_started_review,
    an_officer,
)
from reviews.weighing import Weighed, WrongSum

pytestmark = pytest.mark.django_db


def weigh(call, *lines):
    return weighing.weigh(call, list(lines), by=an_officer(), at=REVIEWING)


def test_the_rubric_becomes_just_what_was_told_in_that_order():
    call = a_call()
    first, second, *_ = a_rubric(call)
    weigh(call, Weighed(second.pk, 60), Weighed(None, 30, ("letter",)), Weighed(first.pk, 10))
    rows = list(call.criteria.order_by("position").values_list("position", "weight"))
    assert rows == [(1, 60), (2, 30), (3, 10)]
    assert call.criteria.get(position=1).pk == second.pk


@pytest.mark.parametrize("weights", [(50, 49), (60, 41), ()])
def test_weights_that_do_not_make_a_hundred_change_nothing(weights):
    call = a_call()
    a_rubric(call)
    before = list(call.criteria.values_list("pk", "weight"))
    with pytest.raises(WrongSum) as wrong:
        weigh(call, *(Weighed(None, weight) for weight in weights))
    assert wrong.value.total == sum(weights)
    assert list(call.criteria.values_list("pk", "weight")) == before


def test_a_frozen_rubric_is_refused_before_the_database_has_to():
    call = a_review().assignment.application.call
    with pytest.raises(Refused, match="frozen"):
        weigh(call, Weighed(None, 100))


def test_a_criterion_with_scores_in_a_draft_stays():
    call = a_started_review().assignment.application.call
    with pytest.raises(Refused, match="scored"):
        weigh(call, Weighed(None, 100))


def test_another_calls_criterion_is_not_taken_over():
    call, other = a_call(), a_call()
    foreign, *_ = a_rubric(other)
    with pytest.raises(Criterion.DoesNotExist):
        weigh(call, Weighed(foreign.pk, 100))


def lines_of(call, **changes):
    """Return what the page's form would send."""
    criteria = list(call.criteria.order_by("position"))
    data = {"form-TOTAL_FORMS": len(criteria) + 2, "form-INITIAL_FORMS": len(criteria)}
    data["seen"] = weighing.fingerprint(call)
    for n, criterion in enumerate(criteria):
        data |= {
            f"form-{n}-key": criterion.pk,
            f"form-{n}-order": criterion.position,
            f"form-{n}-weight": criterion.weight,
            f"form-{n}-sections": criterion.sections,
        }
    return data | changes


def url(call):
    return reverse("admin:reviews_rubric_of", args=[call.slug])


def test_the_page_says_how_much_is_missing_and_keeps_what_was_typed(client):
    call = a_call()
    a_rubric(call)
    client.force_login(an_officer())
    answer = client.post(url(call), lines_of(call, **{"form-0-weight": 20}))
    page = answer.content.decode()
    assert "95" in page
    assert 'name="form-0-weight" value="20"' in page
    assert call.criteria.get(position=1).weight == 25


def test_the_page_saves_a_new_weighting(client):
    call = a_call()
    a_rubric(call)
    client.force_login(an_officer())
    changes = {"form-0-weight": 15, "form-6-weight": 10, "form-6-order": 0}
    assert client.post(url(call), lines_of(call, **changes)).status_code == 302
    weights = list(call.criteria.order_by("position").values_list("weight", flat=True))
    assert weights == [10, 15, 20, 20, 15, 10, 10]


def test_a_second_editor_is_told_and_overwrites_nothing(client):
    call = a_call()
    a_rubric(call)
    client.force_login(an_officer())
    old = lines_of(call, **{"form-0-weight": 15, "form-1-weight": 30})
    client.post(url(call), lines_of(call, **{"form-0-weight": 20, "form-1-weight": 25}))
    answer = client.post(url(call), old)
    assert [m.level_tag for m in answer.context["messages"]][-1] == "error"
    assert call.criteria.get(position=1).weight == 20
    again = {**old, "seen": answer.context["seen"]}
    assert client.post(url(call), again).status_code == 302
    assert call.criteria.get(position=1).weight == 15


def test_a_frozen_rubric_is_shown_without_fields(client):
    call = a_review().assignment.application.call
    client.force_login(an_officer())
    page = client.get(url(call))
    assert page.context["may_weigh"] is False
    assert 'name="form-0-weight"' not in page.content.decode()
    criterion = call.criteria.first()
    words = client.get(reverse("admin:reviews_criterion_change", args=[criterion.pk]))
    assert 'name="texts-0-title"' not in words.content.decode()


def test_words_are_changed_on_the_criterions_own_page(client):
    call = a_call()
    criterion, *_ = a_rubric(call)
    client.force_login(an_officer())
    page = reverse("admin:reviews_criterion_change", args=[criterion.pk])
    form = client.get(page)
    inline = form.context["inline_admin_formsets"][0].formset
    data = {"seen": form.context["adminform"].form["seen"].value()}
    data |= {f"texts-{key}": value for key, value in inline.management_form.initial.items()}
    text = criterion.texts.get()
    for name in ("title", *(f"anchor_{n}" for n in range(6)), "language", "id"):
        data[f"texts-0-{name}"] = getattr(text, name)
    data |= {"texts-0-criterion": criterion.pk, "texts-0-anchor_3": "Новые слова"}
    answer = client.post(page, data)
    assert answer.status_code == 302, answer.context["errors"]
    text.refresh_from_db()
    assert text.anchor_3 == "Новые слова"


def test_the_chair_reads_the_rubric_and_changes_nothing(client):
    call = a_call()
    a_rubric(call)
    client.force_login(a_chair())
    assert client.get(url(call)).context["may_weigh"] is False
    assert client.post(url(call), lines_of(call)).status_code == 403
