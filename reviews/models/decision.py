"""Places, decisions and the list that two people publish."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call, Country, Result


class DecisionListStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed")
    PUBLISHED = "published", _("published")
    VOID = "void", _("void")


class DecisionList(models.Model):
    """One proposal of who is selected. `frozen` and `fingerprint` hold what was proposed.

    A list that lost its force stays as VOID with what it had frozen; its decisions move on to
    the next list, so a decision belongs to one list at a time.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="decision_lists")
    number = models.PositiveSmallIntegerField(_("number"))
    status = models.CharField(
        _("status"), max_length=10, choices=DecisionListStatus, default=DecisionListStatus.DRAFT
    )
    drafted_at = models.DateTimeField(_("drafted"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    frozen = models.JSONField(default=dict, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    voided_because = models.TextField(_("why it lost its force"), blank=True)

    class Meta:
        verbose_name = _("decision list")
        verbose_name_plural = _("decision lists")
        ordering = ["call", "-number"]
        permissions = [
            ("propose_decisionlist", "Can propose a decision list"),
            ("publish_decisionlist", "Can publish a decision list another person proposed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="one_list_per_number"),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(status__in=["draft", "proposed"]),
                name="one_list_at_work_per_call",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("proposed_by")),
                name="published_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(
                    proposed_by__isnull=False,
                    published_by__isnull=False,
                    published_at__isnull=False,
                ),
                name="published_means_proposed_and_published_by_someone",
            ),
        ]

    def __str__(self):
        return f"{self.call} № {self.number}"


class Place(models.Model):
    """A place that can be given. As many rows as the call has places stand ready.

    An occupied place carries its country and its number within it, and both caps it was made
    under: a thirteenth place or a country's seventh breaks a constraint, whoever writes.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="place_rows")
    number = models.PositiveSmallIntegerField()
    cap = models.PositiveSmallIntegerField()
    country_cap = models.PositiveSmallIntegerField()
    country = models.CharField(max_length=2, choices=Country, null=True, blank=True)
    number_in_country = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="a_place_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=F("cap")),
                name="no_more_places_than_the_call_has",
            ),
            models.UniqueConstraint(
                fields=["call", "country", "number_in_country"], name="a_country_place_once"
            ),
            models.CheckConstraint(
                condition=Q(country=None, number_in_country=None)
                | Q(
                    country__isnull=False,
                    number_in_country__gte=1,
                    number_in_country__lte=F("country_cap"),
                ),
                name="no_more_places_than_the_country_has",
            ),
        ]

    def __str__(self):
        return f"{self.number}/{self.cap}"


class DecisionResult(models.TextChoices):
    SELECTED = Result.SELECTED.value, _("selected")
    RESERVE = Result.RESERVE.value, _("reserve list")
    NOT_SELECTED = Result.NOT_SELECTED.value, _("not selected")
    TIED = "tied", _("tied at the line")


class Decision(models.Model):
    """What is decided about one application; selected if and only if it holds a place."""

    decision_list = models.ForeignKey(DecisionList, models.PROTECT, related_name="decisions")
    application = models.OneToOneField(Application, models.PROTECT, related_name="decision")
    result = models.CharField(_("result"), max_length=12, choices=DecisionResult)
    place = models.OneToOneField(
        Place, models.PROTECT, null=True, blank=True, related_name="decision"
    )
    rank = models.PositiveSmallIntegerField(_("rank in the country"), null=True, blank=True)
    reserve_order = models.PositiveSmallIntegerField(
        _("order in the reserve"), null=True, blank=True
    )
    total = models.DecimalField(_("total"), max_digits=7, decimal_places=4, null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["rank"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="selected", place__isnull=False)
                | (~Q(result="selected") & Q(place=None)),
                name="selected_holds_a_place",
            ),
            models.CheckConstraint(
                condition=Q(result="reserve", reserve_order__isnull=False)
                | (~Q(result="reserve") & Q(reserve_order=None)),
                name="a_reserve_has_an_order",
            ),
        ]

    def __str__(self):
        return f"{self.application}: {self.get_result_display()}"
