"""Who may see which areas, teams and people. An outsider gets 404, as for what does not exist."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from volunteers.models import Area, Membership, RoleGrant, Team, User

Role = RoleGrant.Role


def is_administrator(user: User) -> bool:
    return user.is_active and user.is_superuser


def officer_wards(user: User) -> QuerySet[Area]:
    """The wards where `user` is an officer, as a subquery."""
    return Area.objects.filter(
        role_grants__user=user, role_grants__role=Role.OFFICER, role_grants__ended_at=None
    )


def viewer_areas(user: User) -> QuerySet[Area]:
    """The provinces or wards whose numbers, never persons, `user` may see."""
    return Area.objects.filter(
        role_grants__user=user, role_grants__role=Role.VIEWER, role_grants__ended_at=None
    )


def current_teams(user: User) -> QuerySet[Team]:
    return Team.objects.filter(memberships__in=Membership.objects.current().filter(user=user))


def led_teams(user: User) -> QuerySet[Team]:
    """Teams where `user` is leader or deputy."""
    return Team.objects.filter(memberships__in=Membership.objects.leading().filter(user=user))


def manageable_wards(user: User) -> QuerySet[Area]:
    """Wards whose neighbourhoods, teams and people `user` keeps."""
    wards = Area.objects.open_wards()
    return wards if is_administrator(user) else wards.filter(pk__in=officer_wards(user))


def reportable_areas(user: User) -> QuerySet[Area]:
    """Areas whose numbers `user` may see: officers their ward and its neighbourhoods, viewers their
    area and everything in it, administrators all."""
    if is_administrator(user):
        return Area.objects.all()
    scope = Q(pk__in=officer_wards(user)) | Q(parent__in=officer_wards(user))
    for area in viewer_areas(user):
        scope |= Q(path__startswith=area.path)
    return Area.objects.filter(scope)


def visible_teams(user: User) -> QuerySet[Team]:
    """Teams of the wards that `user` keeps, and those that `user` leads."""
    return Team.objects.filter(Q(ward__in=manageable_wards(user)) | Q(pk__in=led_teams(user)))


def visible_people(user: User) -> QuerySet[User]:
    """People whose account `user` may look after: all for an administrator, the ward's team members
    for its officer, the team's plain members and deputies for its leader.

    Nobody reaches an account that holds more than they do: officers see no other officer's,
    leaders no leader's.
    """
    if is_administrator(user):
        return User.objects.all()
    staff = RoleGrant.objects.current().values("user")
    in_ward = Membership.objects.current().filter(team__ward__in=officer_wards(user))
    in_team = Membership.objects.current().filter(
        team__in=led_teams(user).filter(memberships__role=Membership.Role.LEADER),
    )
    leaders = Membership.objects.current().filter(role=Membership.Role.LEADER)
    return (
        User.objects.filter(is_superuser=False)
        .exclude(pk__in=staff)
        .filter(
            Q(pk__in=in_ward.values("user"))
            | Q(pk__in=in_team.values("user")) & ~Q(pk__in=leaders.values("user"))
        )
    )


def get_team(user: User, pk) -> Team:
    return get_object_or_404(visible_teams(user), pk=pk)


def get_person(user: User, pk) -> User:
    return get_object_or_404(visible_people(user), pk=pk)


def get_reportable_area(user: User, code: str) -> Area:
    return get_object_or_404(reportable_areas(user), pk=code)
