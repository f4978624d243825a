"""Decisions, the places they hold, and the list that two people publish."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call, Country, Result


class DecisionListStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed")
    SCHEDULED = "scheduled", _("checked, waits for its time")
    PUBLISHED = "published", _("published")
    VOID = "void", _("void")


AT_WORK = [DecisionListStatus.DRAFT, DecisionListStatus.PROPOSED, DecisionListStatus.SCHEDULED]


class DecisionListQuerySet(models.QuerySet):
    def of_call(self, call: Call):
        return self.filter(call=call)

    def at_work(self):
        return self.filter(status__in=AT_WORK)

    def awaiting_publication(self):
        """Return what must still be exactly what was proposed."""
        return self.filter(status__in=[DecisionListStatus.PROPOSED, DecisionListStatus.SCHEDULED])

    def published(self):
        return self.filter(status=DecisionListStatus.PUBLISHED)

    def due_to_publish(self, at):
        return self.filter(status=DecisionListStatus.SCHEDULED, publish_at__lte=at)

    def locked(self, pk: int) -> DecisionList:
        """Return the list, held until the end of the transaction, its call with it."""
        return self.select_for_update(of=("self",)).select_related("call").get(pk=pk)


class DecisionList(models.Model):
    """One proposal of who is selected. `frozen` and `fingerprint` hold what was proposed.

    A list that lost its force stays as VOID with what it had frozen; its decisions move on to
    the next list, so a decision belongs to one list at a time. A promotion is a list of its own,
    after the selection was published: who gives a place up, and who gets it.
    """

    call = models.ForeignKey(
        Call, models.PROTECT, related_name="decision_lists", verbose_name=_("call")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    is_promotion = models.BooleanField(_("promotion from the reserve"), default=False)
    status = models.CharField(
        _("status"), max_length=10, choices=DecisionListStatus, default=DecisionListStatus.DRAFT
    )
    drafted_at = models.DateTimeField(_("drafted"))
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirm_by = models.DateTimeField(_("confirm by"))
    holds_until = models.DateTimeField(_("the reserve holds until"))
    review_until = models.DateTimeField(_("a review of the procedure can be asked for until"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    frozen = models.JSONField(default=dict, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    publish_at = models.DateTimeField(_("to be published"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    voided_at = models.DateTimeField(_("lost its force"), null=True, blank=True)
    voided_because = models.TextField(_("why it lost its force"), blank=True)

    objects = DecisionListQuerySet.as_manager()

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
                condition=Q(status__in=["draft", "proposed", "scheduled"]),
                name="one_list_at_work_per_call",
            ),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(status="published", is_promotion=False),
                name="one_selection_published_per_call",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("proposed_by")),
                name="published_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["scheduled", "published"])
                | Q(
                    proposed_by__isnull=False,
                    published_by__isnull=False,
                    checked_at__isnull=False,
                ),
                name="published_means_proposed_and_published_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(status="published", published_at__isnull=False)
                | (~Q(status="published") & Q(published_at=None)),
                name="published_means_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(publish_at__isnull=False),
                name="a_scheduled_list_has_its_time",
            ),
        ]

    def __str__(self):
        return f"{self.call} № {self.number}"

    @property
    def short_rows(self) -> list[dict]:
        """The frozen rows of those with fewer reviews than they needed, as it was proposed."""
        return [row for row in self.frozen.get("rows", []) if "wanted" in row]

    @property
    def short_because(self) -> str:
        """Why it was proposed with reviews lacking; "" where none was."""
        return self.frozen.get("because", "")


class DecisionResult(models.TextChoices):
    SELECTED = Result.SELECTED.value, _("selected")
    RESERVE = Result.RESERVE.value, _("reserve list")
    NOT_SELECTED = Result.NOT_SELECTED.value, _("not selected")
    INELIGIBLE = Result.INELIGIBLE.value, _("not eligible")
    TIED = "tied", _("tied at the line")


class DecisionQuerySet(models.QuerySet):
    def of_call(self, call: Call):
        return self.filter(call=call)

    def selected(self):
        return self.filter(result=DecisionResult.SELECTED)

    def holding_a_place(self):
        return self.filter(place__isnull=False)

    def reserve_of(self, call: Call, country: str):
        """Return who may still be promoted in a country, next first."""
        waiting = self.filter(call=call, country=country, result=DecisionResult.RESERVE)
        return waiting.filter(application__declined_at=None).order_by("reserve_order", "precedence")

    def for_listing(self):
        """Return decisions with what every page shows of them."""
        return self.select_related("application__outlet", "application__call").order_by(
            "country", "rank", "precedence", "application__number"
        )


class Decision(models.Model):
    """What is decided about one application, and the place it holds.

    Selected means one of the call's numbered places and one of the country's, each within the
    cap it was given under: a thirteenth place or a country's seventh breaks a constraint, and two
    transactions that want the last one break a unique key. Triggers hold `call`, `country` and
    both caps to the application, the outlet and the call, so that no copied figure can lie.
    `released_at` frees the place of one who declined: selected once, without a place now.
    """

    decision_list = models.ForeignKey(DecisionList, models.PROTECT, related_name="decisions")
    application = models.OneToOneField(Application, models.PROTECT, related_name="decision")
    call = models.ForeignKey(Call, models.PROTECT, related_name="decisions")
    country = models.CharField(_("country"), max_length=2, choices=Country)
    result = models.CharField(_("result"), max_length=12, choices=DecisionResult)
    place = models.PositiveSmallIntegerField(_("place"), null=True, blank=True)
    cap = models.PositiveSmallIntegerField(null=True, blank=True)
    place_in_country = models.PositiveSmallIntegerField(null=True, blank=True)
    country_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    released_at = models.DateTimeField(_("gave the place up"), null=True, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank in the country"), null=True, blank=True)
    rank_last = models.PositiveSmallIntegerField(null=True, blank=True)
    precedence = models.PositiveSmallIntegerField(_("order among equals"), default=0)
    reserve_order = models.PositiveSmallIntegerField(
        _("order in the reserve"), null=True, blank=True
    )
    total = models.DecimalField(_("total"), max_digits=7, decimal_places=4, null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    by_hand = models.BooleanField(_("changed by hand"), default=False)
    strength = models.TextField(_("one strength"), blank=True)
    improvement = models.TextField(_("one thing that would have strengthened it"), blank=True)
    feedback_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["country", "rank", "application"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(
                        result="selected",
                        released_at=None,
                        place__isnull=False,
                        place_in_country__isnull=False,
                        cap__isnull=False,
                        country_cap__isnull=False,
                    )
                    | (
                        (~Q(result="selected") | Q(released_at__isnull=False))
                        & Q(place=None, place_in_country=None, cap=None, country_cap=None)
                    )
                ),
                name="selected_holds_a_place",
            ),
            models.CheckConstraint(
                condition=Q(place=None) | Q(place__gte=1, place__lte=F("cap")),
                name="no_more_places_than_the_call_has",
            ),
            models.CheckConstraint(
                condition=Q(place_in_country=None)
                | Q(place_in_country__gte=1, place_in_country__lte=F("country_cap")),
                name="no_more_places_than_the_country_has",
            ),
            models.UniqueConstraint(fields=["call", "place"], name="a_place_is_held_once"),
            models.UniqueConstraint(
                fields=["call", "country", "place_in_country"], name="a_country_place_is_held_once"
            ),
            models.CheckConstraint(
                condition=Q(result="reserve", reserve_order__isnull=False)
                | (~Q(result="reserve") & Q(reserve_order=None)),
                name="a_reserve_has_an_order",
            ),
        ]

    def __str__(self):
        return f"{self.application}: {self.get_result_display()}"


class PlaceMove(models.Model):
    """An unused place of one country given to another: explicit, with its reason, for good."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="place_moves")
    from_country = models.CharField(_("from"), max_length=2, choices=Country)
    to_country = models.CharField(_("to"), max_length=2, choices=Country)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("moved place")
        verbose_name_plural = _("moved places")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_country=F("to_country")), name="a_place_moves_to_another_country"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_moved_place_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.from_country} → {self.to_country}"


class DecisionChange(models.Model):
    """The ledger: who changed which decision from what to what, and why. `by` empty: arithmetic.

    `reason` holds the arithmetic's figures; what a person wrote lies beside, in ChangeReason.
    """

    BESIDE = "…"  # in place of a person's reason; rows older than ChangeReason hold it themselves
    ERASED = "—"

    decision_list = models.ForeignKey(DecisionList, models.PROTECT, related_name="changes")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    before = models.CharField(_("before"), max_length=20)
    after = models.CharField(_("after"), max_length=20)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a decision")
        verbose_name_plural = _("changes of decisions")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_change_has_a_reason")
        ]

    def __str__(self):
        return f"{self.application_id}: {self.before} → {self.after}"

    @property
    def why(self) -> str:
        """The reason: of figures, or what a person wrote, unless it was erased."""
        beside = getattr(self, "beside", None)
        return self.reason if beside is None else beside.reason or self.ERASED


class ChangeReason(models.Model):
    """Why a person changed a decision. Beside the ledger, which only grows: it can be erased."""

    change = models.OneToOneField(DecisionChange, models.PROTECT, related_name="beside")
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("reason of a change")
        verbose_name_plural = _("reasons of changes")

    def __str__(self):
        return f"{self.change_id}"
