"""Dates as Vietnamese people type them, and how they group the digits of numbers; the ISO form is
what browsers' date fields send."""

DATE_INPUT_FORMATS = ["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"]
DATETIME_INPUT_FORMATS = ["%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"]
# 1.234, where a number asks for groups; Django's Vietnamese formats leave their size out.
NUMBER_GROUPING = 3
