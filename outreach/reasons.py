"""Why an event is not counted (yet), as codes for programs and sentences for people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    # Something that the event speaks of is not known; it may still come.
    UNKNOWN_HOUSEHOLD = "unknown_household", _("The home is not known in this ward")
    UNKNOWN_RESIDENT = "unknown_resident", _("The person is not known in this home")
    UNKNOWN_VISIT = "unknown_visit", _("The visit that it speaks of has not arrived")
    UNKNOWN_FOLLOW_UP = "unknown_follow_up", _("The follow-up that it speaks of has not arrived")
    UNKNOWN_REFERRAL = "unknown_referral", _("The referral that it speaks of has not arrived")
    LEADER_CHOICE = "leader_choice", _("Two people said different things; the leader decides")
    # What it says cannot be so.
    UNKNOWN_AREA = "unknown_area", _("The neighbourhood is not one of this ward")
    UNKNOWN_USER = "unknown_user", _("Somebody whom it names has no account here")
    UNKNOWN_LEVEL = "unknown_level", _("The skill or its level is not in the catalogue")
    UNKNOWN_WORDING = "unknown_wording", _("The consent's wording is not one that we know")
    CARD_CODE_TAKEN = "card_code_taken", _("The card's code belongs to another home")
    NO_HOUSEHOLD = "no_household", _("It names no home")
    UNREADABLE_PAYLOAD = "unreadable_payload", _("What it says cannot be read")
    UNSTORABLE_TEXT = "unstorable_text", _("It holds signs that are no text")
    UNKNOWN_TYPE = "unknown_type", _("This server does not know this kind of event yet")
    ID_REUSED = "id_reused", _("Another event with other content has this id")
    NEWER_SCHEMA = "newer_schema", _("It comes from a newer app than this server knows")
    # Who said it may not.
    NOT_ENROLLED = "not_enrolled", _("The person is not enrolled on this phone")
    DEVICE_REVOKED = "device_revoked", _("The phone was revoked")
    ACCOUNT_CLOSED = "account_closed", _("The person's account is closed")
    OUTSIDE_SCOPE = "outside_scope", _("The home is not one of the person's team")
    NOT_ALLOWED = "not_allowed", _("This may not be said from a phone, or not by this person")
    # Something that nobody has thought of.
    CANNOT_APPLY = "cannot_apply", _("It could not be counted; the operator finds why in the log")
    # The officer has decided.
    REJECTED = "rejected", _("The officer did not accept it")


# These are looked at again whenever something new is said of the home.
MAY_STILL_COME = frozenset(
    {
        Reason.UNKNOWN_RESIDENT,
        Reason.UNKNOWN_VISIT,
        Reason.UNKNOWN_FOLLOW_UP,
        Reason.UNKNOWN_REFERRAL,
        Reason.LEADER_CHOICE,
    }
)
# These an officer has to let pass; what the event says was not even looked at.
OF_RIGHTS = frozenset(
    {
        Reason.NOT_ENROLLED,
        Reason.DEVICE_REVOKED,
        Reason.ACCOUNT_CLOSED,
        Reason.OUTSIDE_SCOPE,
        Reason.NOT_ALLOWED,
    }
)
