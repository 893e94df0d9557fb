"""All placeholders with what they mean and what they give, for the page that lists them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from outreach.own_form.placeholders import (
    EACH_TEAM,
    GENERAL,
    LINE,
    OF_TEAM,
    PIECES,
    REPEATS,
    of_indicator,
    pieces_of,
    placeholders_in,
    write,
)
from outreach.own_form.values import Report, Values


@dataclass(frozen=True)
class Entry:
    """`words`: what it gives now; empty when that is an empty cell."""

    written: str
    meaning: str
    words: str


@dataclass(frozen=True)
class Entries:
    title: str
    entries: list[Entry]


def groups_of(report: Report) -> list[Entries]:
    """For the whole area; rows as their first area has them."""
    counted = report.whole.counted
    found = [
        Entries(_("Anywhere"), [_entry(name, GENERAL[name], report.whole) for name in GENERAL])
    ]
    for repeat, lines in report.lines.items():
        rows = [Entry(write(repeat), str(REPEATS[repeat]), "")]
        for name, meaning in (LINE | OF_TEAM).items():
            if lines and name in lines[0].general:
                rows.append(_entry(name, meaning, lines[0]))
        is_team = repeat == EACH_TEAM
        title = _("In a row of teams") if is_team else _("In a row that is repeated")
        found.append(Entries(title, rows))
    for figure in counted.indicators:
        title = f"{figure.name} ({figure.indicator.unit})"
        entries = [
            _entry(of_indicator(figure.code, piece)[2:-2], PIECES[piece], report.whole)
            for piece in pieces_of(figure.indicator)
        ]
        found.append(Entries(title, entries))
    return found


def _entry(name: str, meaning: object, values: Values) -> Entry:
    (placeholder,) = placeholders_in(write(name))
    value = values.of(placeholder)
    return Entry(placeholder.written, str(meaning), "" if value.content is None else value.words)
