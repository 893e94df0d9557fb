"""What a column holds, by what stands in it: for lists whose headings say nothing that we know."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

from outreach.cards import is_card_code
from outreach.roster.grid import Grid, Value
from outreach.roster.meanings import Meaning
from outreach.roster.naming import is_organisation, looks_like_name, without_title
from outreach.roster.neighbourhoods import parse_neighbourhood
from outreach.roster.vocabulary import MEN, RELATIONS, WOMEN
from volunteers.names import fold
from volunteers.phones import normalise_phone

LOOKED_AT = 400
FEWEST = 3
TALLEST_HEADER = 3
_STREET_NUMBER = re.compile(
    r"^(?:so (?:nha )?)?(?:[a-z]\d*|[a-z]?\d+[a-z]?)(?:\s*[/\-.]\s*\d*[a-z]?\d*)*\b"
)
_STREET_WORDS = re.compile(
    r"^(?:hem|ngo|ngach|kiet|duong|pho|thon|ap|to|khu|lo|can ho|chung cu|cc|so nha|xom|khom|ban"
    r"|tdp|doi|block|toa|tang|quoc lo|ql|tinh lo|hxh|ben)\b"
)
_DATE = re.compile(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}")
# Shares of the cells that have to look so.
MOST, HALF = 0.6, 0.5


def kind_of(value: Value, this_year: int) -> Meaning | None:
    """What a single cell looks like; None: nothing that we know."""
    if isinstance(value, date):
        return Meaning.BIRTH if 1900 <= value.year <= this_year else None
    if isinstance(value, int | float):
        return _kind_of_number(value, this_year)
    text = value.strip()
    folded = fold(text)
    if text.isdigit() and len(text) < 9:
        return _kind_of_number(int(text), this_year)
    if is_card_code(text):
        return Meaning.CARD_CODE
    if folded in RELATIONS and folded not in MEN | WOMEN:
        return Meaning.RELATION
    if folded in MEN | WOMEN:
        return Meaning.SEX
    if _DATE.fullmatch(folded):
        return Meaning.BIRTH
    if _is_phone(text):
        return Meaning.PHONE
    place = parse_neighbourhood(text)
    if place and place.kind:
        return Meaning.NEIGHBOURHOOD
    if _is_address(folded):
        return Meaning.ADDRESS
    bare = without_title(re.sub(r"[\s,\-–]*\(?(?:sn )?\d{4}\)?$", "", text))[0]
    if looks_like_name(bare) and not is_organisation(text):
        return Meaning.NAME
    return None


def _kind_of_number(number: int | float, this_year: int) -> Meaning | None:
    if 1900 <= number <= this_year:
        return Meaning.BIRTH
    if number >= 300_000_000 and _is_phone(str(int(number))):
        return Meaning.PHONE
    return Meaning.NUMBER if 0 < number < 100_000 and number == int(number) else None


def _is_phone(text: str) -> bool:
    if sum(map(str.isdigit, text)) < 9:
        return False
    try:
        return normalise_phone(re.split(r"[/,;(]", text)[0])[1] in "235789"
    except ValueError:
        return False


def _is_address(folded: str) -> bool:
    if sum(map(str.isdigit, folded)) > 8 or "%" in folded:
        return False
    if match := _STREET_NUMBER.match(folded):
        rest = re.findall(r"[a-z]{2,}", folded[match.end() :])
        return (
            len(rest) >= 2
            or ("/" in match[0] and not rest)
            or bool(_STREET_WORDS.match(folded[match.end() :].strip(" ,.")))
        )
    return bool(_STREET_WORDS.match(folded)) and any(map(str.isdigit, folded))


def guess_columns(
    values: Mapping[int, list[Value]], known: Iterable[Meaning], this_year: int, *, thorough: bool
) -> dict[int, Meaning]:
    """What these columns of unknown heading hold, beside what is `known` already. `thorough`: the
    name or the address is among them, so everything else may be as well."""
    found: dict[int, Meaning] = {}
    taken = set(known)
    if taken & {Meaning.NAME, Meaning.HEAD_NAME, Meaning.MEMBERS}:
        taken |= {Meaning.NAME, Meaning.HEAD_NAME}
    if taken & {Meaning.ADDRESS, Meaning.HOUSE_NUMBER}:
        taken.add(Meaning.ADDRESS)
    counts = {
        index: Counter(kind_of(value, this_year) for value in column[:LOOKED_AT])
        for index, column in values.items()
    }
    wanted = [Meaning.CARD_CODE, Meaning.PHONE]
    if thorough:
        wanted = [*_ALWAYS_FIRST, Meaning.BIRTH, Meaning.SEX, Meaning.NEIGHBOURHOOD, *wanted]
        wanted += [Meaning.RELATION, Meaning.NUMBER, Meaning.SIZE]
    for meaning in wanted:
        if meaning in taken:
            continue
        free = [index for index in counts if index not in found]
        fitting = [i for i in free if _fits(meaning, counts[i], values[i], this_year)]
        if fitting:
            found[_best(meaning, fitting, counts, values)] = meaning
    return found


_ALWAYS_FIRST = [Meaning.NAME, Meaning.ADDRESS]


def _best(
    meaning: Meaning,
    fitting: list[int],
    counts: Mapping[int, Counter],
    values: Mapping[int, list[Value]],
) -> int:
    """Names and addresses are many and differ; of others the first column is taken."""
    if meaning in (Meaning.NAME, Meaning.ADDRESS):
        return max(fitting, key=lambda i: (counts[i][meaning], len(set(values[i])), -i))
    return fitting[0]


def _fits(meaning: Meaning, count: Counter, values: list[Value], this_year: int) -> bool:
    looked = values[:LOOKED_AT]
    if meaning == Meaning.SIZE:
        numbers = [value for value in looked if isinstance(value, int) and 0 < value <= 20]
        return len(numbers) >= FEWEST and len(numbers) >= MOST * len(looked)
    share = count[meaning] / len(looked) if looked else 0
    if count[meaning] < FEWEST or share < MOST:
        return False
    if meaning == Meaning.NUMBER:
        return _counts_up(looked)
    if meaning == Meaning.BIRTH:
        # Days of registration lie close together and near; births are spread over lives.
        years = sorted(_years(looked))
        return years[-1] - years[0] >= 5 and years[len(years) // 2] < this_year - 12
    if meaning == Meaning.NAME:
        return len(set(looked)) >= HALF * len(looked)
    return True


def _years(values: Iterable[Value]) -> Iterable[int]:
    for value in values:
        if isinstance(value, date):
            yield value.year
        elif match := re.search(r"(?<!\d)\d{4}(?!\d)", str(value)):
            yield int(match[0])
        else:
            yield 1950


def _counts_up(values: list[Value]) -> bool:
    numbers = [int(str(value)) for value in values if str(value).isdigit()]
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    return steps >= MOST * (len(numbers) - 1)


def guess_table(grid: Grid, this_year: int) -> tuple[int, int, int] | None:
    """Top and bottom of the header (0, 0: none) and the first row of a table of people whose
    headings are unknown; None when there is none. It takes names beside addresses, in three rows
    at least and in most of those that look like rows."""
    numbers = sorted(grid.rows)[:LOOKED_AT]
    kinds = {
        number: {column: kind_of(value, this_year) for column, value in grid.rows[number].items()}
        for number in numbers
    }
    found = None
    for name in _columns_of(kinds, Meaning.NAME):
        for address in _columns_of(kinds, Meaning.ADDRESS):
            body = [
                number
                for number in numbers
                if kinds[number].get(name) == Meaning.NAME
                and kinds[number].get(address) == Meaning.ADDRESS
            ]
            if name != address and len(body) >= FEWEST and (not found or len(body) > len(found)):
                names = {grid.rows[number][name] for number in body}
                if len(names) >= HALF * len(body) and _is_dense(grid, body, address):
                    found = body
    if found is None:
        return None
    return _above(grid, numbers, found[0])


def _columns_of(kinds: Mapping[int, Mapping[int, Meaning | None]], meaning: Meaning) -> list[int]:
    counts = Counter(
        column for row in kinds.values() for column, kind in row.items() if kind == meaning
    )
    return [column for column, count in counts.most_common(3) if count >= FEWEST]


def _is_dense(grid: Grid, body: list[int], address: int) -> bool:
    """Whether most rows from the first to the last that have something in the column are rows of
    the table, and not of a text in which names and addresses happen to stand."""
    filled = [
        number
        for number in grid.rows
        if body[0] <= number <= body[-1]
        and len(grid.rows[number]) > 1
        and address in grid.rows[number]
    ]
    return len(body) >= MOST * len(filled)


def _above(grid: Grid, numbers: list[int], first: int) -> tuple[int, int, int]:
    """The header of the table whose surely readable rows begin in `first`."""
    at = numbers.index(first)
    while at > 0 and _is_row(grid, numbers[at - 1]):
        at -= 1
    first_row = numbers[at]
    header: list[int] = []
    for number in reversed(numbers[:at][-TALLEST_HEADER:]):
        cells = grid.rows[number]
        words = [value for value in cells.values() if isinstance(value, str)]
        if len(cells) < 2 or len(words) < len(cells) or any(len(word) > 60 for word in words):
            break
        if header and len(cells) < 3:
            break
        header.append(number)
    if not header:
        return 0, 0, first_row
    return header[-1], header[0], first_row


def _is_row(grid: Grid, number: int) -> bool:
    """Numbers or dates stand in rows and not in headers; a row that counts columns is neither."""
    cells = list(grid.rows[number].values())
    return (
        len(cells) > 2
        and any(not isinstance(value, str) or re.search(r"\d{4}|\d/\d", value) for value in cells)
        and not all(re.fullmatch(r"\(?\d{1,2}\)?", str(value)) for value in cells)
    )
