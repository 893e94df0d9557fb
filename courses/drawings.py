"""Our own drawings in `static/drawings`: line SVG in ink and leaf, 320 × 200."""

from django.db import models
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _


class Drawing(models.TextChoices):
    """The value is the file's name; the label says what is drawn and is its text alternative."""

    LANE = "lane", _("A lane with houses, and a neighbour who knocks at a door")
    POLICE_COUNTER = "police-counter", _("An elder at the police counter, with a camera")
    MESSAGE = "message", _("A phone that receives a message")
    INSTALL = "install", _("A phone that receives a new app")
    TAP = "tap", _("A finger taps a button on a phone")
    CARD = "card", _("An identity card beside a phone")
    CODE = "code", _("A code on a phone, and a shield with a lock")
    KEY = "key", _("A key and a padlock")
    SIX_DIGITS = "six-digits", _("A phone with six boxes for digits")
    QUESTIONS = "questions", _("Two speech bubbles with question marks")
    DONE = "done", _("A phone with a tick, and a smiling elder")
    HANG_UP = "hang-up", _("An elder puts the phone down on a stranger")
    QR_CODE = "qr-code", _("A square QR code on a sheet of paper")
    SCAN = "scan", _("A hand holds a phone before a QR code")
    READ_NAME = "read-name", _("An elder reads a name from the phone aloud")
    AMOUNT = "amount", _("A phone with an amount of money, and banknotes")
    STALL = "stall", _("A market stall with a large QR board")
    MORNING = "morning", _("A seller scans her own QR board in the morning")
    MONEY_IN = "money-in", _("A phone that shows money coming in")
    LOUDSPEAKER = "loudspeaker", _("A loudspeaker and a picture, both with a question mark")
    BANK = "bank", _("An elder calls the bank")

    @property
    def url(self) -> str:
        return static(f"drawings/{self.value}.svg")
