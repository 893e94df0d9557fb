"""Bugs that make a number wrong, or two numbers that should be one."""

from tests.mutations.making import bug

API = "tests.outreach.api"

BUGS = (
    bug(
        "a home is reached as often as it is visited",
        "outreach/coverage/counting.py",
        '{rule: Count("pk", filter=counted)',
        '{rule: Count("household__visits", filter=counted)',
        "tests.outreach.test_coverage.AHousehold",
    ),
    bug(
        "the workbook's homes are as many as their visits",
        "outreach/coverage/__init__.py",
        'homes=Count("household", distinct=True)',
        'homes=Count("household")',
        "tests.outreach.test_workbook",
    ),
    bug(
        "a team goes on working through those who left it",
        "outreach/coverage/teams.py",
        "if joined <= day and (left is None or day <= left)\n",
        "if joined <= day\n",
        "tests.outreach.test_teams_and_ladder.ATeam",
    ),
    bug(
        "phones see a target beside the numbers of this month only",
        "outreach/phone_targets.py",
        "    return Period(target.first, today)\n",
        "    return Period(max(target.first, today.replace(day=1)), today)\n",
        f"{API}.test_phone_targets.APhone",
    ),
    bug(
        "phones that ask again never learn that a number changed",
        "outreach/api/targets.py",
        'json.dumps(said["areas"], sort_keys=True)',
        'json.dumps([area["code"] for area in said["areas"]])',
        f"{API}.test_phone_targets.Asking",
    ),
    bug(
        "a form's row of teams counts visits as households",
        "outreach/own_form/values.py",
        '"to.ho_da_den": row.reached,',
        '"to.ho_da_den": row.visits,',
        "tests.outreach.own_form.test_filling.RowsOfTeams",
    ),
    bug(
        "a day above the cap of days is paid",
        "outreach/allowances.py",
        "person.days >= rule.most_days",
        "person.days > rule.most_days",
        "tests.outreach.test_allowances.ADay",
    ),
    bug(
        "a report that begins in mid-month pays days above the cap",
        "outreach/allowances.py",
        "from_first = period.first and period.first.replace(day=1)",
        "from_first = period.first",
        "tests.outreach.test_allowances.AWardsPersonDays",
    ),
    bug(
        "the ladder begins with what was seen in the period",
        "outreach/coverage/ladder.py",
        "found[_Climb(part, year, _or_else(before, first), packed)] += 1\n",
        "found[_Climb(part, year, _or_else(first, before), packed)] += 1\n",
        "tests.outreach.test_teams_and_ladder.TheLadder",
    ),
    bug(
        "the checksum forgets the numbers of the last rows",
        "outreach/office_sheet.py",
        'if cell is not None and cell.data_type == "n" and cell.value is not None:\n',
        'if cell is not None and cell.data_type == "n" and self.written < 20:\n',
        "tests.outreach.test_workbook_sheets.TheChecksum",
    ),
)
