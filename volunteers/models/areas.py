"""Areas: province → commune → neighbourhood → lane."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from volunteers.names import fold


class AreaQuerySet(models.QuerySet):
    def provinces(self):
        return self.filter(level=Area.Level.PROVINCE)

    def wards(self):
        """Communes: phường, xã and đặc khu."""
        return self.filter(level=Area.Level.COMMUNE)

    def neighbourhoods(self):
        return self.filter(level=Area.Level.NEIGHBOURHOOD)

    def open_wards(self):
        """Wards that work with Ngõ Số, not merely listed by the state."""
        return self.wards().filter(opened_on__isnull=False)

    def within(self, area: "Area"):
        """`area` itself and everything below it."""
        return self.filter(path__startswith=area.path)

    def in_use(self):
        """Areas that nobody has ended."""
        return self.filter(valid_until=None)

    def as_tree(self):
        """A ward's areas in the order of its lists: each neighbourhood followed by its lanes."""
        lane = Q(level=Area.Level.LANE)
        neighbourhood = Q(level=Area.Level.NEIGHBOURHOOD)
        return self.select_related("parent").order_by(
            Case(
                When(lane, then=F("parent__position")),
                When(neighbourhood, then=F("position")),
                default=Value(-1),
            ),
            Case(When(lane, then=F("parent_id")), default=F("code")),
            Case(When(lane, then=F("position")), default=Value(-1)),
            "code",
        )

    def rows_as_tree(self, *names: str) -> list[dict[str, Any]]:
        """`code` and these fields in that order, sorted here: phones ask often, and this is
        quicker."""
        order = ("code", "level", "position", "parent", "parent__position")

        def place(row: dict[str, Any]) -> tuple:
            if row["level"] == Area.Level.LANE:
                return row["parent__position"], row["parent"], row["position"], row["code"]
            return row["position"], row["code"], -1, row["code"]

        return sorted(self.order_by().values(*order, *names), key=place)

    def valid_on(self, day):
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day)).filter(
            Q(valid_until=None) | Q(valid_until__gte=day)
        )


class Area(models.Model):
    """A place in the tree. Official codes are text with leading zeros; names repeat, codes do not.

    Source of provinces and communes: Decision 19/2025/QĐ-TTg. Neighbourhoods and lanes are the
    ward's own: their codes are the ward's code, a dot and a number, given once and never reused.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province or city")
        COMMUNE = "commune", _("Ward, commune or special zone")
        NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")
        LANE = "lane", _("Lane")

    LEVELS = list(Level)

    code = models.CharField(_("code"), primary_key=True, max_length=20)
    name = models.CharField(_("name"), max_length=120, help_text=_("In full, e.g. Khu phố 1."))
    folded_name = models.CharField(max_length=120, editable=False, db_index=True)
    level = models.CharField(_("level"), max_length=13, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    # The codes from the province down, each ended by "/": "79/27139/27139.1/".
    path = models.CharField(max_length=80, unique=True, editable=False)
    position = models.PositiveIntegerField(_("order in lists"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    opened_on = models.DateField(
        _("works with Ngõ Số since"), null=True, blank=True, editable=False
    )

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["province", "commune", "neighbourhood", "lane"]),
                name="area_level_is_known",
            ),
            models.CheckConstraint(
                condition=Q(level="province", parent=None) | ~Q(level="province") & ~Q(parent=None),
                name="only_provinces_have_no_parent",
            ),
            models.CheckConstraint(
                condition=Q(opened_on=None) | Q(level="commune"), name="only_communes_open"
            ),
            models.UniqueConstraint(
                fields=["parent", "folded_name"],
                condition=Q(level__in=["neighbourhood", "lane"], valid_until=None),
                name="ward_area_names_are_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.folded_name = fold(self.name)
        self.path = f"{self.parent.path if self.parent_id else ''}{self.code}/"
        super().save(*args, **kwargs)

    @property
    def ward_code(self) -> str | None:
        """The code of the commune that this area is or lies in; None for a province."""
        codes = self.path.split("/")
        return codes[1] if len(codes) > 2 else None

    @property
    def ward(self) -> "Area | None":
        """The commune that this area is or lies in; None for a province."""
        if self.level == Area.Level.COMMUNE:
            return self
        return self.parent.ward if self.parent else None

    def add_child(self, name: str, **fields) -> "Area":
        """Create the next neighbourhood of a ward, or the next lane of a neighbourhood.

        The number is one above the highest ever given, so a code is never reused.
        """
        level = self.LEVELS[self.LEVELS.index(self.Level(self.level)) + 1]
        numbers = [
            int(code.rsplit(".", 1)[1]) for code in self.children.values_list("code", flat=True)
        ]
        number = max(numbers, default=0) + 1
        return Area.objects.create(
            code=f"{self.code}.{number}",
            name=name,
            level=level,
            parent=self,
            position=number,
            **fields,
        )
