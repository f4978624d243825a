"""A private link: the key to one application."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing to mix up aloud
NONCE_LENGTH = 8


def new_nonce() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(NONCE_LENGTH))


class PrivateLinkQuerySet(models.QuerySet):
    def valid(self):
        return self.filter(revoked_at=None)

    def until_erased(self):
        """Return the keys that were valid to the end, when their application was erased."""
        return self.filter(revoked_at=models.F("application__erased_at"))


class PrivateLink(models.Model):
    """Who holds it may open the application. The secret itself is derived, never stored."""

    class Right(models.TextChoices):
        EDIT = "edit", _("read and write")
        VIEW = "view", _("read")

    application = models.ForeignKey(Application, models.CASCADE, related_name="links")
    nonce = models.CharField(max_length=NONCE_LENGTH, unique=True, default=new_nonce)
    right = models.CharField(_("right"), max_length=4, choices=Right, default=Right.EDIT)
    email = models.EmailField(_("given to"), blank=True)
    is_owner = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = PrivateLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("private link")
        verbose_name_plural = _("private links")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.application_id} {self.right}"
