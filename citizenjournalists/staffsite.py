"""The staff's home: the stock admin with the portal's name."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class StaffAdminSite(admin.AdminSite):
    site_header = _("Citizen Journalists")
    site_title = _("Citizen Journalists")
    index_title = _("Desk")
    enable_nav_sidebar = False
