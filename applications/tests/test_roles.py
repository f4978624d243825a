import pytest
from django.contrib.auth.models import Group

from applications import roles
from applications.models import Coordinator
from applications.tests.builders import a_person

pytestmark = pytest.mark.django_db


def permissions_of(role):
    group = Group.objects.get(name=role)
    return {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in group.permissions.select_related("content_type")
    }


@pytest.mark.parametrize("role", roles.PERMISSIONS)
def test_a_role_has_exactly_its_permissions(role):
    roles.install()
    assert permissions_of(role) == roles.PERMISSIONS[role]


def test_installing_again_takes_back_a_permission_that_was_added_by_hand():
    roles.install()
    officer, juror = Group.objects.get(name="officer"), Group.objects.get(name="juror")
    juror.permissions.set(officer.permissions.all())
    roles.install()
    assert permissions_of("juror") == set()


def test_a_permission_no_model_defines_is_named(monkeypatch):
    monkeypatch.setitem(roles.PERMISSIONS, roles.JUROR, {"applications.fly_call"})
    with pytest.raises(roles.UnknownPermission, match=r"juror: applications\.fly_call"):
        roles.install()


def test_a_role_is_a_group_and_nothing_else():
    juror = a_person(roles.JUROR)
    root = a_person(is_superuser=True)
    assert roles.has_role(juror, roles.JUROR)
    assert not roles.has_role(juror, roles.OFFICER)
    assert not roles.has_role(root, roles.OFFICER)
    assert roles.is_only_juror(juror)
    assert not roles.is_only_juror(a_person(roles.JUROR, roles.OFFICER))


def test_a_coordinator_is_held_to_one_country_unless_they_are_an_officer_too():
    assert roles.country_of(a_person(roles.COORDINATOR, country="TJ")) == "TJ"
    assert roles.country_of(a_person(roles.COORDINATOR)) == ""
    assert roles.country_of(a_person(roles.COORDINATOR, roles.OFFICER, country="TJ")) is None
    assert roles.country_of(a_person(roles.OFFICER)) is None
    assert Coordinator.objects.count() == 2
