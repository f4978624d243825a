"""Outlets: what staff search and compare. The outlet itself writes it, in its application."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from applications import marks, roles
from applications.admin.filters import CountryFilter
from applications.admin.owned import OwnedByVerbs
from applications.models import Outlet
from applications.regions import region_now


class OutletCountryFilter(CountryFilter):
    column = "country"


@admin.register(Outlet)
class OutletAdmin(OwnedByVerbs, admin.ModelAdmin):
    list_display = ("name_shown", "country_shown", "region_shown", "registration_number", "site")
    list_filter = (OutletCountryFilter,)
    list_per_page = 50
    show_facets = admin.ShowFacets.ALWAYS
    show_full_result_count = False
    search_fields = ("search_key",)
    search_help_text = _("Name, town, site, BIN or TIN")
    actions = None
    fields = (
        "name",
        "known_as",
        "country",
        "region_shown",
        "city",
        "site",
        "registration_number",
    )

    def get_queryset(self, request):
        """Return all outlets, or those of a coordinator's own country."""
        country = roles.country_of(request.user)
        listed = super().get_queryset(request)
        return listed if country is None else listed.filter(country=country)

    def get_search_results(self, request, queryset, search_term):
        return queryset.matching(search_term), False

    @admin.display(description=_("outlet"), ordering="name")
    def name_shown(self, outlet):
        return marks.outlet(outlet.display_name, outlet.city)

    @admin.display(description=_("country"), ordering="country")
    def country_shown(self, outlet):
        return marks.country(outlet.country)

    @admin.display(description=_("region"), ordering="region")
    def region_shown(self, outlet):
        return region_now(outlet.region) or "—"
