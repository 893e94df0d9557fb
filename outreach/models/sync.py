"""What phones sent as they sent it, and the feed of changes that they pull."""

from django.db import models
from django.db.models import Q

from volunteers.models import Area, Device


class PushBatch(models.Model):
    """The body of one push, inflated, byte for byte."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="batches")
    received_at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk} · {self.device_id}"


class WardFeed(models.Model):
    """The number of the ward's last change that has one; its row is the lock under which changes
    are numbered."""

    ward = models.OneToOneField(Area, models.PROTECT, primary_key=True, related_name="+")
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.ward_id} · {self.last}"


class Change(models.Model):
    """That something changed which phones may have: a home, or the status of an event.

    Changes commit without a number, in any order; before a pull reads, those that have committed
    are numbered. So none is ever skipped, and nobody who writes waits for anybody who reads.
    """

    id = models.BigAutoField(primary_key=True)
    ward = models.ForeignKey(Area, models.CASCADE, related_name="+")
    number = models.PositiveBigIntegerField(null=True)
    # The home, where it stands now ("": it is gone), and where it stood if it moved. With neither
    # a home nor an event only numbers changed.
    household = models.UUIDField(null=True)
    area = models.CharField(max_length=20, blank=True)
    left_area = models.CharField(max_length=20, blank=True)
    # Neighbourhoods and lanes whose numbers it may change, a space after each, and the first day
    # that may count otherwise than before; None: it changes no number.
    counted_in = models.TextField(blank=True)
    counts_from = models.DateField(null=True)
    # The number of the event whose status changed, and the phone that it came from.
    event = models.BigIntegerField(null=True)
    device = models.UUIDField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["ward", "number"], name="one_change_a_number"),
            models.CheckConstraint(
                condition=Q(household=None) | Q(event=None), name="a_change_is_of_one_thing"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ward", "id"], condition=Q(number=None), name="changes_without_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} · {self.number}"
