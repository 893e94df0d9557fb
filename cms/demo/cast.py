"""The demo: two wards, a team in each, and somebody to log in as for every role."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cms.demo.seeding import Seeding
from courses.catalogue import load_catalogue
from courses.first_lessons import load_lessons
from outreach.indicators import put_standard
from outreach.models import Household
from volunteers import roles
from volunteers.areas_import import AREAS_FILE, import_areas, read_areas
from volunteers.models import Area, Membership, RoleGrant, Team, User

CITY, WARD, OTHER_WARD = "79", "27139", "27160"
Role = RoleGrant.Role


@dataclass(frozen=True)
class Login:
    username: str
    full_name: str
    what: str


# Longer than the demo has visits.
MEMBERS_FOR = timedelta(days=400)

LOGINS = [
    Login("lan", "Nguyễn Thị Lan", "tình nguyện viên, Tổ khu phố 1"),
    Login("minh", "Trần Văn Minh", "tổ trưởng, Tổ khu phố 1"),
    Login("hoa", "Lê Thị Hoa", "cán bộ Phường Xuân Hòa"),
    Login("bien-tap", "Phạm Thu Biên", "biên tập bài học"),
    Login("thanh-pho", "Võ Thành Phố", "xem số liệu Thành phố Hồ Chí Minh"),
    Login("binh", "Hoàng Văn Bình", "tình nguyện viên phường khác (Bàn Cờ)"),
    Login("quan-tri", "Đỗ Văn An", "quản trị"),
]


@transaction.atomic
def load_demo() -> list[Login]:
    """Make the demo; again it only mends what is missing, and sets the passwords anew."""
    load_catalogue()
    put_standard()
    if not Area.objects.filter(pk=OTHER_WARD).exists():
        import_areas(read_areas(AREAS_FILE))
    load_lessons()
    people = {login.username: _account(login) for login in LOGINS}
    ward, other = _open(WARD), _open(OTHER_WARD)
    seeding, other_seeding = Seeding(ward, seed=1), Seeding(other, seed=2)
    team = _team(ward, seeding.neighbourhoods()[:2], "Tổ công nghệ số khu phố 1 và 2")
    other_team = _team(other, other_seeding.neighbourhoods()[:1], "Tổ công nghệ số khu phố 1")
    roles.join(people["lan"], team)
    roles.join(people["minh"], team, Membership.Role.LEADER)
    roles.join(people["binh"], other_team)
    _joined_long_ago(team, other_team)
    roles.grant(people["hoa"], Role.OFFICER, ward)
    roles.grant(people["bien-tap"], Role.EDITOR)
    roles.grant(people["thanh-pho"], Role.VIEWER, Area.objects.get(pk=CITY))
    roles.grant(people["quan-tri"], Role.ADMINISTRATOR)
    for run, homes, visits in ((seeding, 60, 70), (other_seeding, 20, 12)):
        if not Household.objects.filter(ward=run.ward).exists():
            run.fill(homes, visits)
    return LOGINS


def _joined_long_ago(*teams: Team) -> None:
    """Before the first visits of the demo, so that these are their teams' work."""
    since = timezone.localdate() - MEMBERS_FOR
    Membership.objects.current().filter(team__in=teams).update(joined_on=since)


def _account(login: Login) -> User:
    user, _ = User.objects.get_or_create(
        username=login.username, defaults={"full_name": login.full_name}
    )
    user.set_password(settings.DEMO_PASSWORD)
    user.must_change_password = False
    user.is_active = True
    user.save()
    return user


def _open(code: str) -> Area:
    ward = Area.objects.get(pk=code)
    if ward.opened_on is None:
        ward.opened_on = timezone.localdate()
        ward.save(update_fields=["opened_on"])
    return ward


def _team(ward: Area, areas: list[Area], name: str) -> Team:
    team, _ = Team.objects.get_or_create(ward=ward, name=name)
    team.areas.set(areas)
    return team
