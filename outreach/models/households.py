"""Homes and stalls, where they stand, and the people who live there.

Rows here are built from the ledger by `outreach.apply`; nothing else writes them.
"""

import re
import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.addresses import address_key, walking_order
from volunteers.models import Area
from volunteers.names import fold, sort_key


class HouseholdQuerySet(models.QuerySet):
    def open(self):
        """Homes that have not been closed (moved away, torn down, merged)."""
        return self.filter(closed_on=None)

    def within(self, area: Area):
        """Homes that stand in `area` now."""
        match area.level:
            case Area.Level.PROVINCE:
                return self.filter(ward__parent=area)
            case Area.Level.COMMUNE:
                return self.filter(ward=area)
            case _:
                return self.filter(Q(area=area) | Q(area__parent=area))

    def matching(self, words: str):
        """Homes in which every word begins some word of a name, the address, a phone or the card
        code, without regard to case and diacritics; or whose phone holds the digits."""
        every_word = Q()
        for word in fold(re.sub(r"\s*/\s*", "/", words)).split():
            every_word &= Q(search_text__contains=f" {word}")
        digits = re.sub(r"[\s.\-()]|^\s*\+84", "", words)
        if digits.isascii() and digits.isdigit() and len(digits) >= 4:
            return self.filter(every_word | Q(search_text__contains=digits))
        return self.filter(every_word)


def search_text(address: str, card_code: str, people: Iterable[tuple[object, str, str]]) -> str:
    """What a home can be found by when these people (id, name, phone) live there."""
    words = [address, card_code, card_code.replace("-", "")]
    for _key, name, phone in sorted(people):
        words += [name, phone]
    return " " + fold(" ".join(words))


def name_search_text(name: str) -> str:
    """What a person can be found by."""
    return f" {fold(name)}"


class Household(models.Model):
    """A home or a stall whose door the team knocks on."""

    class Kind(models.TextChoices):
        HOME = "home", _("Family home")
        STALL = "stall", _("Stall or household business")

    class CloseReason(models.TextChoices):
        MOVED = "moved", _("Moved out of the ward")
        VACANT = "vacant", _("Nobody lives there any more")
        GONE = "gone", _("The house is gone")
        MISTAKE = "mistake", _("Entered by mistake")
        MERGED = "merged", _("Merged with another household")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    # Where it stands now: a neighbourhood or a lane. The history is in Placement.
    area = models.ForeignKey(Area, models.PROTECT, related_name="households")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.HOME)
    card_code = models.CharField(max_length=16, unique=True)
    address = models.CharField(max_length=255)
    address_key = models.CharField(max_length=255, editable=False)
    walking_order = models.CharField(max_length=400, editable=False)
    declared_size = models.PositiveSmallIntegerField(null=True, blank=True)
    head = models.ForeignKey("Resident", models.SET_NULL, null=True, blank=True, related_name="+")
    # Folded names, address, phones and card code, each word after a space.
    search_text = models.TextField(editable=False, default="")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=7, choices=CloseReason, blank=True)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="merged"
    )

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["area__position", "walking_order", "id"]
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["home", "stall"]), name="household_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(close_reason__in=["moved", "vacant", "gone", "mistake", "merged", ""]),
                name="close_reason_is_known",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, close_reason="")
                | Q(closed_on__isnull=False) & ~Q(close_reason=""),
                name="closed_households_have_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["ward", "area"], name="household_place"),
            models.Index(fields=["ward", "address_key"], name="household_address"),
            # Lists by address begin at their first rows instead of sorting the ward.
            models.Index(fields=["ward", "walking_order", "id"], name="household_walk"),
        ]

    def __str__(self) -> str:
        return self.address

    def save(self, *args, **kwargs):
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Set what is computed from the address; bulk writers call it themselves."""
        self.address_key = address_key(self.address)
        self.walking_order = walking_order(self.address)


class Placement(models.Model):
    """That a household stood in an area from `since` until before `until`; None: it still does."""

    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.CASCADE, related_name="placements")
    area = models.ForeignKey(Area, models.PROTECT, related_name="placements")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["household", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(until=None), name="one_current_placement"
            ),
        ]
        indexes = [models.Index(fields=["ward", "area"], name="placement_area")]

    def __str__(self) -> str:
        return f"{self.household_id} · {self.area_id} · {self.since}–{self.until or ''}"


class ResidentQuerySet(models.QuerySet):
    def living_there(self):
        """People who have not left their household."""
        return self.filter(left_on=None)


class Resident(models.Model):
    """A named person of a household. Nothing more is kept than what stands here."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    class Help(models.TextChoices):
        READING = "reading", _("Reading")
        HEARING = "hearing", _("Hearing")
        MOVING = "moving", _("Moving about")
        LANGUAGE = "language", _("Language")
        COMPANY = "company", _("Someone to sit beside")

    class Left(models.TextChoices):
        MOVED = "moved", _("Moved out")
        DIED = "died", _("Died")
        MERGED = "merged", _("Was entered twice")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.CASCADE, related_name="residents")
    name = models.CharField(max_length=120)
    name_sort_key = models.CharField(max_length=500, editable=False)
    # The folded name, each word after a space.
    search_text = models.TextField(editable=False, default="")
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    sex = models.CharField(max_length=6, choices=Sex, blank=True)
    phone = models.CharField(max_length=15, blank=True)
    help_needed = models.JSONField(default=list, blank=True)
    since = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    left_why = models.CharField(max_length=6, choices=Left, blank=True)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        ordering = ["name_sort_key", "id"]
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        constraints = [
            models.CheckConstraint(
                condition=Q(sex__in=["female", "male", ""]), name="resident_sex_is_known"
            ),
            models.CheckConstraint(
                condition=Q(left_why__in=["moved", "died", "merged", ""]),
                name="why_residents_left_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["ward", "household"], name="resident_household"),
            # Lists by name begin at their first rows instead of sorting the ward.
            models.Index(fields=["ward", "name_sort_key", "id"], name="resident_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Set what is computed from the name; bulk writers call it themselves."""
        self.name_sort_key = sort_key(self.name)
        self.search_text = name_search_text(self.name)
