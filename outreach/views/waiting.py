"""What waits for an officer or a team's leader: the list, one event, and deciding about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from outreach import access, waiting
from outreach.finder import Found, find_households
from outreach.forms.finder import FinderForm
from outreach.forms.waiting import AssignForm, RejectForm
from outreach.ledger import Refused
from outreach.models import Household, LedgerEvent
from outreach.reasons import Reason
from outreach.retelling import retell
from volunteers.models import Device
from volunteers.views import desk

SHOWN_REJECTED = 50


@dataclass(frozen=True)
class Row:
    """An event with the words for what it names by ids."""

    event: LedgerEvent
    what: str
    phone: str
    home: Household | None
    why: str


def rows_of(events: Iterable[LedgerEvent]) -> list[Row]:
    """Two queries for all of them."""
    events = list(events)
    phones = Device.objects.in_bulk({one.device for one in events if one.device})
    homes = {
        (home.pk, home.ward_id): home
        for home in Household.objects.filter(
            pk__in={one.household for one in events}, ward__in={one.ward_id for one in events}
        ).select_related("area")
    }
    return [
        Row(
            event,
            _what(event),
            str(phones.get(event.device, "")),
            homes.get((event.household, event.ward_id)),
            str(Reason(event.reason).label) if event.reason in Reason.values else "",
        )
        for event in events
    ]


def _what(event: LedgerEvent) -> str:
    if event.type not in LedgerEvent.Type.values:
        return _("Something that this server does not know")
    return str(LedgerEvent.Type(event.type).label)


@never_cache
@require_safe
def waiting_events(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, the oldest first, and what was not accepted."""
    user = access.get_waiting_keeper(request.user)
    page = desk.rows_of(request, access.waiting_events(user).select_related("actor"))
    rejected = access.rejected_events(user).select_related("actor")[:SHOWN_REJECTED]
    return _screen(
        request,
        "waiting_events",
        _("Waiting for a decision"),
        page=page,
        rows=rows_of(page.object_list),
        rejected=rows_of(rejected),
    )


def _screen(request: HttpRequest, name: str, title: str, **context) -> HttpResponse:
    crumbs = [*desk.home(), (reverse("waiting_events"), _("Waiting for a decision"))]
    template = f"outreach/waiting/{name}.html"
    return render(request, template, context | desk.frame(title, crumbs))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def waiting_event(request: HttpRequest, number: int) -> HttpResponse:
    """One event. Searches for its home are POSTed, so that no name stands in an address."""
    event = access.get_waiting(request.user, number)
    finder = FinderForm(request.POST if request.method == "POST" else None)
    found = None
    # An unbound form is never valid.
    if finder.is_valid() and access.decides_for_ward(request.user, event.ward_id):
        found = find_households(request.user, finder.cleaned_data["words"], event.ward)
    return _event_screen(request, event, finder=finder, found=found)


def _event_screen(
    request: HttpRequest,
    event: LedgerEvent,
    finder: FinderForm | None = None,
    found: Found | None = None,
    rejecting: RejectForm | None = None,
) -> HttpResponse:
    (row,) = rows_of([event])
    said = waiting.said_by(event)
    officer = access.decides_for_ward(request.user, event.ward_id)
    obstacle = waiting.obstacle(event)
    return _screen(
        request,
        "waiting_event",
        row.what,
        row=row,
        event=event,
        retold=retell(event, said) if said else None,
        resolution=access.resolution_of(event),
        is_waiting=event.status in waiting.WAITING,
        obstacle=obstacle,
        can_assign=officer and not obstacle and waiting.can_assign(event),
        can_accept=not obstacle and not waiting.needs_home(event),
        finder=finder or FinderForm(),
        found=found,
        rejecting=rejecting or RejectForm(),
    )


@require_POST
def accept_event(request: HttpRequest, number: int) -> HttpResponse:
    """Let it count, for the home that it names or for the one that the officer chose."""
    event = access.get_waiting(request.user, number)
    form = AssignForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, _("Nothing was changed: the home was not understood. Choose it again.")
        )
        return redirect("waiting_event", number)
    home = _chosen_home(request, event, form.cleaned_data["household"])
    try:
        new = waiting.accept(event, request.user, timezone.now(), home)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("waiting_event", number)
    messages.success(request, _("It is counted now.") if new else _("It was counted already."))
    return redirect("waiting_events")


def _chosen_home(request: HttpRequest, event: LedgerEvent, key: UUID | None) -> Household | None:
    """404 for a home that the reader may not choose: only officers assign."""
    if key is None:
        return None
    access.get_officer_ward(request.user, event.ward_id)
    return access.get_household(request.user, key)


@require_POST
def reject_event(request: HttpRequest, number: int) -> HttpResponse:
    """It will not count, and its author reads why."""
    event = access.get_waiting(request.user, number)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _event_screen(request, event, rejecting=form)
    try:
        waiting.reject(event, request.user, form.cleaned_data["reason"], timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("waiting_event", number)
    messages.success(request, _("It was not accepted; the phone will say why."))
    return redirect("waiting_events")
