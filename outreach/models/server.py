"""What the server says of itself in every answer to a phone."""

import uuid

from django.db import models
from django.db.models import Q


class ServerState(models.Model):
    """The only row of its table.

    After a restore the epoch is another one, and phones offer again what they kept. Every event
    with a number up to `backed_up_through` is in a finished, verified backup; 0: there is none yet.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    epoch = models.UUIDField(default=uuid.uuid4)
    backed_up_through = models.PositiveBigIntegerField(default=0)
    backed_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_server_state")]

    def __str__(self) -> str:
        return f"{self.epoch} · {self.backed_up_through}"


class Restoration(models.Model):
    """That a backup was restored: what was written between `lost_since` and `restored_at` the
    server does not know."""

    lost_since = models.DateTimeField()
    restored_at = models.DateTimeField()

    class Meta:
        ordering = ["-restored_at"]

    def __str__(self) -> str:
        return f"{self.lost_since} – {self.restored_at}"
