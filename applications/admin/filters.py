"""Filters of the staff's lists, by what the domain calls things."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from applications.models import Country, Language, Status
from applications.seasons import calls_at_hand


class CallFilter(admin.SimpleListFilter):
    """The latest call unless another is chosen, or all."""

    title = _("call")
    parameter_name = "call"
    everything = "all"

    def lookups(self, request, model_admin):
        return [(str(call.pk), call.season) for call in calls_at_hand(request)]

    def value(self):
        chosen = super().value()
        if chosen is None and self.lookup_choices:
            return self.lookup_choices[0][0]
        return chosen

    def queryset(self, request, queryset):
        chosen = self.value()
        return queryset.filter(call=chosen) if chosen and chosen.isdigit() else queryset

    def choices(self, changelist):
        for key, season in self.lookup_choices:
            chosen = changelist.get_query_string({self.parameter_name: key})
            yield {"selected": self.value() == key, "query_string": chosen, "display": season}
        yield {
            "selected": self.value() == self.everything,
            "query_string": changelist.get_query_string({self.parameter_name: self.everything}),
            "display": _("All calls"),
        }

    def get_facet_counts(self, pk_attname, filtered_qs):
        """Count nothing: the other filters count within the call."""
        return {}


class CountryFilter(admin.SimpleListFilter):
    title = _("country")
    parameter_name = "country"

    def lookups(self, request, model_admin):
        return Country.choices

    def queryset(self, request, queryset):
        return queryset.from_country(self.value()) if self.value() else queryset


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return Status.choices

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


class LanguageFilter(admin.SimpleListFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return Language.choices

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset
