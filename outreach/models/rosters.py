"""Imports of a ward's own lists. The homes and people themselves come through the ledger."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from volunteers.models import Area


class RosterImport(models.Model):
    """That somebody uploaded a list, for what, on which legal basis, and what became of it.

    Its id is the `roster` of the events that it wrote. Nothing here tells who is in the list.
    """

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("Waiting to be confirmed")
        CONFIRMED = "confirmed", _("Imported")
        DISCARDED = "discarded", _("Discarded")
        UNDONE = "undone", _("Undone")

    class Purpose(models.TextChoices):
        VISITS = "visits", _("Visiting homes and teaching digital skills")
        PLANNING = "planning", _("Dividing homes among teams and planning their work")
        UPDATE = "update", _("Bringing the list of homes up to date")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    # SHA-256 of the file's bytes; the file itself is deleted.
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.PREVIEWED)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    legal_basis = models.CharField(_("legal basis"), max_length=300)
    # None for an import from the command line.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    # How the officer had the file read: {"encoding": "tcvn3", "headers": {sheet: [first, last]}}.
    choices = models.JSONField(default=dict)
    # What the officer decided when confirming; see outreach.roster.decisions.
    decisions = models.JSONField(default=dict)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    # Codes of the neighbourhoods that the import created.
    created_areas = models.JSONField(default=list)
    # Counts as the command gives them, and how many problems of each code; no personal data.
    summary = models.JSONField(default=dict)

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        verbose_name = _("import of a list")
        verbose_name_plural = _("imports of lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["previewed", "confirmed", "discarded", "undone"]),
                name="import_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["visits", "planning", "update"]),
                name="import_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["confirmed", "undone"], confirmed_at__isnull=False)
                | ~Q(state__in=["confirmed", "undone"]) & Q(confirmed_at=None),
                name="confirmed_imports_have_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False)
                | ~Q(state="undone") & Q(undone_at=None),
                name="undone_imports_have_a_time",
            ),
        ]
        indexes = [models.Index(fields=["ward", "-uploaded_at"], name="imports_by_ward")]

    def __str__(self) -> str:
        return f"{self.file_name} · {self.get_state_display()}"


class HeadingMeaning(models.Model):
    """What a ward's officers have said a heading in their lists means; it holds for every list
    that comes after."""

    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    # The heading as it stood, and its key (outreach.roster.meanings.heading_key).
    heading = models.CharField(_("heading"), max_length=300)
    key = models.CharField(max_length=300)
    meaning = models.CharField(_("taken for"), max_length=16)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["heading"]
        verbose_name = _("heading of a list")
        verbose_name_plural = _("headings of lists")
        constraints = [
            models.UniqueConstraint(fields=["ward", "key"], name="one_meaning_for_each_heading"),
        ]

    def __str__(self) -> str:
        return f"{self.heading} = {self.meaning}"


class ImportRules(models.Model):
    """What a ward has decided about its imports; without a row the defaults hold."""

    UNDO_DAYS = 7
    LONGEST_UNDO_DAYS = 90

    ward = models.OneToOneField(Area, models.PROTECT, primary_key=True, related_name="+")
    undo_days = models.PositiveSmallIntegerField(
        _("days in which an import can be undone"), default=UNDO_DAYS
    )

    class Meta:
        verbose_name = _("rules for imports")
        verbose_name_plural = _("rules for imports")
        constraints = [
            models.CheckConstraint(condition=Q(undo_days__lte=90), name="undo_days_are_few"),
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} · {self.undo_days}"

    @classmethod
    def of(cls, ward: Area) -> "ImportRules":
        return cls.objects.filter(ward=ward).first() or cls(ward=ward)
