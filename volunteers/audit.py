"""What staff did, in Wagtail's audit log: who, what, when, and no personal data."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter, log

from volunteers.models import Area, Device, Membership, RoleGrant, Team, User


def record(
    instance: User | Team | Area | Device, action: str, by: User | None = None, **data
) -> None:
    """Log `action` for the person at work (Wagtail knows who, unless told `by`) and `data`, which
    names nobody.

    People and phones are labelled by their number: names and passwords stay out of the log.
    """
    numbered = isinstance(instance, User | Device)
    title = f"#{instance.pk}" if numbered else f"{instance} ({instance.pk})"
    log(instance, f"volunteers.{action}", user=by, title=title, data=data)


class PlaceFormatter(LogFormatter):
    """Messages that name a role and a place, e.g. "Made ward officer of 27139"."""

    sentence: str | Promise = ""

    def format_message(self, log_entry) -> str:
        roles = dict(RoleGrant.Role.choices) | dict(Membership.Role.choices)
        role = roles.get(log_entry.data.get("role"), "")
        return self.sentence % {"role": role, "place": log_entry.data.get("place") or "–"}


class RoleGiven(PlaceFormatter):
    label = _("Give a role")
    sentence = _("Role given: %(role)s (%(place)s)")


class RoleEnded(PlaceFormatter):
    label = _("End a role")
    sentence = _("Role ended: %(role)s (%(place)s)")


class TeamJoined(PlaceFormatter):
    label = _("Add to a team")
    sentence = _("Added to the team %(place)s as %(role)s")


class TeamLeft(PlaceFormatter):
    label = _("Take out of a team")
    sentence = _("Taken out of the team %(place)s, where they were %(role)s")


class PhoneRevoked(LogFormatter):
    label = _("Revoke a phone")

    def format_message(self, log_entry) -> str:
        reasons = dict(Device.Reason.choices)
        return _("Phone revoked: %(reason)s") % {"reason": reasons[log_entry.data["reason"]]}


PLAIN_ACTIONS = {
    "account_opened": (_("Open an account"), _("Account opened with a one-time password")),
    "account_changed": (_("Change an account"), _("Name or phone number changed")),
    "account_closed": (_("Close an account"), _("Account closed")),
    "account_reopened": (_("Reopen an account"), _("Account reopened")),
    "password_reset": (_("Reset a password"), _("One-time password given")),
    "ward_opened": (_("Open a ward"), _("Ward opened")),
    "area_added": (_("Add an area"), _("Neighbourhood or lane added")),
    "area_changed": (_("Change an area"), _("Name or order changed")),
    "area_ended": (_("End an area"), _("Neighbourhood or lane ended")),
    "area_resumed": (_("Resume an area"), _("Neighbourhood or lane in use again")),
    "team_added": (_("Add a team"), _("Team added")),
    "team_changed": (_("Change a team"), _("Name or areas changed")),
    "phone_code_made": (_("Make a code for a phone"), _("Code for a phone given")),
    "phone_enrolled": (_("Enrol a phone"), _("Phone enrolled")),
}
OTHER_ACTIONS = {
    "role_given": RoleGiven,
    "role_ended": RoleEnded,
    "team_joined": TeamJoined,
    "team_left": TeamLeft,
    "phone_revoked": PhoneRevoked,
}


def register(actions) -> None:
    """Teach Wagtail's log the words for our actions."""
    for name, (label, message) in PLAIN_ACTIONS.items():
        actions.register_action(f"volunteers.{name}", label, message)
    for name, formatter in OTHER_ACTIONS.items():
        actions.register_action(f"volunteers.{name}")(formatter)
