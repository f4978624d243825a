"""Accounts and groups. A group is a role: its permissions are data, see applications.roles."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from applications import roles
from applications.admin.clashes import ClashesAreTold, SeenForm
from applications.admin.owned import OwnedByVerbs, Recorded
from applications.models import Coordinator

admin.site.unregister(Group)
admin.site.unregister(User)


class PersonForm(UserChangeForm, SeenForm):
    class Meta(UserChangeForm.Meta):
        pass


class CoordinatorInline(admin.StackedInline):
    model = Coordinator
    extra = 0
    max_num = 1
    verbose_name_plural = _("Country of a coordinator")


@admin.register(User)
class PersonAdmin(ClashesAreTold, Recorded, UserAdmin):
    form = PersonForm
    inlines = (CoordinatorInline,)
    list_display = ("username", "name_shown", "email", "roles_shown", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()
    actions = None
    formfield_overrides = {
        User._meta.get_field("groups").__class__: {"widget": forms.CheckboxSelectMultiple}
    }
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    @admin.display(description=_("name"), ordering="last_name")
    def name_shown(self, user):
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def roles_shown(self, user):
        return ", ".join(str(roles.NAMES.get(g.name, g.name)) for g in user.groups.all())


@admin.register(Group)
class RoleAdmin(OwnedByVerbs, GroupAdmin):
    """To read: `manage.py roles` sets what a role may do."""

    actions = None
