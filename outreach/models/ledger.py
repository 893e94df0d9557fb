"""The ledger: what a phone, a desk or an import said, word for word and in order of arrival."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from volunteers.models import Area

# So far from when it was said nobody tells of a visit.
FURTHEST = timedelta(days=3650)


class LedgerEvent(models.Model):
    """One event, append-only. Visits, consents, households and people are built from it.

    `number` is the order in which the server stored it. `uuid` (version 7) is made where the event
    is born; the same uuid with other content is a second row, both are kept.
    """

    class Type(models.TextChoices):
        VISIT_RECORDED = "visit.recorded", _("Visit recorded")
        VISIT_CORRECTED = "visit.corrected", _("Visit corrected")
        VISIT_VOIDED = "visit.voided", _("Visit voided")
        HOUSEHOLD_PROPOSED = "household.proposed", _("Household found at the door")
        HOUSEHOLD_CHANGED = "household.changed", _("Household changed")
        HOUSEHOLD_MOVED = "household.moved", _("Household moved")
        HOUSEHOLD_MERGED = "household.merged", _("Household merged into another")
        HOUSEHOLD_SPLIT = "household.split", _("Household split")
        HOUSEHOLD_CLOSED = "household.closed", _("Household closed")
        HOUSEHOLD_REOPENED = "household.reopened", _("Household opened again")
        RESIDENT_ADDED = "resident.added", _("Person added")
        RESIDENT_CHANGED = "resident.changed", _("Person changed")
        RESIDENT_LEFT = "resident.left", _("Person left")
        RESIDENT_MERGED = "resident.merged", _("Person merged with another")
        CONSENT_GIVEN = "consent.given", _("Consent given")
        CONSENT_WITHDRAWN = "consent.withdrawn", _("Consent withdrawn")
        FOLLOW_UP_OPENED = "follow_up.opened", _("Follow-up opened")
        FOLLOW_UP_ASSIGNED = "follow_up.assigned", _("Follow-up assigned")
        FOLLOW_UP_DONE = "follow_up.done", _("Follow-up done")
        REFERRAL_MADE = "referral.made", _("Referral made")
        REFERRAL_ANSWERED = "referral.answered", _("Referral answered")
        SESSION_HELD = "session.held", _("Session held")
        ROSTER_IMPORTED = "roster.imported", _("Household imported")
        ROSTER_UNDONE = "roster.undone", _("Import undone")
        EVENT_RESOLVED = "event.resolved", _("Decided by an officer")

    class Status(models.TextChoices):
        STORED = "stored", _("Received")
        APPLIED = "applied", _("Counted")
        HELD = "held", _("Waiting for an earlier event")
        QUARANTINED = "quarantined", _("Waiting for the officer")
        REJECTED = "rejected", _("Not accepted")

    number = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField()
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    # Open in the database: a newer phone may say what this server does not know yet.
    type = models.CharField(max_length=24, choices=Type)
    schema = models.PositiveSmallIntegerField()
    # Who said it; None for an import from the command line.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Not a foreign key: a phone may speak of a home that the server does not know.
    household = models.UUIDField(null=True)
    # Phones number their events without gaps; desk and import have neither device nor number.
    device = models.UUIDField(null=True)
    seq = models.PositiveBigIntegerField(null=True)
    client_time = models.DateTimeField()
    clock_offset_ms = models.BigIntegerField(default=0)
    # {} once it was erased.
    payload = models.JSONField()
    erased_at = models.DateTimeField(null=True)
    # SHA-256 of the canonical content; it stays when the payload is erased.
    content_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=11, choices=Status, default=Status.STORED)
    # Why it is held, quarantined or rejected: a code of outreach.reasons, and for a rejection the
    # officer's words.
    reason = models.CharField(max_length=40, blank=True)
    reason_text = models.CharField(max_length=200, blank=True)
    # The push that brought it; None for the desk and imports.
    batch = models.ForeignKey(
        "outreach.PushBatch", models.PROTECT, null=True, related_name="events"
    )
    # The phone's clock could not be trusted; its times are a guess.
    clock_uncertain = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["stored", "applied", "held", "quarantined", "rejected"]),
                name="ledger_status_is_known",
            ),
            models.UniqueConstraint(fields=["uuid", "content_hash"], name="stored_once"),
            models.CheckConstraint(
                condition=Q(device=None, seq=None) | Q(device__isnull=False, seq__isnull=False),
                name="phones_number_their_events",
            ),
        ]
        indexes = [
            models.Index(fields=["ward", "number"], name="ledger_by_ward"),
            models.Index(fields=["household", "number"], name="ledger_by_household"),
            # What is still to be settled; empty on a good day.
            models.Index(
                fields=["ward", "status", "number"],
                condition=~Q(status="applied"),
                name="ledger_unsettled",
            ),
            # What reaches beyond one home; looked through at each settling.
            models.Index(
                fields=["ward", "number"],
                condition=Q(
                    type__in=[
                        "household.merged",
                        "household.split",
                        "roster.undone",
                        "event.resolved",
                    ]
                ),
                name="ledger_rare",
            ),
            models.Index(
                fields=["device", "seq"], condition=Q(device__isnull=False), name="ledger_by_device"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.type}"

    @property
    def told_at(self) -> datetime:
        """When it was said, by the server's clock."""
        return self.client_time + timedelta(milliseconds=self.clock_offset_ms)

    def when(self, moment: datetime) -> datetime:
        """A time that the payload names by the phone's clock, by the server's; one that cannot be
        meant is when the event was said."""
        try:
            repaired = moment.astimezone(UTC) + timedelta(milliseconds=self.clock_offset_ms)
            return repaired if abs(repaired - self.told_at) < FURTHEST else self.told_at
        except OverflowError:
            return self.told_at
