"""Files that staff had made of what is known: who asked, what became of it, who fetched it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from volunteers.models import Area


class ExportQuerySet(models.QuerySet):
    def unfinished(self):
        """Somebody works on it, or will."""
        return self.filter(state__in=[Export.State.WAITING, Export.State.RUNNING])


class Export(models.Model):
    """A file that somebody asked for. The content lies in a folder of its own (see
    `outreach.exports.keeping`) and goes when it expires; this row stays, without what was asked
    for, so that it can be seen who took what."""

    class Kind(models.TextChoices):
        WORKBOOK = "workbook", _("Coverage workbook")
        LIST = "list", _("List behind a number")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Deleted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    # What exactly, as the kind's writer reads it.
    asked = models.JSONField(default=dict)
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=120)
    # Whether persons are in it, by name or one by one.
    of_persons = models.BooleanField()
    with_names = models.BooleanField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # Counts how often it was begun, so that who was given up cannot overwrite who followed.
    attempt = models.PositiveSmallIntegerField(default=1)
    # The process that makes it was last heard of.
    heard_at = models.DateTimeField()
    done_rows = models.PositiveIntegerField(default=0)
    all_rows = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(null=True)
    # SHA-256 of the file's bytes.
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["workbook", "list"]), name="export_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed", "expired"]),
                name="export_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(with_names=False) | Q(of_persons=True),
                name="names_are_of_persons",
            ),
            models.CheckConstraint(
                condition=Q(done_rows__lte=F("all_rows")), name="no_more_rows_than_all"
            ),
        ]
        indexes = [models.Index(fields=["area", "-asked_at"], name="exports_of_an_area")]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int | None:
        return 100 * self.done_rows // self.all_rows if self.all_rows else None


class ExportFetch(models.Model):
    """That somebody fetched a file."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="fetches")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.export} · {self.by}"
