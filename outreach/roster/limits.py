"""How much a file may hold, and how the reading process says that it holds more.

Part of the reading process: knows neither Django nor the database.
"""

from dataclasses import dataclass

# Longer texts are cut; nothing a list needs is that long.
MAX_TEXT = 1_000


@dataclass(frozen=True)
class Limits:
    """At most so many, in a sheet or (`sheets`, `cells`) in the whole file. Columns further to the
    right are left out; of everything else more is refused."""

    rows: int
    columns: int
    sheets: int
    cells: int
    merged_cells: int
    # For the reading process itself.
    memory: int
    seconds: int


class Unfit(Exception):
    """The file cannot be read. `code` and `parameters` name a sentence of problems.SENTENCES."""

    def __init__(self, code: str, **parameters: int):
        super().__init__(code)
        self.code = code
        self.parameters = parameters
