"""Backups of everything the product holds, and the way back: database, media, never uploads."""


class Impossible(Exception):
    """Neither a backup nor a restore is possible; the message says why and what to do. `usage`:
    the command was called wrongly, rather than something being broken."""

    def __init__(self, message: str, *, usage: bool = False):
        super().__init__(message)
        self.usage = usage
