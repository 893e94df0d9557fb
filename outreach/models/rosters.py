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
    confirmed_at = models.DateTimeField(null=True)
    # Counts as the command gives them, and how many problems of each code; no personal data.
    summary = models.JSONField(default=dict)

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        verbose_name = _("import of a list")
        verbose_name_plural = _("imports of lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["previewed", "confirmed", "discarded"]),
                name="import_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["visits", "planning", "update"]),
                name="import_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_at__isnull=False)
                | ~Q(state="confirmed") & Q(confirmed_at=None),
                name="confirmed_imports_have_a_time",
            ),
        ]
        indexes = [models.Index(fields=["ward", "-uploaded_at"], name="imports_by_ward")]

    def __str__(self) -> str:
        return f"{self.file_name} · {self.get_state_display()}"
