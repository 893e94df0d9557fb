"""Who may see which areas, teams and people. An outsider gets 404, as for what does not exist."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from volunteers.models import Area, Device, DeviceActor, Membership, RoleGrant, Team, User
from volunteers.models.areas import AreaQuerySet

Role = RoleGrant.Role


def is_administrator(user: User) -> bool:
    return user.is_active and user.is_superuser


def is_editor(user: User) -> bool:
    """Whether `user` writes lessons."""
    return RoleGrant.objects.current().filter(user=user, role=Role.EDITOR).exists()


def _areas_held(users: Iterable[User], *roles: str) -> AreaQuerySet:
    held = RoleGrant.objects.current().filter(user__in=users, role__in=roles)
    return Area.objects.filter(pk__in=held.values("area"))


def officer_wards(*users: User) -> AreaQuerySet:
    """The wards where one of `users` is an officer, as a subquery."""
    return _areas_held(users, Role.OFFICER)


def viewer_areas(user: User) -> AreaQuerySet:
    """The provinces or wards whose numbers, never persons, `user` may see."""
    return _areas_held([user], Role.VIEWER)


def current_teams(*users: User) -> QuerySet[Team]:
    """The teams in which one of `users` is now."""
    return Team.objects.filter(pk__in=current_team_keys(users))


def current_team_keys(users: Iterable[User | int]) -> QuerySet[Membership]:
    """The keys of the teams in which one of `users` (or of those with these keys) is now, as a
    subquery."""
    return Membership.objects.current().filter(user__in=users).values("team")


def led_teams(user: User) -> QuerySet[Team]:
    """Teams where `user` is leader or deputy."""
    return Team.objects.filter(pk__in=Membership.objects.leading().filter(user=user).values("team"))


def manageable_wards(user: User) -> AreaQuerySet:
    """Open wards whose neighbourhoods, teams and people `user` keeps."""
    wards = Area.objects.open_wards()
    return wards if is_administrator(user) else wards.filter(pk__in=officer_wards(user))


def manageable_areas(user: User) -> AreaQuerySet:
    """Neighbourhoods and lanes, in use or ended, of the wards that `user` keeps."""
    wards = manageable_wards(user).values("pk")
    return Area.objects.filter(
        Q(level=Area.Level.NEIGHBOURHOOD, parent__in=wards)
        | Q(level=Area.Level.LANE, parent__parent__in=wards)
    )


def reportable_areas(user: User) -> AreaQuerySet:
    """Areas whose numbers `user` may see: officers and viewers their area and everything in it,
    administrators all."""
    if is_administrator(user):
        return Area.objects.all()
    scope = Q(pk__in=[])
    for area in _areas_held([user], Role.OFFICER, Role.VIEWER):
        scope |= Q(path__startswith=area.path)
    return Area.objects.filter(scope)


def manageable_teams(user: User) -> QuerySet[Team]:
    """Teams of the wards that `user` keeps."""
    return Team.objects.filter(ward__in=manageable_wards(user).values("pk"))


def visible_teams(user: User) -> QuerySet[Team]:
    """Teams of the wards that `user` keeps, and those that `user` leads or helps to lead."""
    return Team.objects.filter(
        Q(ward__in=manageable_wards(user).values("pk")) | Q(pk__in=led_teams(user).values("pk"))
    )


def keeps_wards(user: User) -> bool:
    """Whether `user` looks after wards, their teams and people: officers and administrators."""
    return is_administrator(user) or manageable_wards(user).exists()


def _without_staff() -> QuerySet[User]:
    staff = RoleGrant.objects.current().values("user")
    return User.objects.filter(is_superuser=False).exclude(pk__in=staff)


def kept_people(user: User) -> QuerySet[User]:
    """People whose account `user` keeps: all for an administrator; for an officer who is or was in
    the ward's teams, holds no role besides, and works for no other ward now.

    Nobody reaches an account that holds more than they do: with the account one would take its
    rights.
    """
    if is_administrator(user):
        return User.objects.all()
    return _people_of_officer(user)


def _people_of_officer(user: User) -> QuerySet[User]:
    wards = officer_wards(user).values("pk")
    of_wards = Membership.objects.filter(team__ward__in=wards)
    elsewhere = Membership.objects.current().exclude(team__ward__in=wards)
    return (
        _without_staff()
        .filter(pk__in=of_wards.values("user"))
        .exclude(pk__in=elsewhere.values("user"))
    )


def _led_people(user: User) -> QuerySet[User]:
    """Plain members and deputies of the teams that `user` leads (not as a deputy), who lead no team
    and belong to none that `user` does not lead."""
    current = Membership.objects.current()
    led = current.filter(user=user, role=Membership.Role.LEADER).values("team")
    leaders = current.filter(role=Membership.Role.LEADER)
    return (
        _without_staff()
        .filter(pk__in=current.filter(team__in=led).values("user"))
        .exclude(pk__in=current.exclude(team__in=led).values("user"))
        .exclude(pk__in=leaders.values("user"))
    )


def visible_people(user: User) -> QuerySet[User]:
    """People whom `user` keeps, or may help with a new password as their leader."""
    kept = kept_people(user)
    if is_administrator(user):
        return kept
    return User.objects.filter(
        Q(pk__in=kept.values("pk")) | Q(pk__in=_led_people(user).values("pk"))
    )


def people_in_care(user: User) -> QuerySet[User]:
    """People to whom `user` may give a new password: not to oneself, for which there is the page to
    change a password."""
    return visible_people(user).exclude(pk=user.pk)


def _led_alone(user: User) -> QuerySet[Team]:
    """Teams where `user` is the leader, not a deputy."""
    led = Membership.objects.current().filter(user=user, role=Membership.Role.LEADER)
    return Team.objects.filter(pk__in=led.values("team"))


def keeps_phones(user: User) -> bool:
    """Whether `user` looks after phones: leaders their team's, officers their ward's."""
    return _led_alone(user).exists() or officer_wards(user).exists()


def _carriers(user: User) -> QuerySet[User]:
    """People whose phones `user` looks after, and `user`."""
    return User.objects.filter(
        Q(pk__in=_led_people(user).values("pk"))
        | Q(pk__in=_people_of_officer(user).values("pk"))
        | Q(pk=user.pk)
    )


def _workplaces(person: User) -> AreaQuerySet:
    """Open wards in whose teams `person` is now, or where they are an officer."""
    teams = Membership.objects.current().filter(user=person)
    return Area.objects.open_wards().filter(
        Q(pk__in=teams.values("team__ward")) | Q(pk__in=officer_wards(person).values("pk"))
    )


def works_in(person: User, ward: Area) -> bool:
    """Whether `person` has an open account and a place to work in `ward`."""
    return person.is_active and _workplaces(person).filter(pk=ward.pk).exists()


def wards_for_phone(user: User, person: User) -> AreaQuerySet:
    """Where `person` works now and `user` may enrol a phone for them: a leader for the people of
    the team, an officer for those of the ward, and either for themselves.

    Whoever holds the code acts as its person, so the rule is that of passwords; administrators,
    who see no homes, enrol nobody.
    """
    if not people_to_equip(user).filter(pk=person.pk).exists():
        return Area.objects.none()
    led = _led_alone(user).values("ward")
    kept = Q(pk__in=officer_wards(user).values("pk")) | Q(pk__in=led)
    return _workplaces(person).filter(kept).order_by("pk")


def people_to_equip(user: User) -> QuerySet[User]:
    """People for whose phone `user` may make a code; see `wards_for_phone`."""
    officer, led = officer_wards(user).values("pk"), _led_alone(user).values("ward")
    current = Membership.objects.current()
    members = current.filter(Q(team__ward__in=officer) | Q(team__ward__in=led)).values("user")
    itself = officer_wards(user).exists()
    return _carriers(user).filter(
        Q(pk__in=members) | (Q(pk=user.pk) if itself else Q(pk__in=[])), is_active=True
    )


def visible_devices(user: User) -> QuerySet[Device]:
    """Phones that `user` looks after: all of an officer's wards, and those of a leader's ward on
    which the leader or one of the team may act, or once might."""
    actors = DeviceActor.objects.filter(user__in=_carriers(user).values("pk"))
    return Device.objects.filter(
        Q(ward__in=officer_wards(user).values("pk"))
        | Q(ward__in=_led_alone(user).values("ward"), pk__in=actors.values("device"))
    )


def get_phone_keeper(user: User) -> User:
    """`user` themselves; who looks after no phones finds nothing."""
    if not keeps_phones(user):
        raise Http404
    return user


def get_device(user: User, pk) -> Device:
    return get_object_or_404(visible_devices(user).select_related("ward"), pk=pk)


def get_person_to_equip(user: User, pk: int) -> User:
    return get_object_or_404(people_to_equip(user), pk=pk)


def get_administrator(user: User) -> User:
    """`user` themselves; for everybody else the page does not exist."""
    if not is_administrator(user):
        raise Http404
    return user


def get_keeper(user: User) -> User:
    """`user` themselves; who keeps no ward finds nothing."""
    if not keeps_wards(user):
        raise Http404
    return user


def get_ward(user: User, code: str) -> Area:
    return get_object_or_404(manageable_wards(user), pk=code)


def get_area(user: User, code: str) -> Area:
    """A neighbourhood or lane that `user` keeps."""
    return get_object_or_404(manageable_areas(user).select_related("parent__parent"), pk=code)


def get_neighbourhood(user: User, code: str) -> Area:
    """A neighbourhood in use that `user` keeps."""
    neighbourhoods = manageable_areas(user).neighbourhoods().in_use()
    return get_object_or_404(neighbourhoods.select_related("parent"), pk=code)


def get_team(user: User, pk: int) -> Team:
    """A team that `user` keeps or leads."""
    return get_object_or_404(visible_teams(user).select_related("ward"), pk=pk)


def get_manageable_team(user: User, pk: int) -> Team:
    return get_object_or_404(manageable_teams(user).select_related("ward"), pk=pk)


def get_membership(user: User, pk: int) -> Membership:
    """A current membership in a team that `user` keeps."""
    memberships = Membership.objects.current().filter(team__in=manageable_teams(user).values("pk"))
    return get_object_or_404(memberships.select_related("user", "team__ward"), pk=pk)


def get_person(user: User, pk: int) -> User:
    return get_object_or_404(visible_people(user), pk=pk)


def get_person_in_care(user: User, pk: int) -> User:
    return get_object_or_404(people_in_care(user), pk=pk)


def get_kept_person(user: User, pk: int) -> User:
    return get_object_or_404(kept_people(user), pk=pk)


def get_person_to_close(user: User, pk: int) -> User:
    """Anybody `user` keeps but `user`, who would be locked out."""
    return get_object_or_404(kept_people(user).exclude(pk=user.pk), pk=pk)


def get_grant(user: User, pk: int) -> RoleGrant:
    """A role that somebody holds now; for administrators only."""
    current = RoleGrant.objects.current().select_related("user", "area")
    return get_object_or_404(current if is_administrator(user) else current.none(), pk=pk)


def get_reportable_area(user: User, code: str) -> Area:
    return get_object_or_404(reportable_areas(user), pk=code)
