"""Who may see which homes. An outsider gets 404, as for what does not exist.

Officers see their ward, team members and leaders the areas of their team. Viewers and
administrators see no persons.
"""

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from outreach.models import (
    AllowanceRule,
    Export,
    Household,
    Indicator,
    LedgerEvent,
    ReportForm,
    Resident,
    RosterImport,
    Target,
    Visit,
)
from outreach.reasons import Reason
from volunteers.access import (
    current_teams,
    is_administrator,
    led_teams,
    officer_wards,
    reportable_areas,
    viewer_areas,
)
from volunteers.models import Area, Membership, Team, User
from volunteers.models.areas import AreaQuerySet


def _place_filter(user: User, ward: str, area: str) -> Q:
    """Rows whose `ward` and `area` lie where `user` works."""
    return _in_places(current_teams(user), officer_wards(user), ward, area)


def _in_places(teams: QuerySet[Team], wards: AreaQuerySet, ward: str, area: str) -> Q:
    """Rows whose `ward` is one of the wards or whose `area` the teams visit; one subquery per kind
    of place."""
    places = Area.objects.filter(visiting_teams__in=teams).values("pk")
    return (
        Q(**{f"{ward}__in": wards.values("pk")})
        | Q(**{f"{area}__in": places})
        | Q(**{f"{area}__parent__in": places})
        | Q(**{f"{ward}__in": places})
    )


def visible_households(user: User) -> QuerySet[Household]:
    return Household.objects.filter(_place_filter(user, "ward", "area"))


def visible_visits(user: User) -> QuerySet[Visit]:
    """Visits to homes that `user` may see now."""
    return Visit.objects.filter(_place_filter(user, "household__ward", "household__area"))


def get_household(user: User, pk) -> Household:
    return get_object_or_404(visible_households(user), pk=pk)


def get_visit(user: User, pk) -> Visit:
    return get_object_or_404(visible_visits(user), pk=pk)


def get_resident(user: User, pk) -> Resident:
    """A resident of a home that `user` may see."""
    return get_object_or_404(Resident, pk=pk, household__in=visible_households(user).values("pk"))


def may_void(user: User, visit: Visit) -> bool:
    """Who made a visit may take it back, and so may the leader there and the officer."""
    if visit.voided_at is not None:
        return False
    if visit.visitor_id == user.pk:
        return True
    return (
        officer_wards(user).filter(pk=visit.ward_id).exists()
        or led_teams(user)
        .filter(areas__in=[visit.household.area_id, visit.household.area.parent_id, visit.ward_id])
        .exists()
    )


def assignable_households(user: User) -> QuerySet[Household]:
    """Doors that `user` gives to volunteers: a leader those of the teams' areas, an officer those
    of the ward."""
    return Household.objects.filter(
        _in_places(led_teams(user), officer_wards(user), "ward", "area")
    )


def assignees(user: User) -> QuerySet[User]:
    """To whom `user` may give doors: the members of the teams led, or of all teams of the ward."""
    teams = Q(team__in=led_teams(user)) | Q(team__ward__in=officer_wards(user).values("pk"))
    members = Membership.objects.current().filter(teams)
    return User.objects.filter(pk__in=members.values("user"), is_active=True)


def card_areas(user: User) -> QuerySet[Area]:
    """Neighbourhoods whose homes `user` may see, so may print cards for."""
    teams = current_teams(user)
    return (
        Area.objects.neighbourhoods()
        .filter(
            Q(parent__in=officer_wards(user).values("pk"))
            | Q(visiting_teams__in=teams)
            | Q(parent__visiting_teams__in=teams)
        )
        .distinct()
    )


def works_at_doors(user: User) -> bool:
    """Whether the visit pages are for this person at all: team members and ward officers."""
    return current_teams(user).exists() or officer_wards(user).exists()


def sees_every_home(user: User, area: Area) -> bool:
    """Whether `user` is an officer of the ward that `area` is or lies in; provinces have none."""
    return officer_wards(user).filter(pk=area.ward_code).exists()


def get_listed_area(user: User, code: str) -> Area:
    """An officer's ward, or a neighbourhood or lane of it: there every number opens its list."""
    wards = officer_wards(user).values("pk")
    inside = Q(pk__in=wards) | Q(parent__in=wards) | Q(parent__parent__in=wards)
    return get_object_or_404(Area.objects.filter(inside), pk=code)


def coverage_areas(user: User) -> QuerySet[Area]:
    """Where `user` begins to read the coverage: an officer's wards, a viewer's areas, every open
    ward and its province for an administrator."""
    if is_administrator(user):
        wards = Area.objects.open_wards()
        return Area.objects.filter(
            Q(pk__in=wards.values("pk")) | Q(pk__in=wards.values("parent"))
        ).order_by("path")
    return Area.objects.filter(
        Q(pk__in=officer_wards(user).values("pk")) | Q(pk__in=viewer_areas(user).values("pk"))
    ).order_by("path")


def importable_wards(user: User) -> QuerySet[Area]:
    """Open wards into which `user` may import the ward's own list: its officers only."""
    return Area.objects.open_wards().filter(pk__in=officer_wards(user).values("pk"))


def get_importable_wards(user: User) -> list[Area]:
    wards = list(importable_wards(user))
    if not wards:
        raise Http404
    return wards


def get_importable_ward(user: User, code: str) -> Area:
    return get_object_or_404(importable_wards(user), pk=code)


def visible_imports(user: User) -> QuerySet[RosterImport]:
    return RosterImport.objects.filter(ward__in=importable_wards(user))


def get_import(user: User, pk) -> RosterImport:
    return get_object_or_404(visible_imports(user).select_related("ward", "uploaded_by"), pk=pk)


def _led_homes(user: User) -> QuerySet[Household]:
    """Homes in the areas of the teams that `user` leads or helps to lead."""
    places = Area.objects.filter(visiting_teams__in=led_teams(user)).values("pk")
    return Household.objects.filter(
        Q(area__in=places) | Q(area__parent__in=places) | Q(ward__in=places)
    )


def decides_for_ward(user: User, ward: str) -> bool:
    """Whether `user` decides about everything that waits in the ward: its officers."""
    return officer_wards(user).filter(pk=ward).exists()


def get_officer_ward(user: User, code: str) -> Area:
    return get_object_or_404(officer_wards(user), pk=code)


def has_waiting_list(user: User) -> bool:
    """For officers always, for leaders when there is something to choose."""
    return officer_wards(user).exists() or waiting_events(user).exists()


def waiting_events(user: User) -> QuerySet[LedgerEvent]:
    """Events that are not counted and wait for `user`: the ward's for its officers; for leaders
    those of the team's homes where two people said different things."""
    waiting = (LedgerEvent.Status.HELD, LedgerEvent.Status.QUARANTINED)
    return LedgerEvent.objects.filter(
        Q(ward__in=officer_wards(user).values("pk"), status__in=waiting)
        | Q(
            household__in=_led_homes(user).values("pk"),
            status=LedgerEvent.Status.HELD,
            reason=Reason.LEADER_CHOICE,
        )
    ).order_by("number")


def rejected_events(user: User) -> QuerySet[LedgerEvent]:
    """What the officers of `user`'s wards did not accept, the newest first."""
    wards = officer_wards(user).values("pk")
    rejected = LedgerEvent.objects.filter(ward__in=wards, status=LedgerEvent.Status.REJECTED)
    return rejected.order_by("-number")


def get_waiting(user: User, number: int) -> LedgerEvent:
    """An event that waits for `user`, or did until it was decided."""
    events = LedgerEvent.objects.filter(
        Q(ward__in=officer_wards(user).values("pk"))
        | Q(household__in=_led_homes(user).values("pk"))
    )
    event = get_object_or_404(events.select_related("actor", "ward"), pk=number)
    if not waiting_events(user).filter(pk=number).exists() and resolution_of(event) is None:
        raise Http404
    return event


def resolution_of(event: LedgerEvent) -> LedgerEvent | None:
    """The event by which this one was decided, the last of them."""
    decided = LedgerEvent.objects.filter(
        ward=event.ward_id,
        type=LedgerEvent.Type.EVENT_RESOLVED,
        status=LedgerEvent.Status.APPLIED,
        payload__event=str(event.uuid),
    )
    own = (event.content_hash, "")
    for one in decided.select_related("actor").order_by("-number"):
        if one.payload.get("content_hash", "") in own:
            return one
    return None


def get_waiting_keeper(user: User) -> User:
    """`user` themselves; for whom nothing can wait the list does not exist."""
    if not (officer_wards(user).exists() or led_teams(user).exists()):
        raise Http404
    return user


def targetable_areas(user: User) -> AreaQuerySet:
    """Areas whose targets `user` sets: an officer the open ward and its neighbourhoods, an
    administrator every area that has a page of coverage."""
    areas = Area.objects.exclude(level=Area.Level.LANE)
    if is_administrator(user):
        return areas
    wards = Area.objects.open_wards().filter(pk__in=officer_wards(user)).values("pk")
    return areas.filter(Q(pk__in=wards) | Q(parent__in=wards))


