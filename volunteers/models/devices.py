"""Phones that work for a ward: their credentials, who may act on them, and the codes they enrol by.

Credentials and codes are stored as SHA-256 only: neither the database nor a backup opens anything.
"""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from volunteers.models.areas import Area
from volunteers.models.roles import RoleGrant
from volunteers.models.teams import Membership
from volunteers.models.users import User


class DeviceQuerySet(models.QuerySet):
    def may_pull(self, now):
        """Not revoked, within their lease, and with somebody left who works on them."""
        workers = DeviceActor.objects.at_work().filter(device=OuterRef("pk"))
        return self.filter(Exists(workers), revoked_at=None, pull_until__gt=now)


class Device(models.Model):
    """A phone as the ward knows it. Its id is made by the phone and never used again."""

    class Reason(models.TextChoices):
        LOST = "lost", _("Lost or stolen")
        GIVEN_BACK = "given_back", _("Given back or passed on")
        LEFT = "left", _("Its person left the team")
        OTHER = "other", _("Another reason")

    id = models.UUIDField(primary_key=True)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="devices")
    label = models.CharField(_("phone"), max_length=60, blank=True)
    app = models.CharField(_("app version"), max_length=40, blank=True)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    push_hash = models.CharField(max_length=64, unique=True)
    pull_hash = models.CharField(max_length=64, unique=True)
    pull_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoke_reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoke_reason__in=["", "lost", "given_back", "left", "other"]),
                name="revoke_reason_is_known",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoke_reason="")
                | Q(revoked_at__isnull=False) & ~Q(revoke_reason=""),
                name="revoked_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"…{str(self.pk)[-8:]}"


class DeviceActorQuerySet(models.QuerySet):
    def current(self):
        """Who may act now, as far as the phone is concerned."""
        return self.filter(until=None)

    def at_work(self, ward: str | None = None):
        """Current actors with an open account and a place to work in the ward of the phone (`ward`,
        where all are of one); those with `is_officer` work in the whole ward."""
        here = ward or OuterRef("device__ward")
        member = Membership.objects.current().filter(user=OuterRef("user"), team__ward=here)
        officer = RoleGrant.objects.current().filter(
            user=OuterRef("user"), area=here, role=RoleGrant.Role.OFFICER
        )
        known = self.current().filter(user__is_active=True).annotate(is_officer=Exists(officer))
        return known.filter(Q(is_officer=True) | Exists(member))


class DeviceActor(models.Model):
    """That a person may act on a phone, since and until when. A shared phone has several."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="actors")
    user = models.ForeignKey(User, models.PROTECT, related_name="device_actors")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = DeviceActorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "user"], condition=Q(until=None), name="one_current_actor"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="acted_until_after_since"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.device}"


class EnrolmentCode(models.Model):
    """That somebody may enrol one phone for one person within ten minutes.

    `salt` makes the credentials of this enrolment, with the secret key of the installation; so
    who repeats the request gets the same ones.
    """

    code_hash = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=32)
    person = models.ForeignKey(User, models.PROTECT, related_name="enrolment_codes")
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by_device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, used_by_device=None)
                | Q(used_at__isnull=False, used_by_device__isnull=False),
                name="used_by_a_device",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.made_at:%d/%m/%Y %H:%M}"


class FailedEnrolment(models.Model):
    """A wrong code: when, and a keyed hash of the address it came from. Kept for an hour."""

    at = models.DateTimeField()
    address_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="failed_enrolments"),
            models.Index(fields=["address_hash", "at"], name="failed_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M}"
