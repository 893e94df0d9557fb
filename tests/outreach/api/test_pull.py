"""What a phone pulls: its people's homes, each change once, and nothing of anybody else's."""

import gzip
import hashlib
from datetime import date

from django.core.cache import cache
from django.test import TestCase
from django.utils import timezone

from outreach import epoch
from outreach.models import Change, Household, Resident, WardFeed
from tests.builders import close_household, give_consent, make_household, make_visit
from tests.outreach.api.phone import caller
from tests.outreach.api.volunteer import PULL, FieldPhone, leave_team
from tests.people import make_cast, make_person
from volunteers import devices, roles
from volunteers.models import Device, RoleGrant


class PullCase(TestCase):
    def setUp(self):
        cache.clear()
        self.cast = make_cast()
        self.lan = FieldPhone.of(self.cast.lan, self.cast.minh)
        self.home = make_household(self.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh")
        self.foreign = make_household(self.cast.other_kp, "Hoàng Văn Tâm")

    def addresses(self) -> list[str]:
        return sorted(home["address"] for home in self.lan.homes.values())

    def get(self, path: str):
        headers = {"Authorization": f"Bearer {self.lan.phone.pull}"}
        return caller().get(path, headers=headers)


class TheFirstPull(PullCase):
    def test_gives_the_team_s_homes_with_their_people_and_levels(self):
        yen = Resident.objects.get(name="Đặng Thị Bích Yến")
        give_consent(yen, self.cast.lan)
        make_visit(self.home, self.cast.lan, levels={(yen, "pay_qr"): 2})
        said = self.lan.pull()
        self.assertEqual(list(self.lan.homes), [str(self.home.pk)])
        home = self.lan.homes[str(self.home.pk)]
        person = next(one for one in home["people"] if one["id"] == str(yen.pk))
        self.assertEqual((person["levels"], person["agreed"]), ({"pay_qr": 2}, True))
        self.assertEqual(home["last_visit"]["outcome"], "met")
        self.assertEqual(said["places"], sorted(self.lan_places()))

    def lan_places(self) -> list[str]:
        return list(self.cast.team.areas.values_list("pk", flat=True))

    def test_is_zipped_for_who_can_unzip(self):
        answer = caller().get(
            PULL,
            headers={
                "Authorization": f"Bearer {self.lan.phone.pull}",
                "Accept-Encoding": "gzip, br",
            },
        )
        self.assertEqual(answer["Content-Encoding"], "gzip")
        self.assertIn("Đặng Thị Bích Yến", gzip.decompress(answer.content).decode())

    def test_is_never_older_than_its_cursor_though_it_is_kept_for_others(self):
        self.lan.pull()
        make_visit(self.home, self.cast.lan, "absent")
        minh = FieldPhone.of(self.cast.minh, self.cast.minh)
        minh.pull()
        self.assertEqual(minh.homes[str(self.home.pk)]["last_visit"]["outcome"], "absent")

    def test_leaves_closed_homes_out(self):
        close_household(self.home, date(2026, 11, 1))
        self.lan.pull()
        self.assertEqual(self.lan.homes, {})


class LaterPulls(PullCase):
    def setUp(self):
        super().setUp()
        self.lan.pull()

    def test_give_nothing_when_nothing_changed(self):
        said = self.lan.ask(self.lan.cursor).json()
        self.assertEqual((said["households"], said["left"], said["statuses"]), ([], [], []))
        self.assertFalse(said["more"])

    def test_give_what_changed_once(self):
        make_household(self.cast.kp1, address="7 Kỳ Đồng", key=self.home.pk)
        new = make_household(self.cast.kp1, "Lê Văn Cường", address="9 Kỳ Đồng")
        make_household(self.cast.other_kp, "Hoàng Văn Em")
        said = self.lan.ask(self.lan.cursor).json()
        self.assertEqual(
            {home["id"] for home in said["households"]}, {str(self.home.pk), str(new.pk)}
        )
        self.lan.pull()
        self.assertEqual(self.addresses(), ["7 Kỳ Đồng", "9 Kỳ Đồng"])
        self.assertEqual(self.lan.ask(self.lan.cursor).json()["households"], [])

    def test_tell_of_a_home_that_closed(self):
        close_household(self.home, date(2026, 11, 1))
        self.lan.pull()
        self.assertEqual(self.lan.homes[str(self.home.pk)]["closed"], "vacant")

    def test_tell_of_a_home_that_moved_out_of_the_team_s_areas(self):
        kp9 = self.cast.ward.add_child("Khu phố 9")
        make_household(kp9, address=self.home.address, key=self.home.pk)
        said = self.lan.ask(self.lan.cursor).json()
        self.assertEqual(said["left"], [{"id": str(self.home.pk), "why": "moved"}])
        self.lan.pull()
        self.assertEqual(self.lan.homes, {})

    def test_bring_the_homes_of_an_area_that_became_the_team_s(self):
        kp9 = self.cast.ward.add_child("Khu phố 9")
        make_household(kp9, "Lê Văn Cường", address="9 Kỳ Đồng")
        self.lan.pull()
        self.assertEqual(len(self.lan.homes), 1)
        self.cast.team.areas.add(kp9)
        self.lan.pull()
        self.assertEqual(len(self.lan.homes), 2)
        self.cast.team.areas.remove(kp9)
        self.lan.pull()
        self.assertEqual(len(self.lan.homes), 1)

    def test_tell_what_became_of_the_phone_s_events(self):
        visit = self.lan.visit(self.home)
        void = self.lan.event("visit.voided", self.home, {"visit": visit["id"], "reason": "nhầm"})
        self.lan.pushed(void)
        self.lan.pull()
        self.assertEqual(self.lan.statuses[void["id"]]["status"], "held")
        self.lan.pushed(visit)
        self.lan.pull()
        self.assertEqual(self.lan.statuses[void["id"]]["status"], "applied")

    def test_tell_nobody_else_of_them(self):
        minh = FieldPhone.of(self.cast.minh, self.cast.hoa)
        minh.pull()
        self.lan.pushed(self.lan.visit(self.home))
        minh.pull()
        self.assertEqual(minh.statuses, {})

    def test_come_in_pages_that_lose_nothing(self):
        make_household(self.cast.kp1, "Lê Văn Cường", address="9 Kỳ Đồng")
        Change.objects.bulk_create(
            Change(ward=self.cast.ward, household=self.home.pk, area=self.cast.kp1.pk)
            for _ in range(1200)
        )
        last = make_household(self.cast.kp1, "Lê Văn Dũng", address="11 Kỳ Đồng")
        self.assertTrue(self.lan.ask(self.lan.cursor).json()["more"])
        self.lan.pull()
        self.assertIn(str(last.pk), self.lan.homes)
        self.assertEqual(len(self.lan.homes), 3)

    def test_after_a_restore_begin_anew(self):
        before = self.lan.ask(self.lan.cursor).json()["epoch"]
        epoch.begin_new_epoch(timezone.now())
        said = self.lan.ask(self.lan.cursor).json()
        self.assertTrue(said["whole"])
        self.assertNotEqual(said["epoch"], before)

    def test_ask_a_constant_number_of_queries(self):
        for count in (2, 30):
            for number in range(count):
                make_household(self.cast.kp1, "Lê Văn Cường", address=f"{count}/{number} Kỳ Đồng")
            self.lan.ask(self.lan.cursor)  # numbers what is new
            with self.assertNumQueries(12):
                self.lan.ask(self.lan.cursor)


class WhoMayNotPull(PullCase):
    def check_closed(self) -> None:
        self.assertEqual(self.lan.ask().status_code, 401)

    def test_is_a_phone_that_was_revoked(self):
        device = Device.objects.get(pk=self.lan.phone.id)
        devices.revoke(device, self.cast.hoa, Device.Reason.LOST, timezone.now())
        self.check_closed()

    def test_is_somebody_whose_account_is_closed(self):
        self.cast.lan.is_active = False
        self.cast.lan.save()
        self.check_closed()

    def test_is_somebody_who_left_the_team(self):
        leave_team(self.cast.lan)
        self.check_closed()

    def test_is_the_phone_of_another_ward(self):
        officer = make_person("cuc", "Trần Thị Cúc")
        roles.grant(officer, RoleGrant.Role.OFFICER, self.cast.other_ward)
        binh = FieldPhone.of(self.cast.binh, officer)
        binh.pull()
        self.assertEqual(list(binh.homes), [str(self.foreign.pk)])

    def test_a_cursor_that_is_not_ours_is_refused(self):
        for cursor in ("x", "W10", "a" * 3000):
            self.assertEqual(self.lan.ask(cursor).json()["code"], "bad_cursor")


class ADriftedPhone(PullCase):
    def test_finds_the_bucket_that_differs_and_repairs_it(self):
        for number in range(20):
            make_household(self.cast.kp1, "Lê Văn Cường", address=f"{number} Kỳ Đồng")
        self.lan.pull()
        right = dict(self.lan.homes)
        lost = sorted(self.lan.homes)[3]
        del self.lan.homes[lost]
        theirs = self.get("/api/v1/sync/digest").json()["buckets"]
        wrong = [sign for sign, digest in theirs.items() if digest != self.digest(sign)]
        self.assertEqual(wrong, [lost[-1]])
        said = self.get(f"/api/v1/sync/buckets/{wrong[0]}").json()
        self.lan.homes |= {home["id"]: home for home in said["households"]}
        self.assertEqual(self.lan.homes, right)

    def digest(self, sign: str) -> str:
        lines = [
            f"{home['id']}:{home['version']}"
            for home in self.lan.homes.values()
            if home["id"][-1] == sign
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()

    def test_gets_no_bucket_that_there_is_not(self):
        self.assertEqual(self.get("/api/v1/sync/buckets/xy").status_code, 404)


class Numbering(PullCase):
    def test_gives_every_change_of_a_ward_one_number(self):
        self.lan.pull()
        numbers = list(Change.objects.filter(ward=self.cast.ward).values_list("number", flat=True))
        self.assertEqual(sorted(numbers), list(range(1, len(numbers) + 1)))
        self.assertEqual(WardFeed.objects.get(ward=self.cast.ward).last, len(numbers))
        self.assertTrue(Household.objects.filter(ward=self.cast.ward).exists())
