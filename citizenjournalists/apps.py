from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig

if settings.SENTRY_DSN:  # else its package isn't even loaded
    from citizenjournalists import faults


class Portal(AppConfig):
    """The top floor: commands and journeys that cross both apps. It has no models."""

    name = "citizenjournalists"

    def ready(self):
        if settings.SENTRY_DSN:
            faults.report_to(
                settings.SENTRY_DSN, release=settings.RELEASE, environment=settings.DEPLOYMENT
            )


class StaffSite(AdminConfig):
    """The stock admin under our own site class."""

    default_site = "citizenjournalists.staffsite.StaffAdminSite"
