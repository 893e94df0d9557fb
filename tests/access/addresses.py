"""Who may open which address. The walk fails when an address of ours is missing here.

One line an address: its name, who opens it, and what it is about (see world.py). Everybody else,
and those who open ours but ask for a foreign one, must get what they get for an absent one.
"""

from dataclasses import dataclass

from tests.access.world import (
    ALLOWANCE,
    CARD,
    ENDED_AREA,
    EXPORT,
    HOUSEHOLD,
    INDICATOR,
    LANE,
    LESSONS,
    LIST,
    MEMBERSHIP,
    MET_LIST,
    NEIGHBOURHOOD,
    PHONE,
    REPORT_FORM,
    RESIDENT,
    ROLE,
    TARGET,
    TEAM,
    VISIT,
    VOLUNTEER,
    WAITING,
    WARD,
    Thing,
)

ROLES = ("anonymous", "binh", "lan", "minh", "hoa", "editor", "city_viewer", "admin")
PEOPLE = ROLES[1:]
# Plain members have no desk: the whole admin is closed to them.
WITHOUT_DESK = ("binh", "lan")
KEEPERS = ("hoa", "admin")


@dataclass(frozen=True)
class Rule:
    """`opens`: who gets 200 or a redirect onwards for ours; `everywhere`: who also does for a
    foreign one. `post`: the address answers POST only."""

    opens: tuple[str, ...]
    thing: Thing | None = None
    everywhere: tuple[str, ...] = ()
    post: bool = False


def public(thing: Thing | None = None) -> Rule:
    """For everyone alike."""
    return Rule(ROLES, thing, ROLES)


def kept(thing: Thing | None = None, post: bool = False) -> Rule:
    """For the ward's officer, and for administrators in every ward."""
    return Rule(KEEPERS, thing, ("admin",), post)


def administered(thing: Thing | None = None) -> Rule:
    return Rule(("admin",), thing, ("admin",))


def at_doors(thing: Thing | None = None) -> Rule:
    """For the team, its leader and the ward's officer. The foreign thing is Bình's own."""
    if thing is None:
        return Rule(("binh", "lan", "minh", "hoa"))
    return Rule(("lan", "minh", "hoa"), thing, ("binh",))


def counted(thing: Thing | None = None, post: bool = False) -> Rule:
    """For whom numbers are: the ward's officer, the viewer of its city, administrators."""
    return Rule(("hoa", "city_viewer", "admin"), thing, ("city_viewer", "admin"), post)


