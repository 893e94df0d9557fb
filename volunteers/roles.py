"""Granting and ending roles, and what each role may do in Wagtail's admin.

Leaders, deputies and members get their rights from their team (Membership); the other roles from a
RoleGrant. Rights inside Wagtail follow Django groups, which these functions keep in step.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone

from volunteers import audit
from volunteers.models import Area, Membership, RoleGrant, Team, User

Role = RoleGrant.Role

# Who may enter the admin at all: everyone but plain team members. What they find there is scoped
# by the access module of each app. Editors' rights over pages come with the group too.
STAFF_GROUP = "Staff"
EDITORS_GROUP = "Lesson editors"


class LastAdministrator(Exception):
    """The installation would be left without anybody who can open wards and accounts."""


@transaction.atomic
def grant(user: User, role: Role, area: Area | None = None, by: User | None = None) -> RoleGrant:
    """Give `user` the role; granting what is held already changes nothing."""
    held = RoleGrant.objects.current().filter(user=user, role=role, area=area).first()
    if held:
        return held
    new = RoleGrant.objects.create(
        user=user, role=role, area=area, granted_at=timezone.now(), granted_by=by
    )
    audit.record(user, "role_given", role=str(role), place=new.area_id)
    refresh_groups(user)
    return new


@transaction.atomic
def end(held: RoleGrant) -> None:
    """End the role now; what the person did under it stays. Ending an ended role changes nothing.

    Raises LastAdministrator rather than leave the installation without one.
    """
    if held.ended_at:
        return
    if held.role == Role.ADMINISTRATOR:
        refuse_to_lose_the_last_administrator(held.user)
    held.ended_at = timezone.now()
    held.save(update_fields=["ended_at"])
    audit.record(held.user, "role_ended", role=held.role, place=held.area_id)
    refresh_groups(held.user)


def refuse_to_lose_the_last_administrator(leaving: User) -> None:
    """Raises LastAdministrator when nobody but `leaving` administers."""
    # Two administrators ending each other at once would each see the other one still there.
    administrators = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
    if not [other for other in administrators if other != leaving]:
        raise LastAdministrator


@transaction.atomic
def join(user: User, team: Team, role: Membership.Role = Membership.Role.MEMBER) -> Membership:
    """Make `user` a member of `team` from today; who changes role gets a new membership."""
    today = timezone.localdate()
    held = Membership.objects.current().filter(user=user, team=team).first()
    if held and held.role == role:
        return held
    if held:
        held.left_on = today
        held.save(update_fields=["left_on"])
    new = Membership.objects.create(user=user, team=team, role=role, joined_on=today)
    audit.record(user, "team_joined", role=str(role), place=str(team))
    refresh_groups(user)
    return new


@transaction.atomic
def leave(membership: Membership) -> None:
    """End the membership today."""
    membership.left_on = timezone.localdate()
    membership.save(update_fields=["left_on"])
    audit.record(membership.user, "team_left", role=membership.role, place=str(membership.team))
    refresh_groups(membership.user)


def group(name: str) -> Group:
    """The group of that name, which may enter the admin; made again after a flushed database."""
    found, created = Group.objects.get_or_create(name=name)
    if created:
        found.permissions.add(
            Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
        )
    return found


def refresh_groups(user: User) -> None:
    """Bring the user's groups and administrator flag in step with grants and memberships."""
    roles = set(RoleGrant.objects.current().filter(user=user).values_list("role", flat=True))
    staff = bool(roles) or Membership.objects.leading().filter(user=user).exists()
    for name, wanted in ((STAFF_GROUP, staff), (EDITORS_GROUP, Role.EDITOR in roles)):
        (user.groups.add if wanted else user.groups.remove)(group(name))
    administrator = Role.ADMINISTRATOR in roles
    if user.is_superuser != administrator:
        user.is_superuser = administrator
        user.save(update_fields=["is_superuser"])
