"""The rubric: weights on one page, where they sum to 100, and each criterion's words on its own."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from applications import questions
from applications.admin.clashes import ClashesAreTold, SeenForm
from applications.admin.owned import Recorded
from applications.models import Call, Language
from applications.models.application import Refused
from applications.seasons import calls_at_hand
from reviews import weighing
from reviews.admin.desk import page
from reviews.admin.rankingpage import call_by, chosen_call
from reviews.models import Criterion, CriterionText

MAY_WEIGH = "reviews.change_criterion"
ROWS_TO_ADD = 2


class WeightForm(forms.Form):
    """One line of the rubric. An empty weight leaves the line out."""

    key = forms.IntegerField(required=False, widget=forms.HiddenInput)
    order = forms.IntegerField(required=False, min_value=0, max_value=999)
    weight = forms.IntegerField(required=False, min_value=1, max_value=100)
    sections = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = [
            (section.key, section.title) for section in questions.SECTIONS
        ]


Lines = forms.formset_factory(WeightForm, extra=ROWS_TO_ADD, max_num=30)


@require_http_methods(["GET", "POST"])
def rubric(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a call's criteria; take new weights while nothing has been handed in."""
    if not request.user.has_perm("reviews.view_criterion"):
        raise PermissionDenied
    call = call_by(request, slug)
    criteria = list(call.criteria.worded().order_by("position"))
    lines = Lines(request.POST if request.method == "POST" else None, initial=initial(criteria))
    if request.method == "POST" and lines.is_valid() and save(request, call, lines):
        return redirect("admin:reviews_rubric_of", slug)
    by_key = {criterion.pk: criterion for criterion in criteria}
    frozen = weighing.is_frozen(call)
    context = {
        "call": call,
        "calls": calls_at_hand(request),
        "lines": lines,
        "rows": [(form, by_key.get(int(form["key"].value() or 0))) for form in lines],
        "criteria": criteria,
        "total": sum(criterion.weight for criterion in criteria),
        "frozen": frozen,
        "seen": weighing.fingerprint(call),
        "may_weigh": request.user.has_perm(MAY_WEIGH) and not frozen,
        "languages": len(Language.values),
    }
    return page(request, "rubric", _("Criteria and scale"), **context)


def initial(criteria: list[Criterion]) -> list[dict]:
    return [
        {"key": c.pk, "order": c.position, "weight": c.weight, "sections": c.sections}
        for c in criteria
    ]


def save(request: HttpRequest, call: Call, lines) -> bool:
    """Write the lines that have a weight; False, with the reason told, where that is refused."""
    if not request.user.has_perm(MAY_WEIGH):
        raise PermissionDenied
    told = [form.cleaned_data for form in lines if form.cleaned_data.get("weight")]
    told.sort(key=lambda line: (line["order"] is None, line["order"] or 0))
    weighed = [
        weighing.Weighed(line["key"], line["weight"], tuple(line["sections"])) for line in told
    ]
    try:
        seen = request.POST.get("seen", "")
        weighing.weigh(call, weighed, by=request.user, at=request.arrived_at, seen=seen)
    except weighing.WrongSum as wrong:
        messages.error(request, sum_in_words(wrong.total))
        return False
    except Refused as refused:
        messages.error(request, why_not(refused.code))
        return False
    messages.success(request, _("The rubric is saved."))
    return True


def sum_in_words(total: int) -> str:
    """Say what the weights make and how many are missing or too many."""
    gap = abs(100 - total)
    if total < 100:
        words = ngettext(
            "The weights make %(total)s of 100: %(gap)s is missing. Nothing was saved.",
            "The weights make %(total)s of 100: %(gap)s are missing. Nothing was saved.",
            gap,
        )
    else:
        words = ngettext(
            "The weights make %(total)s of 100: %(gap)s is too many. Nothing was saved.",
            "The weights make %(total)s of 100: %(gap)s are too many. Nothing was saved.",
            gap,
        )
    return words % {"total": total, "gap": gap}


def why_not(code: str) -> str:
    return {
        "changed": _(
            "Somebody saved the rubric while you were writing. Nothing was overwritten: compare "
            "with what it is now, then save again."
        ),
        "frozen": _("The rubric is frozen: a review has been handed in."),
        "scored": _("A criterion with scores in somebody’s draft can’t be left out."),
    }[code]


class WordingForm(SeenForm):
    class Meta:
        model = Criterion
        fields = ()


class WordingInline(admin.StackedInline):
    model = CriterionText
    verbose_name_plural = gettext_lazy("Wording in each language")

    def may_word(self, request, criterion) -> bool:
        return request.user.has_perm(MAY_WEIGH) and not weighing.is_frozen(criterion.call)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("reviews.view_criterion")

    def has_change_permission(self, request, obj=None):
        return self.may_word(request, obj)

    has_add_permission = has_change_permission

    def has_delete_permission(self, request, obj=None):
        return False

    def get_extra(self, request, obj=None, **kwargs):
        return len(Language.values) - (obj.texts.count() if obj else 0)

    def get_max_num(self, request, obj=None, **kwargs):
        return len(Language.values)


@admin.register(Criterion)
class CriterionAdmin(ClashesAreTold, Recorded, admin.ModelAdmin):
    """The words of one criterion; its weight belongs to the whole rubric's page."""

    form = WordingForm
    inlines = (WordingInline,)
    actions = None
    change_form_template = "admin/reviews/criterion_form.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(chosen_rubric), name="reviews_criterion_changelist"),
            path("of/<slug:slug>/", wrap(rubric), name="reviews_rubric_of"),
            *[url for url in super().get_urls() if url.name != "reviews_criterion_changelist"],
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("call").prefetch_related("texts")

    def get_object(self, request, object_id, from_field=None):
        """Hold the call's row before a save, so that no review is handed in meanwhile."""
        if request.method == "POST":
            Call.objects.select_for_update().filter(criteria=object_id).first()
        return super().get_object(request, object_id, from_field)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not weighing.is_frozen(obj.call))


def chosen_rubric(request: HttpRequest) -> HttpResponse:
    """Lead to the rubric of the call at hand."""
    return chosen_call(request, "reviews_rubric_of", "reviews.view_criterion")