def target_starts(user: User) -> QuerySet[Area]:
    """Where `user` begins to read targets: the wards, and for an administrator the provinces."""
    areas = coverage_areas(user)
    return areas.filter(pk__in=targetable_areas(user).values("pk"))


def get_targetable_area(user: User, code: str) -> Area:
    return get_object_or_404(targetable_areas(user), pk=code)


def get_target(user: User, code: str, pk: int) -> Target:
    """A target of the area `code`, which is one of `user`'s."""
    areas = targetable_areas(user).filter(pk=code).values("pk")
    targets = Target.objects.select_related("area", "indicator")
    return get_object_or_404(targets, pk=pk, area__in=areas)


def get_indicator(user: User, code: str) -> Indicator:
    """Any indicator, for administrators."""
    rows = Indicator.objects.all() if is_administrator(user) else Indicator.objects.none()
    return get_object_or_404(rows, pk=code)


def get_own_indicator(user: User, code: str) -> Indicator:
    """An indicator that an administrator made; standard ones stay."""
    rows = Indicator.objects.filter(standard=False)
    return get_object_or_404(rows if is_administrator(user) else rows.none(), pk=code)


def get_exporter(user: User) -> User:
    """`user` themselves, for whom there are numbers of some area."""
    if not coverage_areas(user).exists():
        raise Http404
    return user


def visible_exports(user: User) -> QuerySet[Export]:
    """Files of areas whose numbers `user` may see; those of persons only for the ward's officers.
    Whoever asked for them: an office shares its files."""
    numbers = Q(of_persons=False, area__in=reportable_areas(user))
    return Export.objects.filter(_in_own_wards(user) | numbers)


def kept_exports(user: User) -> QuerySet[Export]:
    """Files that `user` may delete and try again: their own, and an officer those of the ward."""
    return visible_exports(user).filter(_in_own_wards(user) | Q(asked_by=user))


def _in_own_wards(user: User) -> Q:
    wards = officer_wards(user).values("pk")
    return Q(area__in=wards) | Q(area__parent__in=wards) | Q(area__parent__parent__in=wards)


def get_kept_export(user: User, pk) -> Export:
    return get_object_or_404(kept_exports(user).select_related("area", "asked_by"), pk=pk)


def get_export(user: User, pk) -> Export:
    return get_object_or_404(visible_exports(user).select_related("area", "asked_by"), pk=pk)


def form_areas(user: User) -> QuerySet[Area]:
    """Areas whose own forms `user` keeps: an officer the open ward's, an administrator every open
    ward's and its province's."""
    if is_administrator(user):
        return coverage_areas(user)
    return Area.objects.open_wards().filter(pk__in=officer_wards(user).values("pk"))


def get_form_area(user: User, code: str) -> Area:
    return get_object_or_404(form_areas(user), pk=code)


def paying_areas(user: User) -> QuerySet[Area]:
    """Areas whose allowances `user` writes down: an officer the open ward's, an administrator every
    open ward's and its province's."""
    return form_areas(user)


def get_paying_area(user: User, code: str) -> Area:
    return get_object_or_404(paying_areas(user).select_related("parent"), pk=code)


def get_allowance(user: User, code: str, pk: int) -> AllowanceRule:
    """An allowance of the area `code`, which is one of `user`'s."""
    areas = paying_areas(user).filter(pk=code).order_by().values("pk")
    rules = AllowanceRule.objects.select_related("area")
    return get_object_or_404(rules, pk=pk, area__in=areas)


def visible_forms(user: User) -> QuerySet[ReportForm]:
    """Forms of the areas whose coverage `user` reads, and of the provinces that these lie in;
    without their files."""
    areas = coverage_areas(user).order_by()
    return (
        ReportForm.objects.filter(
            Q(area__in=areas.values("pk")) | Q(area__in=areas.values("parent"))
        )
        .select_related("area", "uploaded_by")
        .defer("content")
    )


def get_report_form(user: User, pk: int) -> ReportForm:
    return get_object_or_404(visible_forms(user).defer(None), pk=pk)


def get_kept_form(user: User, pk: int) -> ReportForm:
    """A form that `user` may replace and remove."""
    return get_object_or_404(visible_forms(user).filter(area__in=form_areas(user)), pk=pk)


def fillable_areas(user: User, form: ReportForm) -> AreaQuerySet:
    """Areas for which `user` may fill the form: the one that keeps it, and below a province the
    open wards, as far as `user` reads their coverage."""
    areas = reportable_areas(user).within(form.area)
    wards = Area.objects.open_wards().values("pk")
    return areas.filter(Q(level=Area.Level.PROVINCE) | Q(pk__in=wards)).order_by("path")
