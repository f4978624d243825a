"""The call for applications: its deadlines, places, countries and texts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Country(models.TextChoices):
    KZ = "KZ", _("Kazakhstan")
    TJ = "TJ", _("Tajikistan")


class Language(models.TextChoices):
    """The portal's languages, each named in itself."""

    RU = "ru", "Русский"
    KK = "kk", "Қазақша"
    TG = "tg", "Тоҷикӣ"
    EN = "en", "English"


class Zone(models.TextChoices):
    """Zones a deadline may be told in. Asia/Nur-Sultan and Asia/Astana do not exist."""

    ALMATY = "Asia/Almaty", "Asia/Almaty"
    DUSHANBE = "Asia/Dushanbe", "Asia/Dushanbe"


class CallQuerySet(models.QuerySet):
    def public(self):
        return self.filter(is_public=True)

    def open_at(self, at: datetime):
        return self.public().filter(opens_at__lte=at, closes_at__gt=at)

    def due_to_open(self, at: datetime):
        return self.public().filter(opens_at__lte=at, opened_at=None)

    def due_to_close(self, at: datetime):
        """Return what people could apply to: shown now, or hidden again after it had opened."""
        was_there = Q(is_public=True) | Q(opened_at__isnull=False)
        return self.filter(was_there, closes_at__lte=at, closed_at=None)


class Call(models.Model):
    """One season of the competition.

    `closes_at` is the first instant that is too late: an application is in time when it arrives
    strictly before it. "24:00 on 14 December 2021, Nur-Sultan time" is 2021-12-14T18:00:00Z.
    """

    slug = models.SlugField(_("address"), unique=True, help_text=_("For example: 2021-2022"))
    season = models.CharField(_("season"), max_length=40)
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("Shown on the site, also before it opens.")
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    zone = models.CharField(_("zone"), max_length=40, choices=Zone, default=Zone.ALMATY)
    decision_date = models.DateField(_("decision by"))
    notification_date = models.DateField(_("results mailed by"))
    places = models.PositiveSmallIntegerField(_("places in all"), default=12)
    places_per_country = models.PositiveSmallIntegerField(_("places per country"), default=6)
    minimum_total = models.DecimalField(
        _("lowest total that can be selected"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Of 100. Empty: no minimum."),
    )
    reserve_per_country = models.PositiveSmallIntegerField(
        _("length of the reserve per country"), default=3
    )
    winners_public_at = models.DateTimeField(
        _("winners are shown from"),
        null=True,
        blank=True,
        help_text=_("Only those who consented and confirmed. Empty: not yet."),
    )
    reviews_wanted = models.PositiveSmallIntegerField(_("reviews per application"), default=2)
    blind_review = models.BooleanField(
        _("blind review"),
        default=False,
        help_text=_("Jurors don't see the names of outlets and people while they judge."),
    )
    organiser = models.CharField(_("organiser"), max_length=100, default="Internews")
    programme = models.CharField(_("programme"), max_length=100, blank=True)
    donor = models.CharField(_("donor"), max_length=100, blank=True)
    switched_off = models.JSONField(
        _("questions switched off"), default=list, blank=True, help_text=_("Keys of questions.")
    )
    made_required = models.JSONField(
        _("questions made required"), default=list, blank=True, help_text=_("Keys of questions.")
    )
    made_optional = models.JSONField(
        _("questions made optional"), default=list, blank=True, help_text=_("Keys of questions.")
    )
    letter_least = models.PositiveSmallIntegerField(_("shortest letter"), default=1500)
    letter_most = models.PositiveSmallIntegerField(_("longest letter"), default=5000)
    drafts_kept_days = models.PositiveSmallIntegerField(
        _("days to keep drafts that were not submitted"),
        default=90,
        validators=[MinValueValidator(1)],
        help_text=_("Counted from the deadline; then texts, files and addresses are erased."),
    )
    not_selected_kept_days = models.PositiveSmallIntegerField(
        _("days to keep applications that were not selected"),
        default=365,
        validators=[MinValueValidator(30)],
        help_text=_("Counted from the announcement of results."),
    )
    selected_kept_days = models.PositiveSmallIntegerField(
        _("days to keep selected applications"),
        default=365 * 5,
        validators=[MinValueValidator(30)],
        help_text=_("Counted from the announcement of results."),
    )
    opened_at = models.DateTimeField(_("opening noticed"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("tidied up"), null=True, blank=True, editable=False)
    announced_at = models.DateTimeField(_("results announced"), null=True, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for applications")
        verbose_name_plural = _("calls for applications")
        ordering = ["-closes_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(places_per_country__lte=F("places")),
                name="a_country_has_no_more_places_than_the_call",
            ),
            models.CheckConstraint(
                condition=Q(letter_least__lte=F("letter_most")),
                name="the_shortest_letter_is_no_longer_than_the_longest",
            ),
        ]

    def __str__(self):
        return self.season

    def has_opened(self, at: datetime) -> bool:
        return self.opens_at <= at

    def has_closed(self, at: datetime) -> bool:
        return self.closes_at <= at

    def is_open(self, at: datetime) -> bool:
        return self.has_opened(at) and not self.has_closed(at)

    def end_of(self, day: date) -> datetime:
        """Return the first instant after `day` in the call's zone."""
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.zone))


class CallCountry(models.Model):
    """A country the call is held in, with who answers its questions."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="countries")
    country = models.CharField(_("country"), max_length=2, choices=Country)
    contact_email = models.EmailField(_("contact"))
    zone = models.CharField(_("capital's zone"), max_length=40, choices=Zone)

    class Meta:
        verbose_name = _("country of a call")
        verbose_name_plural = _("countries of a call")
        ordering = ["country"]
        constraints = [
            models.UniqueConstraint(fields=["call", "country"], name="a_country_once_per_call")
        ]

    def __str__(self):
        return self.get_country_display()


class CallText(models.Model):
    """What the call says about itself in one language."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=120)
    lead = models.TextField(_("lead"))
    summary = models.CharField(
        _("summary for link previews"), max_length=200, help_text=_("One sentence.")
    )
    so_far = models.TextField(_("what came of it so far"), blank=True)
    eligibility = models.TextField(_("who can apply"))
    zone_label = models.CharField(
        _("name of the zone"),
        max_length=60,
        help_text=_("As it follows a time: “Nur-Sultan time”, «по времени Нур-Султана»."),
    )

    class Meta:
        verbose_name = _("text of a call")
        verbose_name_plural = _("texts of a call")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["call", "language"], name="one_text_per_language")
        ]

    def __str__(self):
        return f"{self.title} ({self.language})"


class CallItem(models.Model):
    """One benefit or one frequent question of a call, in one language."""

    class Kind(models.TextChoices):
        BENEFIT = "benefit", _("what an outlet gets")
        QUESTION = "question", _("frequent question")

    call = models.ForeignKey(Call, models.CASCADE, related_name="items")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    position = models.PositiveSmallIntegerField(_("position"))
    heading = models.CharField(_("heading"), max_length=200)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("benefit or frequent question")
        verbose_name_plural = _("benefits and frequent questions")
        ordering = ["kind", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "language", "kind", "position"], name="one_item_per_position"
            )
        ]

    def __str__(self):
        return self.heading
