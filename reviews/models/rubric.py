"""The rubric of a call: weighted criteria, each with worded anchors from 0 to 5."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import Call, Language

HIGHEST = 5
WEIGHTS_SUM_TO = 100


class CriterionQuerySet(models.QuerySet):
    def of_call(self, call):
        return self.filter(call=call)

    def worded(self):
        return self.prefetch_related("texts")


class Criterion(models.Model):
    """One thing to judge. The database freezes it from the call's first handed-in review on."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria", verbose_name=_("call"))
    position = models.PositiveSmallIntegerField(_("position"))
    weight = models.PositiveSmallIntegerField(_("weight"))
    sections = models.JSONField(
        _("sections it is judged by"), default=list, blank=True, help_text=_("Keys of sections.")
    )

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["call", "position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="one_criterion_per_position"),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=WEIGHTS_SUM_TO), name="weight_is_a_share"
            ),
        ]

    def __str__(self):
        return f"{self.position}. ({self.weight})"

    def wording(self, language: str):
        """Return the text in `language`, else in Russian, else in whatever there is."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts.get(Language.RU) or next(iter(texts.values()), None)


class CriterionText(models.Model):
    """A criterion in one language. `anchor_0` … `anchor_5` word what each score means."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=150)
    anchor_0 = models.CharField("0", max_length=300)
    anchor_1 = models.CharField("1", max_length=300)
    anchor_2 = models.CharField("2", max_length=300)
    anchor_3 = models.CharField("3", max_length=300)
    anchor_4 = models.CharField("4", max_length=300)
    anchor_5 = models.CharField("5", max_length=300)

    class Meta:
        verbose_name = _("wording of a criterion")
        verbose_name_plural = _("wordings of a criterion")
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "language"], name="one_wording_per_language"
            )
        ]

    def __str__(self):
        return self.title

    def anchors(self) -> list[str]:
        return [getattr(self, f"anchor_{points}") for points in range(HIGHEST + 1)]
