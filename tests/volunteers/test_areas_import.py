"""The official provinces and communes."""

import tempfile
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase

from volunteers.areas_import import (
    AREAS_FILE,
    AreasFileError,
    AreasImported,
    import_areas,
    read_areas,
)
from volunteers.models import Area

HEADER = "code,name,level,parent\n"
CITY = "79,Thành phố Hồ Chí Minh,province,\n"


class OurFile(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.areas = read_areas(AREAS_FILE)
        cls.by_code = {area.code: area for area in cls.areas}

    def test_holds_34_provinces_and_3321_communes(self):
        levels = [area.level for area in self.areas]
        self.assertEqual(34, levels.count("province"))
        self.assertEqual(3321, levels.count("commune"))

    def test_keeps_leading_zeros(self):
        tan_phong = self.by_code["03408"]
        self.assertEqual(("Phường Tân Phong", "12"), (tan_phong.name, tan_phong.parent))
        self.assertEqual("Tỉnh Lai Châu", self.by_code["12"].name)
        self.assertEqual("Thành phố Hà Nội", self.by_code["01"].name)

    def test_tells_apart_wards_of_one_name(self):
        xuan_hoa = {a.code: a.parent for a in self.areas if a.name == "Phường Xuân Hòa"}
        self.assertEqual({"27139": "79", "08749": "25"}, xuan_hoa)

    def test_names_every_commune_in_full(self):
        kinds = {area.name.split()[0] for area in self.areas if area.level == "commune"}
        self.assertEqual({"Phường", "Xã", "Đặc"}, kinds)


class AMalformedFile(SimpleTestCase):
    def assert_refused(self, content: str | bytes, message: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "areas.csv"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            with self.assertRaises(AreasFileError) as caught:
                read_areas(path)
        self.assertIn(message, str(caught.exception))

    def test_without_our_header_is_refused(self):
        self.assert_refused("ma,ten\n", "line 1: ['ma', 'ten']; expected ['code', 'name',")

    def test_that_is_empty_is_refused(self):
        self.assert_refused("", "line 1: []; expected")

    def test_with_a_code_that_lost_its_zero_is_refused_by_line(self):
        line = "3408,Phường Tân Phong,commune,79\n"
        message = "line 3: the code of a commune is '3408'; expected five digits"
        self.assert_refused(HEADER + CITY + line, message)

    def test_with_a_short_province_code_is_refused(self):
        self.assert_refused(
            HEADER + "1,Hà Nội,province,\n", "code of a province is '1'; expected two"
        )

    def test_with_digits_of_another_script_is_refused(self):
        self.assert_refused(HEADER + "٧٩,Hà Nội,province,\n", "expected two digits")

    def test_with_a_commune_before_its_province_is_refused(self):
        line = "27139,Phường Xuân Hòa,commune,79\n"
        self.assert_refused(HEADER + line + CITY, "line 2: commune '27139' has the parent '79'")

    def test_with_a_province_inside_another_is_refused(self):
        line = "01,Thành phố Hà Nội,province,79\n"
        self.assert_refused(HEADER + CITY + line, "has the parent '79'; expected none")

    def test_with_an_unknown_level_is_refused(self):
        self.assert_refused(HEADER + "760,Quận 1,district,79\n", "the level is 'district'")

    def test_with_a_code_twice_is_refused(self):
        self.assert_refused(HEADER + CITY + CITY, "line 3: the code '79' is there twice")

    def test_with_too_few_cells_is_refused(self):
        self.assert_refused(HEADER + "79,Hồ Chí Minh\n", "line 2: 2 cells")

    def test_with_a_name_missing_is_refused(self):
        self.assert_refused(HEADER + "79,,province,\n", "the name is ''")

    def test_in_another_encoding_is_refused(self):
        self.assert_refused((HEADER + CITY).encode("utf-16"), "is not UTF-8")


class ImportingAreas(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.official = read_areas(AREAS_FILE)
        cls.first = import_areas(cls.official)

    def test_fills_an_empty_installation(self):
        self.assertEqual(AreasImported(created=3355, renamed=0, unchanged=0), self.first)
        self.assertEqual(34, Area.objects.provinces().count())
        self.assertEqual(3321, Area.objects.wards().count())

    def test_gives_each_area_what_saving_it_would(self):
        ward = Area.objects.get(code="27139")
        self.assertEqual("79/27139/", ward.path)
        self.assertEqual("phuong xuan hoa", ward.folded_name)
        self.assertEqual("79", ward.parent_id)
        self.assertEqual(date(2025, 7, 1), ward.valid_from)
        self.assertIsNone(ward.opened_on)
        before = {field.name: getattr(ward, field.attname) for field in Area._meta.concrete_fields}
        ward.save()
        ward.refresh_from_db()
        after = {field.name: getattr(ward, field.attname) for field in Area._meta.concrete_fields}
        self.assertEqual(before, after)

    def test_lists_a_provinces_wards_within_it(self):
        lai_chau = Area.objects.get(code="12")
        self.assertEqual(38, Area.objects.wards().within(lai_chau).count())

    def test_twice_changes_nothing(self):
        before = list(Area.objects.order_by("code").values())
        again = import_areas(self.official)
        self.assertEqual(AreasImported(created=0, renamed=0, unchanged=3355), again)
        self.assertEqual(before, list(Area.objects.order_by("code").values()))

    def test_again_leaves_the_wards_own_areas_and_opening_alone(self):
        ward = Area.objects.get(code="27139")
        ward.opened_on = date(2026, 1, 5)
        ward.save()
        lane = ward.add_child("Khu phố 1").add_child("Hẻm 12")
        import_areas([replace(area, name=area.name + " mới") for area in self.official])
        lane.refresh_from_db()
        ward.refresh_from_db()
        self.assertEqual("79/27139/27139.1/27139.1.1/", lane.path)
        self.assertEqual("Khu phố 1", lane.parent.name)
        self.assertEqual(date(2026, 1, 5), ward.opened_on)

    def test_again_corrects_a_name_and_what_it_is_found_by(self):
        Area.objects.filter(code="27139").update(name="Phường Xuân Hoà", folded_name="sai")
        self.assertEqual(AreasImported(0, 1, 3354), import_areas(self.official))
        ward = Area.objects.get(code="27139")
        self.assertEqual(("Phường Xuân Hòa", "phuong xuan hoa"), (ward.name, ward.folded_name))

    def test_refuses_to_move_a_ward_and_writes_nothing(self):
        moved = [replace(a, parent="01") if a.code == "27139" else a for a in self.official]
        Area.objects.filter(code="00004").delete()
        with self.assertRaisesMessage(AreasFileError, "an import does not move areas"):
            import_areas(moved)
        self.assertFalse(Area.objects.filter(code="00004").exists())

    def test_again_takes_one_query(self):
        # Beside the savepoint's two.
        with self.assertNumQueries(3):
            import_areas(self.official)


class TheCommand(TestCase):
    def test_says_what_it_did(self):
        out = StringIO()
        call_command("import_areas", stdout=out)
        self.assertEqual("Areas: 3355 created, 0 renamed, 0 unchanged.\n", out.getvalue())

    def test_names_the_fault_of_a_broken_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "areas.csv"
            path.write_text("something else\n")
            broken = mock.patch("volunteers.management.commands.import_areas.AREAS_FILE", path)
            with broken, self.assertRaises(CommandError) as caught:
                call_command("import_areas")
        self.assertIn("line 1: ['something else']", str(caught.exception))
        self.assertIn("Nothing was written.", str(caught.exception))
        self.assertFalse(Area.objects.exists())
