"""Which rows belong to one household: where each begins."""

from collections.abc import Callable
from itertools import pairwise

from outreach.addresses import address_key
from outreach.roster.meanings import Meaning
from outreach.roster.neighbourhoods import without_mention
from outreach.roster.rows import ListedRow, RowReader
from volunteers.names import fold

Group = list[ListedRow]
Begins = Callable[[ListedRow, ListedRow], bool]
# Homes are told by their addresses alone where so many rows repeat the one above and so many people
# are younger than CHILD: heads of many flats at one address are grown up.
REPEATED, CHILDREN, CHILD = 0.5, 0.05, 16
# From this share of rows on, blank cells mean "as above" and are no oversight.
SPARSE = 0.1


def group_rows(reader: RowReader, rows: list[ListedRow]) -> tuple[list[Group], bool]:
    """The rows of each household, and whether the list names all members."""
    begins, names_members = _how_households_begin(reader, rows)
    return _group(rows, begins), names_members


def _how_households_begin(reader: RowReader, rows: list[ListedRow]) -> tuple[Begins | None, bool]:
    """Whether a row, coming after another, begins a household (None: every row does), and whether
    the list names all members."""
    columns = reader.columns
    number = Meaning.HOUSEHOLD_NUMBER if columns.has(Meaning.HOUSEHOLD_NUMBER) else Meaning.NUMBER

    heads = any(row.is_head for row in rows)

    def sparse(meaning: Meaning) -> bool:
        lacking = sum(meaning not in row.own for row in rows)
        return columns.has(meaning) and SPARSE * len(rows) <= lacking < len(rows)

    def by_number(before: ListedRow, row: ListedRow) -> bool:
        if number not in row.own or row.household_number != before.household_number:
            return number in row.own
        # Numbers that begin anew in each neighbourhood may meet.
        elsewhere = row.neighbourhood and row.neighbourhood != before.neighbourhood
        return bool(elsewhere) or ((row.is_head or not heads) and _moved(before, row))

    def by_head_name(before: ListedRow, row: ListedRow) -> bool:
        if not row.head_name or Meaning.HEAD_NAME not in row.own:
            return False
        return row.head_name != before.head_name or _moved(before, row)

    def by_relation(before: ListedRow, row: ListedRow) -> bool:
        return row.is_head or _moved(before, row)

    def by_address(before: ListedRow, row: ListedRow) -> bool:
        return Meaning.ADDRESS in row.own or Meaning.HOUSE_NUMBER in row.own

    if columns.has(Meaning.HEAD_NAME) and columns.has(Meaning.NAME):
        return by_head_name, True
    repeated = number == Meaning.HOUSEHOLD_NUMBER and len(
        {(row.section, row.household_number) for row in rows}
    ) < len(rows)
    if repeated or (sparse(number) and (heads or number == Meaning.HOUSEHOLD_NUMBER)):
        return by_number, True
    if heads:
        return by_relation, True
    if sparse(number) and (sparse(Meaning.ADDRESS) or sparse(Meaning.HOUSE_NUMBER)):
        return by_number, True
    if not columns.has(Meaning.HEAD_NAME) and sparse(Meaning.ADDRESS):
        return by_address, True
    if not columns.has(Meaning.HEAD_NAME) and _lists_children(reader, rows):
        return _at_another_address, True
    return None, False


def _moved(before: ListedRow, row: ListedRow) -> bool:
    if not row.address or not before.address or row.address == before.address:
        return False
    here, there = (without_mention(one.address or "")[0] for one in (row, before))
    return address_key(here) != address_key(there)


def _at_another_address(before: ListedRow, row: ListedRow) -> bool:
    return bool(row.address) and fold(row.address or "") != fold(before.address or "")


def _lists_children(reader: RowReader, rows: list[ListedRow]) -> bool:
    """Whether the rows are of persons although nothing tells the homes but equal addresses."""
    repeated = sum(
        bool(row.address) and row.address == before.address for before, row in pairwise(rows)
    )
    youngest = reader.this_year - CHILD
    children = sum(row.birth_year is not None and row.birth_year > youngest for row in rows)
    return repeated >= REPEATED * len(rows) and children >= max(1, CHILDREN * len(rows))


def _group(rows: list[ListedRow], begins: Begins | None) -> list[Group]:
    groups: list[Group] = []
    has_head = False
    for row in rows:
        before = groups[-1][-1] if groups else None
        if (
            before is None
            or begins is None
            or row.section != before.section
            or begins(before, row)
            or (row.is_head and has_head)
        ):
            groups.append([])
            has_head = False
        groups[-1].append(row)
        has_head = has_head or row.is_head
    return groups
