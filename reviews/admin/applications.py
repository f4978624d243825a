"""The list and page of applications with what the jury's side knows of them."""

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from applications import marks
from applications.admin.applications import ApplicationAdmin
from applications.admin.filters import CallFilter, CountedFilter, CountryFilter, LanguageFilter
from applications.models import Application, Call
from reviews import attention, stages
from reviews.models import Assignment, Review
from reviews.stages import RECEIVED, Stage

SHAPES = {
    Stage.DRAFT: ("plain", "ring"),
    Stage.SUBMITTED: ("plain", "dot"),
    Stage.REVIEWING: ("plain", "half"),
    Stage.REVIEWED: ("plain", "disc"),
    Stage.INELIGIBLE: ("quiet", "slash"),
    Stage.WITHDRAWN: ("quiet", "back"),
    Stage.LAPSED: ("quiet", "minus"),
}


OF_SUBMITTED = {Stage.SUBMITTED, Stage.REVIEWING, Stage.REVIEWED, Stage.INELIGIBLE}


class StageFilter(CountedFilter):
    title = _("status")
    parameter_name = "stage"
    column = "stage"

    def lookups(self, request, model_admin):
        return ((RECEIVED, _("all submitted")), *Stage.choices)

    def queryset(self, request, queryset):
        return (
            queryset.submitted()
            if self.value() == RECEIVED
            else super().queryset(request, queryset)
        )

    def count_of(self, key, found):
        if key == RECEIVED:
            return sum(n for stage, n in found.items() if stage in OF_SUBMITTED)
        return super().count_of(key, found)


class NeedsFilter(admin.SimpleListFilter):
    """What waits for a person; nothing is counted here, the desk does."""

    title = _("what is missing")
    parameter_name = "needs"

    def lookups(self, request, model_admin):
        if not request.user.has_perm("reviews.view_all_reviews"):
            return ()
        return (
            ("third", _("a third review")),
            ("opinion", _("a second opinion on eligibility")),
            ("advice", _("advice for the letter")),
            ("files", _("a clean file")),
        )

    def queryset(self, request, queryset):
        match self.value():
            case "third":
                calls = Call.objects.filter(pk__in=queryset.values("call"))
                found = [one for call in calls for one in attention.lacking_a_third(call)]
                return queryset.filter(pk__in=[tally.pk for tally in found])
            case "opinion":
                return attention.without_second_opinion(queryset)
            case "advice":
                return attention.without_advice(queryset)
            case "files":
                return attention.with_closed_files(queryset)
        return queryset

    def choices(self, changelist):
        """Offer the choices without counts."""
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Everything"),
        }
        for key, words in self.lookup_choices:
            yield {
                "selected": self.value() == key,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": words,
            }


@admin.register(Application)
class ReviewedApplicationAdmin(ApplicationAdmin):
    list_display = (
        "number_shown",
        "outlet_shown",
        "country_shown",
        "language",
        "status_shown",
        "reviews_shown",
        "total_shown",
        "received_shown",
    )
    list_filter = (CallFilter, CountryFilter, StageFilter, LanguageFilter, NeedsFilter)

    def get_list_display(self, request):
        """Return the columns; reviews and totals only to who reads the jury's work."""
        if request.user.has_perm("reviews.view_all_reviews"):
            return self.list_display
        return tuple(c for c in self.list_display if c not in ("reviews_shown", "total_shown"))

    def get_queryset(self, request):
        """Leave out what the user has declared a conflict of interest in."""
        conflicts = Assignment.objects.filter(
            juror=request.user, conflict=True, application=OuterRef("pk")
        )
        listed = super().get_queryset(request).filter(~Exists(conflicts))
        return stages.with_stage(listed)

    def get_changelist_instance(self, request):
        """Work out the totals of the page's rows: one query, however many they are."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = rows = list(changelist.result_list)
        if request.user.has_perm("reviews.view_all_reviews"):
            totals = stages.totals_of([row.pk for row in rows], request.user)
            for row in rows:
                row.total = totals[row.pk].mean
        return changelist

    @admin.display(description=_("status"), ordering="stage")
    def status_shown(self, application):
        return self.stage_tag(application)

    def stage_tag(self, application):
        stage = Stage(application.stage)
        return marks.tag(*SHAPES[stage], stage.label)

    @admin.display(description=_("reviews"), ordering="handed_in")
    def reviews_shown(self, application):
        if not application.desks:
            return "—"
        return marks.pips(application.handed_in, application.desks)

    @admin.display(description=_("total"))
    def total_shown(self, application):
        total = application.total
        return "—" if total is None else number_format(total, 1)

    def context_to_read(self, request, application):
        context = super().context_to_read(request, application)
        context["status"] = self.stage_tag(application)
        if request.user.has_perm("reviews.view_all_reviews"):
            context["desks"] = desks_of(application, request.user)
        return context


def desks_of(application: Application, user) -> list[dict]:
    """Return who reviews the application, and the total of each review `user` may see."""
    visible = Review.objects.visible_to(user).filter(assignment__application=application)
    seen = {review.assignment_id: review for review in visible.prefetch_related("scores")}
    assignments = application.assignments.active().select_related("juror", "review")
    return [{"assignment": one, "review": seen.get(one.pk)} for one in assignments]
