"""The roles of the staff's side: groups, and exactly what each may do.

A role's permissions are data, so that the page of groups, the tests and a reader agree. What a
role may see *within* a page (a juror's own desk, a coordinator's own country) is kept by the
querysets; a permission only opens the page.
"""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

JUROR = "juror"
OFFICER = "officer"
COORDINATOR = "coordinator"
CHAIR = "chair"

# In the order of what a person with several roles is called by
NAMES = {
    CHAIR: _("chair"),
    OFFICER: _("programme officer"),
    COORDINATOR: _("country coordinator"),
    JUROR: _("juror"),
}

READS_EVERYTHING = {
    "applications.view_application",
    "applications.view_attempt",
    "applications.view_auditentry",
    "applications.view_call",
    "applications.view_extension",
    "applications.view_lettertemplate",
    "applications.view_message",
    "applications.view_outlet",
    "reviews.view_assignment",
    "reviews.view_criterion",
    "reviews.view_decision",
    "reviews.view_decisionlist",
    "reviews.view_juror",
    "reviews.view_review",
    "reviews.view_all_reviews",
    "reviews.view_screening",
}

PERMISSIONS = {
    JUROR: set(),  # what is on the own desk, by assignment, and nothing else of the admin
    COORDINATOR: {"applications.view_application", "applications.view_outlet"},
    OFFICER: READS_EVERYTHING
    | {
        "applications.add_call",
        "applications.change_call",
        *(
            f"applications.{may}_{part}"
            for part in ("callcountry", "calltext", "callitem")
            for may in ("view", "add", "change", "delete")
        ),
        "applications.change_message",
        "applications.add_lettertemplate",
        "applications.change_lettertemplate",
        "applications.add_extension",
        "applications.approve_extension",
        "applications.erase_application",
        "reviews.add_criterion",
        "reviews.change_criterion",
        "reviews.delete_criterion",
        "reviews.add_assignment",
        "reviews.change_assignment",
        "reviews.add_juror",
        "reviews.change_juror",
        "reviews.add_screening",
        "reviews.reopen_review",
        "reviews.change_decisionlist",
        "reviews.propose_decisionlist",
        "reviews.publish_decisionlist",
    },
    CHAIR: READS_EVERYTHING
    | {
        "applications.add_extension",
        "applications.approve_extension",
        "reviews.change_decisionlist",
        "reviews.propose_decisionlist",
        "reviews.publish_decisionlist",
    },
}


class UnknownPermission(Exception):
    """A role names a permission that no model defines."""


def install() -> None:
    """Make the groups with exactly these permissions; running it again changes nothing.

    Permissions are made first where they are missing: a fresh database gets them only after
    its last migration.
    """
    for label in sorted({name.split(".")[0] for names in PERMISSIONS.values() for name in names}):
        create_permissions(apps.get_app_config(label), verbosity=0)
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    with transaction.atomic():
        for role, names in PERMISSIONS.items():
            if missing := sorted(names - known.keys()):
                raise UnknownPermission(f"{role}: {', '.join(missing)}")
            group, _made = Group.objects.get_or_create(name=role)
            group.permissions.set(known[name] for name in names)


def roles_of(user) -> frozenset[str]:
    """Return the names of the user's roles; read once per request, kept on the user."""
    if not hasattr(user, "_roles"):
        names = user.groups.values_list("name", flat=True) if user.is_authenticated else []
        user._roles = frozenset(names) & PERMISSIONS.keys()
    return user._roles


def has_role(user, role: str) -> bool:
    """Whether the user holds the role. A superuser holds every permission but no role."""
    return role in roles_of(user)


def is_only_juror(user) -> bool:
    """Whether the user is on the jury and nothing more: their home is their own desk."""
    return not user.is_superuser and roles_of(user) == {JUROR}


def name_of(user) -> str:
    """Return what the header calls the user: the first of their roles, or the administrator."""
    for role, name in NAMES.items():
        if has_role(user, role):
            return str(name)
    return str(_("administrator")) if user.is_superuser else ""


def country_of(user) -> str | None:
    """Return the one country a coordinator is held to; None for who may see all countries.

    A coordinator without a country set sees none ("").
    """
    if user.is_superuser or not has_role(user, COORDINATOR):
        return None
    if has_role(user, OFFICER) or has_role(user, CHAIR):
        return None
    coordinator = getattr(user, "coordinator", None)
    return coordinator.country if coordinator else ""
