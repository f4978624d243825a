"""Applications: the list, and one application on a page to read. Staff write nothing here."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from applications import access, instants, marks, reading, scanning
from applications.admin.filters import CallFilter, CountryFilter, LanguageFilter, StatusFilter
from applications.admin.owned import OwnedByVerbs
from applications.models import Application, Outlet, Status

SHAPES = {
    Status.DRAFT: ("plain", "ring"),
    Status.SUBMITTED: ("plain", "disc"),
    Status.WITHDRAWN: ("quiet", "back"),
    Status.LAPSED: ("quiet", "slash"),
}


class ApplicationAdmin(OwnedByVerbs, admin.ModelAdmin):
    """Registered by reviews.admin, which adds the jury's columns."""

    list_display = (
        "number_shown",
        "outlet_shown",
        "country_shown",
        "language",
        "status_shown",
        "received_shown",
    )
    list_filter = (CallFilter, CountryFilter, StatusFilter, LanguageFilter)
    list_select_related = ("outlet", "call")
    list_per_page = 50
    show_facets = admin.ShowFacets.ALWAYS
    show_full_result_count = False
    search_fields = ("number",)  # the box; what is searched: get_search_results
    search_help_text = _("Number, name of the outlet, town, site or e-mail address")
    actions = None

    def get_queryset(self, request):
        return access.applications_for_staff(request.user)

    def get_search_results(self, request, queryset, search_term):
        """Search as the outlet's key does: whatever the case and script, on both databases."""
        if not search_term.strip():
            return queryset, False
        found = Q(outlet__in=Outlet.objects.matching(search_term))
        found |= Q(number__contains=search_term.strip())
        found |= Q(contact_email__icontains=search_term.strip())
        return queryset.filter(found), False

    @admin.display(description=_("number"), ordering="number")
    def number_shown(self, application):
        return application.number

    @admin.display(description=_("outlet"), ordering="outlet__name")
    def outlet_shown(self, application):
        outlet = application.outlet
        url = reverse("admin:applications_application_change", args=[application.pk])
        return marks.outlet(outlet.display_name, outlet.city, url)

    @admin.display(description=_("country"), ordering="outlet__country")
    def country_shown(self, application):
        return marks.country(application.outlet.country)

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, application):
        look, shape = SHAPES[application.status]
        return marks.tag(look, shape, application.get_status_display())

    @admin.display(description=_("received"), ordering="submitted_at")
    def received_shown(self, application):
        if application.submitted_at is None:
            return "—"
        day = instants.day(application.submitted_at, application.call, year=False)
        clock = instants.clock(application.submitted_at, application.call, seconds=True)
        told = format_html('<span class="cj-when">{} <b>{}</b></span>', day, clock)
        return instants.timed(application.submitted_at, told)

    def get_urls(self):
        door = self.admin_site.admin_view(self.file_view)
        again = self.admin_site.admin_view(require_POST(self.scan_view))
        name = "applications_application"
        return [
            path("<int:pk>/file/<uuid:key>/", door, name=f"{name}_file"),
            path("<int:pk>/file/<uuid:key>/scan/", again, name=f"{name}_scan"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the application to read; who may read what of it is said by `reading.page_for`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        application = self.get_object(request, object_id)
        if application is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{application.number} {application.outlet.display_name}",
            **self.context_to_read(request, application),
        }
        return TemplateResponse(request, "admin/applications/application/read.html", context)

    def context_to_read(self, request, application: Application) -> dict:
        look, shape = SHAPES[application.status]
        return {
            "application": application,
            "status": marks.tag(look, shape, application.get_status_display()),
            "page": reading.page_for(request.user, application, request.GET.get("version")),
        }

    def file_view(self, request, pk, key):
        """Hand a file to staff who may read the application."""
        return access.hand_over(access.file_for_staff(request.user, pk, key))

    def scan_view(self, request, pk, key):
        """Have a file in which a virus was found checked again, by newer signatures."""
        if not access.may_have_checked(request.user):
            raise PermissionDenied
        attachment = access.file_for_staff(request.user, pk, key)
        by = request.user.get_username()
        scanning.check_again(attachment, by=by, at=request.arrived_at)
        messages.success(request, _("The file will be checked again within minutes."))
        return redirect("admin:applications_application_change", pk)
