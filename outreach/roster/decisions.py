"""What an officer decides about a list when confirming it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from outreach.models import Household


class Decision(TextChoices):
    """About a household that is probably known already."""

    SAME = "same", _("the same household")
    DIFFERENT = "different", _("two households")
    LATER = "later", _("decide later")


@dataclass(frozen=True)
class Decisions:
    """`doubts`: what was decided about a doubtful household, by its key; about others `undecided`
    holds. `close`: homes missing from the list that are to be closed, and why."""

    skip_bad_rows: bool = False
    doubts: Mapping[str, Decision] = field(default_factory=dict)
    undecided: Decision = Decision.DIFFERENT
    close: Mapping[UUID, Household.CloseReason] = field(default_factory=dict)

    def about(self, key: str) -> Decision:
        return self.doubts.get(key, self.undecided)

    def as_json(self) -> dict:
        return {
            "skip_bad_rows": self.skip_bad_rows,
            "doubts": dict(self.doubts),
            "undecided": self.undecided,
            "close": {str(key): reason for key, reason in self.close.items()},
        }

    @classmethod
    def from_json(cls, said: Mapping) -> "Decisions":
        """Raises KeyError or ValueError on anything but what `as_json` gives."""
        return cls(
            skip_bad_rows=said["skip_bad_rows"],
            doubts={key: Decision(value) for key, value in said["doubts"].items()},
            undecided=Decision(said["undecided"]),
            close={UUID(k): Household.CloseReason(v) for k, v in said["close"].items()},
        )


# As the command line imports: what is doubtful is taken as it is written, nothing is closed.
UNDECIDED = Decisions()
