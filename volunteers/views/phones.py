"""Phones: enrolling them by a code, and revoking them."""

from django.conf import settings
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from volunteers import access, devices
from volunteers.forms.phones import RevocationForm
from volunteers.models import Device, DeviceActor
from volunteers.qr import qr_svg
from volunteers.views import desk


def phones_crumbs() -> list[desk.Crumb]:
    return [*desk.home(), (reverse("volunteers:phones"), _("Phones"))]


def phones(request: HttpRequest) -> HttpResponse:
    """The phones one looks after: those in use first, the last heard of on top."""
    keeper = access.get_phone_keeper(request.user)
    actors = DeviceActor.objects.select_related("user").order_by("user__name_sort_key", "since")
    rows = (
        devices.with_state(access.visible_devices(keeper), timezone.now())
        .select_related("ward")
        .prefetch_related(Prefetch("actors", actors, to_attr="people"))
        .order_by(
            F("revoked_at").desc(nulls_first=True), F("last_seen_at").desc(nulls_first=True), "pk"
        )
    )
    return desk.screen(
        request, "phones", _("Phones"), phones_crumbs(), page=desk.rows_of(request, rows)
    )


@never_cache
def give_phone_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then show a code, once."""
    person = access.get_person_to_equip(request.user, pk)
    title = _("Code for a phone of %(name)s") % {"name": person.full_name}
    if request.method == "POST":
        code = devices.make_code(person, request.user, timezone.now())
        # Behind the #, so that neither a server nor a log between sees the code.
        address = f"{settings.BASE_URL}{reverse('field')}#ma={code}"
        return desk.screen(
            request,
            "phone_code",
            title,
            phones_crumbs(),
            person=person,
            code=code,
            minutes=int(devices.CODE_LIFE.total_seconds() // 60),
            qr=qr_svg(address),
        )
    question = _(
        "Have the phone of %(name)s at hand: the code works for one phone, for ten minutes. With "
        "it the phone holds the homes that %(name)s visits and records in their name. A code that "
        "was made before and not used ends."
    ) % {"name": person.full_name}
    return desk.confirm_screen(request, title, phones_crumbs(), question, _("Make a code"))


def revoke_phone(request: HttpRequest, pk) -> HttpResponse:
    """Ask why, then end what the phone may do."""
    device = access.get_device(request.user, pk)
    form = RevocationForm(request.POST or None)
    if device.revoked_at:
        desk.refused(request, _("This phone was revoked already."))
        return redirect("volunteers:phones")
    if request.method == "POST" and form.is_valid():
        reason = Device.Reason(form.cleaned_data["reason"])
        devices.revoke(device, request.user, reason, timezone.now())
        desk.said(request, _("%(phone)s is revoked.") % {"phone": device})
        return redirect("volunteers:phones")
    return desk.form_screen(
        request,
        _("Revoke %(phone)s") % {"phone": device},
        phones_crumbs(),
        form,
        _("Revoke the phone"),
        explanation=_(
            "The phone learns nothing new from now on. Visits that are on it and not sent yet "
            "still arrive; they are kept apart until the ward officer decides about them. To work "
            "with the phone again, enrol it with a new code."
        ),
    )
