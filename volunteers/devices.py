"""Enrolling phones, what their credentials open, and ending that.

A phone has two credentials. With `push` it hands in what it recorded, whatever has happened since;
with `pull` it reads, on a lease, while somebody works on it. Time is given by the caller.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac

from volunteers import access, audit, failed_enrolments
from volunteers.models import Area, Device, DeviceActor, EnrolmentCode, User
from volunteers.one_time_passwords import LETTERS, typed

CODE_LIFE = timedelta(minutes=10)
CODES_KEPT = timedelta(days=1)
LEASE = timedelta(days=30)
# A phone that was heard of so lately need not be noted again, which would cost a write each time.
HEARD_LATELY = timedelta(minutes=10)
# A corrected clock may be this wrong; nobody records anything on a phone before it is enrolled.
CLOCK_SLACK = timedelta(minutes=5)


class NotTheirs(Exception):
    """Who asks may not make a code for this person."""


class CodeRefused(Exception):
    """The code is wrong, used or expired, or not for this phone; nobody is told which."""


class PhoneRevoked(Exception):
    """The phone proved who it is, and it was revoked."""


class OtherWard(Exception):
    """The phone proved who it is, and it works for another ward than the code's."""


@dataclass(frozen=True)
class Enrolled:
    """`push_token` and `pull_token` are None when the phone keeps the credentials it has."""

    device: Device
    ward: Area
    person: User
    push_token: str | None
    pull_token: str | None


