"""What a mutation is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """`old` stands once in the file."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutation:
    """A bug, and the labels of which at least one test must fail. `database`: "postgres" where
    SQLite's one writer at a time hides it."""

    bug: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
    database: str = "sqlite"


def bug(says: str, path: str, old: str, new: str, *tests: str, database="sqlite") -> Mutation:
    return Mutation(says, (Edit(path, old, new),), tests, database)
