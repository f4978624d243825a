"""Who follows the applications of one country."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.call import Country


class Coordinator(models.Model):
    """The country a coordinator sees; the role itself is the group, see applications.roles."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="coordinator", verbose_name=_("user")
    )
    country = models.CharField(_("country"), max_length=2, choices=Country)

    class Meta:
        verbose_name = _("country coordinator")
        verbose_name_plural = _("country coordinators")

    def __str__(self):
        return f"{self.user.get_full_name() or self.user.get_username()} ({self.country})"
