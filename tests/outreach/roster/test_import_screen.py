"""The officer's screens: upload, look, confirm. Nobody else finds anything there."""

import io
import os
import re
from datetime import timedelta
from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from outreach.models import Household, LedgerEvent, Resident, RosterImport
from tests.builders import make_household
from tests.outreach.roster.desk import Desk
from tests.outreach.roster.lists import real_list, workbook
from tests.outreach.roster.test_shapes import HEADER, row
from tests.people import make_person
from volunteers import roles
from volunteers.models import RoleGrant


class HoaImportsTheWardsList(Desk):
    def test_from_the_menu_to_the_result(self):
        self.assertContains(
            self.client.get(reverse("wagtailadmin_home")), reverse("roster_imports")
        )
        self.assertContains(self.client.get(reverse("roster_imports")), reverse("roster_upload"))
        self.assertEqual(self.client.get(reverse("roster_upload")).status_code, 200)
        record = self.uploaded(real_list("roster-person-rows"))
        self.assertFalse(Household.objects.exists())
        page = self.look(record)
        for said in ("STT hộ", "Nghề nghiệp", "Đặng Thị Bích Yến", "Khu phố 6", "Kế hoạch 31"):
            self.assertContains(page, said)
        self.assertFalse(Household.objects.exists())
        result = self.confirm(record)
        self.assertContains(
            result, '<td class="w-text-end">300</td><td class="w-text-end">852</td>'
        )
        self.assertEqual(Household.objects.count(), 300)
        self.assertEqual(
            set(LedgerEvent.objects.values_list("actor", flat=True)), {self.cast.hoa.pk}
        )
        record.refresh_from_db()
        self.assertEqual((record.state, record.uploaded_by), ("confirmed", self.cast.hoa))
        self.assertContains(self.client.get(reverse("roster_imports")), "Danh sách hộ.xlsx")

    def test_and_the_file_is_kept_privately_and_no_longer_than_needed(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        file = self.uploads / str(record.pk)
        self.assertEqual(oct(file.stat().st_mode)[-3:], "600")
        self.assertEqual(oct(self.uploads.stat().st_mode)[-3:], "700")
        self.confirm(record)
        self.assertEqual(list(self.uploads.iterdir()), [])

    def test_confirming_twice_imports_once(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        first = self.confirm(record)
        again = self.confirm(record, difference="the-page-was-open-in-another-window")
        self.assertEqual(again.redirect_chain, first.redirect_chain)
        self.assertEqual(LedgerEvent.objects.count(), 180)

    def test_discarding_deletes_the_file_and_imports_nothing(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        self.client.post(reverse("discard_roster_import", args=[record.pk]))
        self.assertEqual(list(self.uploads.iterdir()), [])
        record.refresh_from_db()
        self.assertEqual(record.state, "discarded")
        self.confirm(record, difference="")
        self.assertFalse(Household.objects.exists())
        self.assertEqual(self.look(record).status_code, 200)

    def test_discarding_what_was_imported_changes_nothing(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        self.confirm(record)
        self.client.post(reverse("discard_roster_import", args=[record.pk]))
        record.refresh_from_db()
        self.assertEqual(record.state, "confirmed")

    def test_is_refused_when_the_wards_data_changed_meanwhile(self):
        record = self.uploaded(workbook(HEADER, row()))
        page = self.look(record).content.decode()
        seen = re.search(r'name="difference" value="(\w+)"', page)[1]
        make_household(self.cast.kp1, "Nguyễn Văn An", address="12/5 Võ Thị Sáu")
        result = self.confirm(record, difference=seen)
        self.assertEqual(Household.objects.count(), 1)
        self.assertContains(result, "1950", count=0)
        self.assertContains(result, 'name="difference"')
        self.confirm(record)
        self.assertEqual(Resident.objects.get().birth_year, 1960)

    def test_bad_rows_must_be_left_out_knowingly(self):
        bad = workbook(HEADER, row(), row(2, "Trần Thị Bé", address=None))
        record = self.uploaded(bad)
        page = self.look(record)
        self.assertContains(page, "skip_bad_rows")
        self.assertContains(page, "<td>KP1</td><td>3</td><td>D</td>")
        self.confirm(record)
        self.assertFalse(Household.objects.exists())
        self.confirm(record, skip_bad_rows="on")
        self.assertEqual(Household.objects.count(), 1)

    def test_a_list_without_any_good_row_cannot_be_confirmed(self):
        record = self.uploaded(workbook(HEADER, row(address=None)))
        self.assertNotContains(
            self.look(record), reverse("confirm_roster_import", args=[record.pk])
        )

    def test_the_preview_shows_what_changes_and_what_is_missing(self):
        make_household(self.cast.kp1, "Nguyễn Văn An", address="12/5 Võ Thị Sáu", birth_year=1950)
        make_household(self.cast.kp1, "Lê Văn Cường", address="88 Kỳ Đồng")
        page = self.look(self.uploaded(workbook(HEADER, row())))
        self.assertContains(page, "<td>1950</td><td>1960</td>")
        self.assertContains(page, "<td>88 Kỳ Đồng</td>")

    def test_dropped_columns_are_named_and_their_numbers_shown_nowhere(self):
        content = workbook((*HEADER, "CCCD"), (*row(), "079060001234"))
        page = self.look(self.uploaded(content))
        self.assertContains(page, "CCCD")
        self.assertNotContains(page, "079060001234")

    def test_text_of_the_file_is_never_markup(self):
        name = "<script>alert(1)</script>An"
        page = self.look(self.uploaded(workbook(HEADER, row(name=name))))
        self.assertNotContains(page, "<script>alert")
        self.assertContains(page, "&lt;script&gt;alert")


class AFileThatIsNoList(Desk):
    def test_is_refused_beside_the_field_and_not_kept(self):
        for content, name in (
            (b"", "x.xlsx"),
            (b"%PDF-1.7", "x.xlsx"),
            (b"PK\x03\x04broken", "x.xlsx"),
            (workbook(("Tên thiết bị", "Số lượng"), ("Máy tính", 3)), "x.xlsx"),
        ):
            response = self.upload(content, name)
            self.assertEqual(response.status_code, 200)
            self.assertTrue(response.context["form"].errors["file"])
        self.assertFalse(RosterImport.objects.exists())
        self.assertFalse(self.uploads.exists() and list(self.uploads.iterdir()))

    def test_and_missing_answers_are_said_beside_their_fields(self):
        response = self.client.post(reverse("roster_upload"), {"purpose": "curiosity"})
        errors = response.context["form"].errors
        self.assertEqual(sorted(errors), ["file", "legal_basis", "purpose"])


class AnOldUpload(Desk):
    def make_old(self) -> RosterImport:
        record = self.uploaded(real_list("roster-two-sheets"))
        record.uploaded_at = timezone.now() - timedelta(hours=24, minutes=1)
        record.save()
        return record

    def test_cannot_be_confirmed(self):
        record = self.make_old()
        self.assertEqual(self.look(record).status_code, 200)
        self.assertNotContains(self.look(record), 'name="difference"')
        self.confirm(record, difference="")
        self.assertFalse(Household.objects.exists())

    def test_is_deleted_by_the_command_and_by_the_next_upload(self):
        for sweep in (
            lambda: call_command("delete_expired_uploads", stdout=io.StringIO()),
            lambda: self.upload(workbook(HEADER, row())),
        ):
            record = self.make_old()
            stray = self.uploads / str(uuid4())
            stray.touch()
            sweep()
            record.refresh_from_db()
            self.assertEqual(record.state, "discarded")
            self.assertFalse((self.uploads / str(record.pk)).exists())
            # A fresh file whose import is just being saved is left alone.
            self.assertTrue(stray.exists())
            stray.unlink()

    def test_that_a_stopped_process_left_behind_is_deleted(self):
        self.uploads.mkdir()
        stray = self.uploads / str(uuid4())
        stray.touch()
        long_ago = (timezone.now() - timedelta(hours=25)).timestamp()
        os.utime(stray, (long_ago, long_ago))
        self.upload(workbook(HEADER, row()))
        self.assertFalse(stray.exists())


class Outsiders(Desk):
    def addresses(self, key) -> list[tuple[str, str]]:
        return [
            ("get", reverse("roster_imports")),
            ("get", reverse("roster_upload")),
            ("post", reverse("roster_upload")),
            ("get", reverse("roster_import", args=[key])),
            ("post", reverse("confirm_roster_import", args=[key])),
            ("post", reverse("discard_roster_import", args=[key])),
        ]

    def test_find_nothing(self):
        record = self.uploaded(workbook(HEADER, row()))
        cast = self.cast
        for person in (cast.editor, cast.city_viewer, cast.admin, cast.minh):
            self.client.force_login(person)
            for method, address in self.addresses(record.pk):
                with self.subTest(person.username, address=address):
                    self.assertEqual(getattr(self.client, method)(address).status_code, 404)

    def test_without_a_desk_find_nothing(self):
        record = self.uploaded(workbook(HEADER, row()))
        for person in (self.cast.lan, self.cast.binh):
            self.client.force_login(person)
            for method, address in self.addresses(record.pk) + self.addresses(uuid4()):
                with self.subTest(person.username, address=address):
                    self.assertEqual(getattr(self.client, method)(address).status_code, 404)

    def test_who_are_not_logged_in_are_sent_to_the_log_in(self):
        record = self.uploaded(workbook(HEADER, row()))
        self.client.logout()
        for method, address in self.addresses(record.pk):
            self.assertEqual(getattr(self.client, method)(address).status_code, 302)

    def test_an_officer_of_another_ward_finds_only_their_own(self):
        record = self.uploaded(workbook(HEADER, row()))
        neighbour = make_person("nga", "Phan Thị Nga")
        roles.grant(neighbour, RoleGrant.Role.OFFICER, self.cast.other_ward)
        self.client.force_login(neighbour)
        for method, address in self.addresses(record.pk)[3:]:
            self.assertEqual(getattr(self.client, method)(address).status_code, 404)
        self.assertNotContains(self.client.get(reverse("roster_imports")), "Danh sách hộ.xlsx")
        self.upload(workbook(HEADER, row()), ward=self.cast.ward.pk)
        own = RosterImport.objects.exclude(pk=record.pk).get()
        self.assertEqual(own.ward, self.cast.other_ward)
        record.refresh_from_db()
        self.assertEqual(record.state, "previewed")

    def test_confirm_and_discard_are_never_done_by_a_link(self):
        record = self.uploaded(workbook(HEADER, row()))
        for name in ("confirm_roster_import", "discard_roster_import"):
            self.assertEqual(self.client.get(reverse(name, args=[record.pk])).status_code, 405)


class ListsOfImports(Desk):
    def test_ask_the_same_number_of_queries_however_long(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as counted:
                self.client.get(reverse("roster_imports"))
            return len(counted)

        self.uploaded(workbook(HEADER, row()))
        self.client.get(reverse("roster_imports"))
        few = queries()
        for _ in range(5):
            self.upload(workbook(HEADER, row()))
        self.assertEqual(queries(), few)