def digest(token: str) -> str:
    """What the database keeps of a credential or a code."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def make_code(person: User, by: User, now: datetime) -> str:
    """A code like "bckm-fghj", to be seen once, with which one phone enrols for `person` within ten
    minutes. It ends the code that `person` did not use yet.

    Raises NotTheirs unless `by` looks after the phones of `person`; see access.wards_for_phone.
    """
    ward = access.wards_for_phone(by, person).first()
    if ward is None:
        raise NotTheirs
    failed_enrolments.forget(now)
    EnrolmentCode.objects.filter(expires_at__lt=now - CODES_KEPT).delete()
    EnrolmentCode.objects.filter(person=person, used_at=None).delete()
    code = _new_code()
    EnrolmentCode.objects.create(
        code_hash=digest(code),
        salt=secrets.token_hex(16),
        person=person,
        ward=ward,
        made_by=by,
        made_at=now,
        expires_at=now + CODE_LIFE,
    )
    audit.record(person, "phone_code_made")
    return code


def _new_code() -> str:
    """Eight letters that nobody misreads, in two groups; none that a living row has."""
    while True:
        code = typed("".join(secrets.choice(LETTERS) for _ in range(8)))
        if not EnrolmentCode.objects.filter(code_hash=digest(code)).exists():
            return code


def enrol(
    code: str,
    device_id: UUID,
    label: str,
    app: str,
    now: datetime,
    push_token: str | None = None,
    address: str = "",
) -> Enrolled:
    """Enrol the phone for the person of the code, however its dashes and capitals were typed.

    A new phone gets two credentials. Who repeats the request because its answer was lost (same
    code, same phone, within the code's ten minutes, credentials never used) gets the same ones
    again. With its push credential a phone that is enrolled keeps its credentials and gets one
    more person, or the one it has again, and a full lease.

    Raises CodeRefused; PhoneRevoked and OtherWard only towards a phone that proved who it is; and
    failed_enrolments.TooManyFailures after too many wrong codes from `address` or in all.
    """
    failed_enrolments.refuse_after_too_many(address, now)
    try:
        with transaction.atomic():
            return _enrol(typed(code), device_id, label, app, now, push_token)
    except (CodeRefused, IntegrityError) as refused:
        # Two phones of one id at the same moment: the database lets the first one in.
        failed_enrolments.note(address, now)
        raise CodeRefused from refused


def _enrol(
    code: str, device_id: UUID, label: str, app: str, now: datetime, push_token: str | None
) -> Enrolled:
    held = _usable(code, device_id, now)
    device = Device.objects.select_for_update().filter(pk=device_id).first()
    tokens: tuple[str | None, str | None] = (None, None)
    if device is None or not _proved(device, push_token):
        tokens = _credentials(held, device_id)
        device = _enrolled_anew(held, device, device_id, now, tokens)
    elif device.revoked_at:
        raise PhoneRevoked
    elif device.ward_id != held.ward_id:
        raise OtherWard
    device.label, device.app = label or device.label, app or device.app
    device.pull_until = now + LEASE
    # Never over a phone of this id that came in while we looked: it has credentials of its own.
    device.save(force_insert=device._state.adding)
    if held.used_at is None:
        held.used_at, held.used_by_device = now, device
        held.save(update_fields=["used_at", "used_by_device"])
        audit.record(device, "phone_enrolled", by=held.person)
    DeviceActor.objects.get_or_create(
        device=device, user=held.person, until=None, defaults={"since": now}
    )
    return Enrolled(device, held.ward, held.person, *tokens)


def _usable(code: str, device_id: UUID, now: datetime) -> EnrolmentCode:
    """The code, locked, if this phone may use it now; else raises CodeRefused."""
    held = (
        EnrolmentCode.objects.select_for_update(of=("self",))
        .select_related("person", "ward", "made_by")
        .filter(code_hash=digest(code), expires_at__gt=now)
        .first()
    )
    if held is None or held.used_by_device_id not in (None, device_id):
        raise CodeRefused
    if not access.works_in(held.person, held.ward):
        raise CodeRefused
    return held


def _proved(device: Device, push_token: str | None) -> bool:
    return push_token is not None and device.push_hash == digest(push_token)


def _credentials(held: EnrolmentCode, device_id: UUID) -> tuple[str, str]:
    """Push and pull of this enrolment: the same whenever they are asked for, and nothing that
    could be found out without the secret key."""

    def made(kind: str) -> str:
        value = f"{kind}:{held.salt}:{device_id}"
        return f"{kind}-{salted_hmac('volunteers.devices', value, algorithm='sha256').hexdigest()}"

    return made("push"), made("pull")


def _enrolled_anew(
    held: EnrolmentCode,
    device: Device | None,
    device_id: UUID,
    now: datetime,
    tokens: tuple[str, str],
) -> Device:
    """The new phone of `tokens`, or the one that asks again; else raises CodeRefused."""
    if device is None:
        device = Device(
            pk=device_id, ward=held.ward, enrolled_at=now, enrolled_by=held.made_by, pull_until=now
        )
        device.push_hash, device.pull_hash = map(digest, tokens)
    elif device.push_hash != digest(tokens[0]) or device.revoked_at or device.last_seen_at:
        # Another code enrolled it, or the phone has had its answer.
        raise CodeRefused
    return device


@transaction.atomic
def revoke(device: Device, by: User, reason: Device.Reason, now: datetime) -> None:
    """Pull ends now and nobody may act on the phone any more; what it still hands in is kept apart
    for the officer. Revoking again changes nothing."""
    ended = Device.objects.filter(pk=device.pk, revoked_at=None).update(
        revoked_at=now, revoked_by=by, revoke_reason=reason
    )
    if ended:
        # Two servers' clocks may differ: nobody stops before they began.
        device.actors.current().update(until=Greatest(F("since"), now))
        audit.record(device, "phone_revoked", reason=str(reason))
    device.refresh_from_db()


def device_of_push(token: str) -> Device | None:
    """The phone of this push credential, with its ward and actors, in two queries.

    Whatever happened since, it answers: look at `revoked_at` of what comes back.
    """
    devices = Device.objects.select_related("ward").prefetch_related("actors")
    return devices.filter(push_hash=digest(token)).first()


def device_of_pull(token: str, now: datetime) -> Device | None:
    """The phone of this pull credential with its ward, in one query; None once it is revoked, its
    lease has ended, or nobody with an open account works on it for its ward."""
    devices = Device.objects.select_related("ward").may_pull(now)
    return devices.filter(pull_hash=digest(token)).first()


def renew_lease(device: Device, now: datetime) -> None:
    """Note that the phone was heard of; if it may pull now, its lease runs 30 days from now.

    Call it after each push and pull that succeeded. A lease that ended, a revoked phone and one on
    which nobody works any more get none: that takes a new code. At most two queries.
    """
    if device.last_seen_at and now - device.last_seen_at < HEARD_LATELY:
        return
    own = Device.objects.filter(pk=device.pk)
    own.update(last_seen_at=now)
    device.last_seen_at = now
    if own.may_pull(now).update(pull_until=now + LEASE):
        device.pull_until = now + LEASE


def may_act(
    device: Device, user_id: int, at: datetime, lost: Sequence[tuple[datetime, datetime]] = ()
) -> bool:
    """Whether this person was an actor of the phone at that (corrected) time. No query for a phone
    from `device_of_push`. Whether their account is open and the phone not revoked is not asked.

    `lost`: from when until when restores made the installation forget what it knew, the newest
    first. Who enrols after one may have been enrolled before, at any time since it began.
    """

    def since(held: DeviceActor) -> datetime:
        earliest = held.since
        for begin, end in lost:
            if earliest >= end:
                earliest = min(earliest, begin)
        return earliest

    return any(
        held.user_id == user_id
        and since(held) - CLOCK_SLACK <= at
        and (held.until is None or at < held.until)
        for held in device.actors.all()
    )


def workers_of(device: Device) -> dict[int, bool]:
    """Whose homes the phone pulls: the keys of its current actors with an open account and a place
    to work in its ward, and who of them is an officer there. One query. Only homes of the phone's
    ward are meant, whatever else they may see."""
    actors = DeviceActor.objects.at_work(device.ward_id).filter(device=device)
    return dict(actors.values_list("user", "is_officer"))


def with_state(devices: QuerySet[Device], now: datetime) -> QuerySet[Device]:
    """The phones with their `state`: "revoked", "nobody" (works on it), "lapsed" or "in_use"."""
    workers = DeviceActor.objects.at_work().filter(device=OuterRef("pk"))
    return devices.annotate(
        state=Case(
            When(revoked_at__isnull=False, then=Value("revoked")),
            When(~Exists(workers), then=Value("nobody")),
            When(pull_until__lte=now, then=Value("lapsed")),
            default=Value("in_use"),
        )
    )
