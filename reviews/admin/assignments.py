"""Assignments as a list to read, and the officers' pages that make and undo them."""

from django.contrib import admin
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from applications import instants, marks
from applications.admin.owned import OwnedByVerbs
from reviews.admin import assignpages, datapage, progresspage, screeningpage
from reviews.models import Assignment

CALL, ONE = "<slug:slug>/", "desks/<str:number>/"
PAGES = (
    ("progress/" + CALL, progresspage.progress, "progress_of"),
    ("progress/" + CALL + "<int:pk>/remind/", progresspage.remind, "remind"),
    ("progress/" + CALL + "<int:pk>/hand-on/", progresspage.drop_out, "drop_out"),
    ("plan/" + CALL, assignpages.assign, "assign_of"),
    (ONE, assignpages.desks, "desks"),
    (ONE + "<int:pk>/take-off/", assignpages.take_off, "take_off"),
    ("eligibility/" + CALL, screeningpage.overview, "screening_of"),
    ("eligibility/one/<str:number>/", screeningpage.checklist, "checklist"),
    ("data/<str:number>/", datapage.data, "data"),
    ("data/<str:number>/copy/", datapage.copy, "copy"),
)


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return (
            ("undeclared", _("no answer about a conflict")),
            ("waiting", _("not handed in")),
            ("handed_in", _("handed in")),
            ("conflict", _("conflict of interest")),
            ("withdrawn", _("taken off the desk")),
        )

    def queryset(self, request, queryset):
        active = queryset.active()
        match self.value():
            case "undeclared":
                return active.filter(conflict=None)
            case "waiting":
                return queryset.unfinished()
            case "handed_in":
                return active.filter(review__submitted_at__isnull=False)
            case "conflict":
                return queryset.filter(conflict=True)
            case "withdrawn":
                return queryset.exclude(withdrawn_at=None).exclude(conflict=True)
        return queryset


@admin.register(Assignment)
class AssignmentAdmin(OwnedByVerbs, admin.ModelAdmin):
    list_display = ("application_shown", "juror_shown", "state_shown", "due_shown")
    list_filter = (StateFilter, "application__call", "application__outlet__country")
    search_fields = ("application__number", "application__outlet__search_key", "juror__last_name")
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_display_links = None
    change_list_template = "admin/reviews/assignment_list.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        chosen = wrap(progresspage.chosen)
        return [
            path("progress/", chosen, name="reviews_progress"),
            *(path(route, wrap(view), name=f"reviews_{name}") for route, view, name in PAGES),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        """Leave out what the user has declared a conflict of interest in."""
        closed = Assignment.objects.filter(juror=request.user, conflict=True)
        rows = super().get_queryset(request).for_reading()
        return rows.exclude(application__in=closed.values("application")).order_by("-pk")

    @admin.display(description=_("application"), ordering="application__number")
    def application_shown(self, assignment):
        application = assignment.application
        url = reverse("admin:reviews_desks", args=[application.number])
        return marks.outlet(application.outlet.display_name, application.number, url)

    @admin.display(description=_("juror"), ordering="juror__last_name")
    def juror_shown(self, assignment):
        return assignment.juror.get_full_name() or assignment.juror.get_username()

    @admin.display(description=_("state"))
    def state_shown(self, assignment):
        review = getattr(assignment, "review", None)
        if assignment.conflict:
            return marks.tag("quiet", "slash", _("conflict of interest"))
        if assignment.withdrawn_at:
            return marks.tag("quiet", "minus", _("taken off the desk"))
        if review is None:
            words = _("not begun") if assignment.declared_at else _("no answer about a conflict")
            return marks.tag("plain", "ring", words)
        if review.submitted_at:
            return marks.tag("plain", "disc", _("handed in"))
        return marks.tag("plain", "half", _("begun"))

    @admin.display(description=_("due"), ordering="due_at")
    def due_shown(self, assignment):
        due_at, call = assignment.due_at, assignment.application.call
        return instants.timed(due_at, instants.until(due_at, call, year=True))
