"""The admin's door to reviews: the jury's pages, and for officers a list that changes nothing."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from applications import instants, marks
from reviews.admin import desk, rankingpage, sheetpages, takeawaypage, talking
from reviews.models import Review

CALL = "<slug:slug>/"
TAKEAWAY = "takeaway/" + CALL
ONE = "desk/<str:number>/"
PAGES = (
    ("desk/", desk.queue, "queue"),
    ("desk/how/", desk.how, "how"),
    ("desk/keys/", desk.keys, "keys"),
    ("desk/sheet/", sheetpages.sheet, "sheet"),
    ("desk/sheet/file/", sheetpages.download, "sheet_file"),
    ("desk/sheet/keep/", sheetpages.apply, "sheet_apply"),
    (ONE, desk.review, "reading"),
    (ONE + "conflict/", desk.conflict, "conflict"),
    (ONE + "hand-in/", desk.hand_in, "hand_in"),
    (ONE + "clash/", desk.clash, "clash"),
    (ONE + "files/<uuid:key>/", talking.file, "file"),
    (ONE + "discussion/", talking.discussion, "discussion"),
    (ONE + "scores/<int:pk>/", talking.revise, "revise"),
    (ONE + "reopen/<int:pk>/", talking.reopen, "reopen"),
    ("ranking/", rankingpage.chosen_call, "ranking"),
    ("ranking/" + CALL, rankingpage.ranking, "ranking_of"),
    ("takeaway/", takeawaypage.of_chosen_call, "takeaway"),
    (TAKEAWAY, takeawaypage.overview, "takeaway_of"),
    (TAKEAWAY + "pack/<str:country>/", takeawaypage.pack, "pack"),
    (TAKEAWAY + "pack/<str:country>/paper/", takeawaypage.pack_paper, "pack_paper"),
    (TAKEAWAY + "sheet/<int:pk>/", sheetpages.download_for, "sheet_for"),
    (TAKEAWAY + "selection/", takeawaypage.selection, "selection"),
)


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    """Every handed-in review that the person may see, each leading to its discussion."""

    list_display = ("application_shown", "juror_shown", "handed_in_shown")
    list_filter = (("assignment__application__call", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("assignment__application__number", "assignment__juror__last_name")
    list_display_links = None
    list_per_page = 50

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [path(route, wrap(view), name=f"reviews_{name}") for route, view, name in PAGES]
        return [*own, *super().get_urls()]

    def get_queryset(self, request):
        reviews = super().get_queryset(request).visible_to(request.user).handed_in()
        return reviews.select_related(
            "assignment__application__outlet", "assignment__application__call", "assignment__juror"
        ).order_by("-submitted_at")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Lead to the discussion, where the review is read among the others."""
        review = self.get_object(request, unquote(object_id))
        if review is None or not self.has_view_permission(request, review):
            raise Http404
        return redirect("admin:reviews_discussion", review.assignment.application.number)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("application"), ordering="assignment__application__number")
    def application_shown(self, review):
        application = review.assignment.application
        url = reverse("admin:reviews_discussion", args=[application.number])
        return marks.outlet(application.outlet.display_name, application.number, url)

    @admin.display(description=_("juror"), ordering="assignment__juror__last_name")
    def juror_shown(self, review):
        return review.assignment.juror.get_full_name() or review.assignment.juror.get_username()

    @admin.display(description=_("handed in"), ordering="submitted_at")
    def handed_in_shown(self, review):
        moment = instants.moment(review.submitted_at, review.assignment.application.call)
        return instants.timed(review.submitted_at, moment)
