"""Community Digital Technology Teams and who belongs to them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from volunteers.models.areas import Area
from volunteers.models.users import User


class Team(models.Model):
    """A Tổ công nghệ số cộng đồng: it visits the doors of its areas.

    Source: letter 793/BTTTT-THH (one team per thôn/bản/tổ dân phố); real teams differ, so a team
    may have several areas, or the whole ward.
    """

    ward = models.ForeignKey(Area, models.PROTECT, related_name="teams", verbose_name=_("ward"))
    name = models.CharField(_("name"), max_length=120)
    areas = models.ManyToManyField(
        Area, related_name="visiting_teams", blank=True, verbose_name=_("areas it visits")
    )
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        ordering = ["ward", "name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(fields=["ward", "name"], name="team_names_are_unique_in_a_ward")
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet):
    def current(self):
        """Memberships that have not ended."""
        return self.filter(left_on=None)

    def leading(self):
        """Current leaders and deputies."""
        return self.current().filter(role__in=[Membership.Role.LEADER, Membership.Role.DEPUTY])


class Membership(models.Model):
    """A person's time in a team; a new role is a new membership."""

    class Role(models.TextChoices):
        LEADER = "leader", _("Team leader")
        DEPUTY = "deputy", _("Deputy leader")
        MEMBER = "member", _("Member")

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        User, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=6, choices=Role, default=Role.MEMBER)
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__name_sort_key"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["leader", "deputy", "member"]),
                name="membership_role_is_known",
            ),
            models.UniqueConstraint(
                fields=["team", "user"], condition=Q(left_on=None), name="one_current_membership"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="left_after_joining",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"
