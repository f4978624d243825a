"""The media outlet that applies."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.folding import fold_lookalikes
from applications.models.call import Country


class OutletQuerySet(models.QuerySet):
    def matching(self, words: str):
        """Return the outlets whose name, place or site holds every word, in whatever case."""
        found = self
        for word in words.split():
            found = found.filter(search_key__contains=fold_lookalikes(word))
        return found


class Outlet(models.Model):
    """Who applies: what staff list, search and compare. The full answers lie in the sections."""

    name = models.CharField(_("name"), max_length=255)
    known_as = models.CharField(_("known as"), max_length=255, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=Country)
    region = models.CharField(_("region"), max_length=60, blank=True)
    city = models.CharField(_("city or village"), max_length=120, blank=True)
    site = models.CharField(_("site"), max_length=300, blank=True)
    registration_number = models.CharField(_("BIN or TIN"), max_length=12, blank=True)
    search_key = models.TextField(editable=False, blank=True)
    name_key = models.CharField(max_length=255, editable=False, blank=True, db_index=True)

    objects = OutletQuerySet.as_manager()

    class Meta:
        verbose_name = _("media outlet")
        verbose_name_plural = _("media outlets")
        ordering = ["name"]

    def __str__(self):
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.known_as or self.name

    def save(self, *args, **kwargs):
        told = (self.name, self.known_as, self.city, self.site, self.registration_number)
        self.search_key = fold_lookalikes(" ".join(told))
        self.name_key = fold_lookalikes(self.display_name)[:255]
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "search_key", "name_key"}
        super().save(*args, **kwargs)
