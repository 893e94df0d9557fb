#!/usr/bin/env python
"""Django's command line for Ngõ Số."""

import os
import sys


def refuse_broken_text(arguments: list[str]) -> None:
    """End with exit code 2 when a word is no UTF-8, which no database stores and no terminal
    shows."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = argument.encode("ascii", "backslashreplace").decode()
            sys.stderr.write(f"{shown}: expected text in UTF-8; please write it anew.\n")
            sys.exit(2)


if __name__ == "__main__":
    refuse_broken_text(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
