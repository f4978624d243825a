from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class Portal(AppConfig):
    """The top floor: commands and journeys that cross both apps. It has no models."""

    name = "citizenjournalists"


class StaffSite(AdminConfig):
    """The stock admin under our own site class."""

    default_site = "citizenjournalists.staffsite.StaffAdminSite"