ADDRESSES = {
    "healthz": public(),
    "readyz": public(),
    "ward": public(WARD),
    "stylesheet": public(Thing(lambda w: ["0"], lambda w: ["1"], ("2",))),
    "lesson_search": public(),
    "chosen_lessons": public(LESSONS),
    "hoc/<str:numbers>/": public(LESSONS),
    "account_login": public(),
    "account_inactive": public(),
    # Who is not logged in is sent to the first page.
    "account_logout": Rule(ROLES),
    "account_change_password": Rule(PEOPLE),
    "account_reauthenticate": Rule(PEOPLE),
    "after_login": Rule(PEOPLE),
    # Only sends on to where the doors are.
    "field": Rule(PEOPLE),
    "find_household": at_doors(),
    "household": at_doors(HOUSEHOLD),
    "visit": at_doors(VISIT),
    "void_visit": at_doors(VISIT),
    "withdraw_consent": at_doors(RESIDENT),
    "card_areas": at_doors(),
    "card_sheet": at_doors(NEIGHBOURHOOD),
    # Every code, valid or not, opens something for everyone; see the tests of the cards.
    "card": public(CARD),
    "roster_imports": Rule(("hoa",)),
    "roster_upload": Rule(("hoa",)),
    "roster_import": Rule(("hoa",), LIST),
    "confirm_roster_import": Rule(("hoa",), LIST, post=True),
    "discard_roster_import": Rule(("hoa",), LIST, post=True),
    "correct_roster_import": Rule(("hoa",), LIST, post=True),
    "roster_left_out": Rule(("hoa",), LIST),
    "undo_roster_import": Rule(("hoa",), LIST),
    "roster_rules": Rule(("hoa",), WARD),
    "waiting_events": Rule(("minh", "hoa")),
    # Waits for the officer; what the leader chooses is in tests/outreach/test_deciding.py.
    "waiting_event": Rule(("hoa",), WAITING),
    "accept_event": Rule(("hoa",), WAITING, post=True),
    "reject_event": Rule(("hoa",), WAITING, post=True),
    "coverage_start": counted(),
    "coverage_of": counted(WARD),
    "coverage_workbook": counted(WARD, post=True),
    "allowances": kept(WARD),
    "add_allowance": kept(WARD),
    "edit_allowance": kept(ALLOWANCE),
    "delete_allowance": kept(ALLOWANCE),
    "exports": counted(),
    "export": counted(EXPORT),
    "fetch_export": counted(EXPORT),
    "ask_export_again": Rule(("hoa",), EXPORT, post=True),
    "delete_export": Rule(("hoa",), EXPORT, post=True),
    "report_forms": counted(),
    "add_report_form": kept(WARD),
    "example_report_form": counted(WARD),
    "form_placeholders": counted(WARD),
    # The city's own form is in tests/outreach/own_form.
    "report_form": kept(REPORT_FORM),
    "fill_report_form": kept(REPORT_FORM, post=True),
    "report_form_file": kept(REPORT_FORM),
    "replace_report_form": kept(REPORT_FORM),
    "remove_report_form": kept(REPORT_FORM),
    "coverage_list": Rule(("hoa",), MET_LIST),
    "coverage_list_file": Rule(("hoa",), MET_LIST, post=True),
    "indicators": administered(),
    "add_indicator": administered(),
    "edit_indicator": administered(INDICATOR),
    "delete_indicator": administered(INDICATOR),
    "targets_start": kept(),
    "targets": kept(WARD),
    "add_target": kept(WARD),
    "targets_sheet": kept(WARD),
    "import_targets": kept(WARD),
    "edit_target": kept(TARGET),
    "delete_target": kept(TARGET),
    "volunteers:wards": kept(),
    "volunteers:open_ward_search": administered(),
    "volunteers:open_ward": administered(WARD),
    "volunteers:ward": kept(WARD),
    "volunteers:areas": kept(WARD),
    "volunteers:add_neighbourhoods": kept(WARD),
    "volunteers:add_team": kept(WARD),
    "volunteers:own_areas": kept(),
    "volunteers:area": kept(LANE),
    "volunteers:add_lanes": kept(NEIGHBOURHOOD),
    "volunteers:end_area": kept(NEIGHBOURHOOD),
    "volunteers:resume_area": kept(ENDED_AREA, post=True),
    "volunteers:teams": Rule(("minh", *KEEPERS)),
    "volunteers:team": Rule(("minh", *KEEPERS), TEAM, ("admin",)),
    "volunteers:edit_team": kept(TEAM),
    "volunteers:add_new_member": kept(TEAM),
    "volunteers:add_known_member": kept(TEAM),
    "volunteers:change_membership": kept(MEMBERSHIP),
    "volunteers:end_membership": kept(MEMBERSHIP),
    "volunteers:people": kept(),
    "volunteers:add_staff": administered(),
    "volunteers:person": Rule(("minh", *KEEPERS), VOLUNTEER, ("admin",)),
    "volunteers:edit_person": kept(VOLUNTEER),
    "volunteers:reset_password": Rule(("minh", *KEEPERS), VOLUNTEER, ("admin",)),
    "volunteers:close_account": kept(VOLUNTEER),
    "volunteers:reopen_account": kept(VOLUNTEER, post=True),
    "volunteers:phones": Rule(("minh", "hoa")),
    "volunteers:give_phone_code": Rule(("minh", "hoa"), VOLUNTEER),
    "volunteers:revoke_phone": Rule(("minh", "hoa"), PHONE),
    "volunteers:give_role": administered(VOLUNTEER),
    "volunteers:end_role": administered(ROLE),
}

# The API for phones: log-ins mean nothing there, so everybody gets the same; what its credentials
# open is in tests/outreach/api.
API = {
    "api:openapi-json",
    "api:api-root",
    "api:enrol",
    "api:push",
    "api:pull",
    "api:digest",
    "api:bucket",
    "api:assign",
    "api:targets",
    "api/<path:rest>",
}

# Addresses without a name, by their pattern, and what the walk leaves out: they only redirect, or
# are the answer to whatever does not exist.
UNNAMED = {"admin/login/", "_util/login/", "admin/test404/", "admin/^.*/$"}

# Wagtail's own addresses are many and change with it; their rule is cms/admin_door.py.
WAGTAIL_FOR_ALL_STAFF = {
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_logout",
    "wagtailadmin_dismissibles",
}
WAGTAIL_FOR_EVERYONE = {
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_login",
    "wagtailcore_login",
    "wagtailcore_authenticate_with_password",
    "wagtail_serve",
    "wagtaildocs_serve",
    "wagtaildocs_authenticate_with_password",
}
# Nobody, administrators included, finds anything below these.
WAGTAIL_FOR_NOBODY = (
    "wagtailusers_users:",
    "wagtailusers_groups:",
    "wagtailadmin_password_reset",
    "wagtailadmin_error_test",
)
# Who writes lessons, and who administers: there Wagtail's own permissions decide.
WAGTAIL_WRITERS = ("editor", "admin")
