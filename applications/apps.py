from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from applications import checks  # noqa: F401  registers the start-up checks


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Applications and letters")
