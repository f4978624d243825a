"""The texts of consent, as they were when people agreed to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.call import Language


class ConsentText(models.Model):
    """What was agreed to, word by word, in one language. A changed text is a new row.

    `number` counts the texts of a language; `digest` is the SHA-256 of the text, and what the
    answers of an application name.
    """

    language = models.CharField(_("language"), max_length=2, choices=Language)
    number = models.PositiveIntegerField(_("version"))
    digest = models.CharField("SHA-256", max_length=64)
    text = models.TextField(_("text"))
    since = models.DateTimeField(_("first agreed to"))

    class Meta:
        verbose_name = _("text of consent")
        verbose_name_plural = _("texts of consent")
        ordering = ["language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["language", "digest"], name="a_text_of_consent_once")
        ]

    def __str__(self):
        return f"{self.language} {self.number}"
