"""Finding a home, recording a visit, taking it back. Server-rendered; needs no scripts."""

from contextlib import nullcontext
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import LessonPage
from outreach import access
from outreach.cards import lessons_address
from outreach.consent_wording import CURRENT_VERSION, WORDINGS
from outreach.finder import find_households
from outreach.forms.finder import FinderForm
from outreach.forms.visit import VisitForm
from outreach.forms.withdrawal import VoidForm, consent_withdrawn
from outreach.ledger import locked, record, uuid7
from outreach.models import FollowUp, Visit
from volunteers.models import User
from volunteers.qr import qr_svg


def at_the_doors(view):
    """For team members and ward officers; for anybody else the page does not exist."""

    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not access.works_at_doors(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(never_cache(guarded))


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: even an empty POST is an answer."""
    return request.POST if request.method == "POST" else None


@login_required
@require_safe
def field(request: HttpRequest) -> HttpResponse:
    """The volunteer's front door."""
    return redirect("find_household")


@at_the_doors
@require_http_methods(["GET", "HEAD", "POST"])
def find_household(request: HttpRequest) -> HttpResponse:
    """Searches are POSTed, so that no name stands in an address or a log."""
    form = FinderForm(posted(request))
    found = None
    if request.method == "POST" and form.is_valid():
        found = find_households(request.user, form.cleaned_data["words"])
    return render(
        request,
        "outreach/visits/find_household.html",
        {
            "form": form,
            "found": found,
            "today": timezone.localdate(),
            "due": due_follow_ups(request.user)[:10],
            "recent": own_visits(request.user)[:5],
        },
    )


def due_follow_ups(user: User) -> QuerySet[FollowUp]:
    """Promises to keep at homes that `user` may see, the most urgent first."""
    homes = access.visible_households(user).open().values("pk")
    return FollowUp.objects.open().filter(household__in=homes).select_related("household__area")


def own_visits(user: User) -> QuerySet[Visit]:
    return (
        access.visible_visits(user).filter(visitor=user).counted().select_related("household__area")
    )


@at_the_doors
@require_http_methods(["GET", "HEAD", "POST"])
def household(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The family on one page, and the form for today's visit."""
    home = access.get_household(request.user, pk)
    new = None
    # Locked, so that a consent taken back at this moment is seen here or sees this visit.
    with locked(home.pk) if request.method == "POST" else nullcontext():
        form = VisitForm(
            home, request.user, timezone.now(), posted(request), initial={"key": uuid7()}
        )
        if request.method == "POST" and form.is_valid():
            new = record(*form.events())
    if new is not None:
        if new:
            messages.success(request, _("The visit is saved and counted."))
        else:
            messages.info(
                request,
                _(
                    "This form was saved before, and nothing was added. To change the visit, take "
                    "it back and record it again."
                ),
            )
        return redirect("visit", pk=form.cleaned_data["key"])
    return render(
        request,
        "outreach/visits/household.html",
        {
            "home": home,
            "form": form,
            "wording": WORDINGS[CURRENT_VERSION],
            "visits": home.visits.counted().select_related("visitor")[:3],
        },
        status=422 if request.method == "POST" else 200,
    )


@at_the_doors
@require_safe
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was saved, and the lessons to leave with the family."""
    seen = access.get_visit(request.user, pk)
    lessons = LessonPage.objects.live().filter(number__in=seen.lessons_taught).order_by("number")
    address = lessons_address([lesson.number for lesson in lessons])
    return render(
        request,
        "outreach/visits/visit.html",
        {
            "visit": seen,
            "lessons": lessons,
            "may_void": access.may_void(request.user, seen),
            "address": address,
            "qr": qr_svg(address) if lessons else "",
            "levels": seen.assessments.select_related("resident", "skill").order_by(
                "resident__name_sort_key", "resident", "skill__position"
            ),
        },
    )


@at_the_doors
@require_http_methods(["GET", "HEAD", "POST"])
def void_visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a visit back. The ledger keeps both; the numbers count neither."""
    seen = access.get_visit(request.user, pk)
    if not access.may_void(request.user, seen):
        raise Http404
    form = VoidForm(seen, request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        record(form.event())
        messages.success(request, _("The visit was taken back and no longer counts."))
        return redirect("visit", pk=pk)
    return render(request, "outreach/visits/void_visit.html", {"visit": seen, "form": form})


@at_the_doors
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A resident takes the consent back; the levels kept under it go."""
    resident = access.get_resident(request.user, pk)
    if request.method == "POST":
        record(consent_withdrawn(resident, request.user, timezone.now()))
        messages.success(request, _("The consent was withdrawn and the levels were deleted."))
        return redirect("household", pk=resident.household_id)
    return render(request, "outreach/visits/withdraw_consent.html", {"resident": resident})
