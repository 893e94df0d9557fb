"""The cast of the tests: Lan visits, Minh leads her team, Hoa works at the ward, the editor writes
lessons, the city reads numbers, An administers, and Bình belongs to another ward."""

from dataclasses import dataclass
from datetime import date

from courses.catalogue import load_catalogue
from outreach.indicators import put_standard
from volunteers import roles
from volunteers.models import Area, Membership, RoleGrant, Team, User

PASSWORD = "gõ-cửa-từng-nhà"
Role = RoleGrant.Role


@dataclass
class Cast:
    city: Area
    ward: Area
    kp1: Area
    kp2: Area
    other_ward: Area
    other_kp: Area
    team: Team
    other_team: Team
    lan: User
    minh: User
    hoa: User
    editor: User
    city_viewer: User
    admin: User
    binh: User


def make_person(username: str, full_name: str, **fields) -> User:
    return User.objects.create_user(username, PASSWORD, full_name=full_name, **fields)


def make_cast() -> Cast:
    """Two wards of one city with a team each, one person of every role, the skills catalogue."""
    load_catalogue()
    put_standard()
    city = Area.objects.create(code="79", name="Thành phố Hồ Chí Minh", level="province")
    opened = {"level": "commune", "parent": city, "opened_on": date(2025, 7, 1)}
    ward = Area.objects.create(code="27139", name="Phường Xuân Hòa", **opened)
    other_ward = Area.objects.create(code="27160", name="Phường Bàn Cờ", **opened)
    kp1, kp2 = ward.add_child("Khu phố 1"), ward.add_child("Khu phố 2")
    other_kp = other_ward.add_child("Khu phố 1")
    team = Team.objects.create(ward=ward, name="Tổ công nghệ số khu phố 1")
    team.areas.set([kp1])
    other_team = Team.objects.create(ward=other_ward, name="Tổ công nghệ số khu phố 1")
    other_team.areas.set([other_kp])
    people = {
        "lan": make_person("lan", "Nguyễn Thị Lan", phone="0912345678"),
        "minh": make_person("minh", "Trần Văn Minh"),
        "hoa": make_person("hoa", "Lê Thị Hoa"),
        "editor": make_person("bien-tap", "Phạm Biên Tập"),
        "city_viewer": make_person("thanh-pho", "Võ Thành Phố"),
        "admin": make_person("quan-tri", "Đỗ Văn An"),
        "binh": make_person("binh", "Hoàng Văn Bình"),
    }
    roles.join(people["lan"], team)
    roles.join(people["minh"], team, Membership.Role.LEADER)
    roles.join(people["binh"], other_team)
    roles.grant(people["hoa"], Role.OFFICER, ward)
    roles.grant(people["editor"], Role.EDITOR)
    roles.grant(people["city_viewer"], Role.VIEWER, city)
    roles.grant(people["admin"], Role.ADMINISTRATOR)
    return Cast(
        city=city, ward=ward, kp1=kp1, kp2=kp2, other_ward=other_ward, other_kp=other_kp,
        team=team, other_team=other_team, **people,
    )  # fmt: skip
