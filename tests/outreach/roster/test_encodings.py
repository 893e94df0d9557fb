"""Texts in the encodings from before Unicode, as they stand in the files of many offices."""

import re
import unicodedata

from django.test import SimpleTestCase

from outreach.roster.encodings import Encoding, Evidence, from_tcvn3, from_vni, is_syllable
from outreach.roster.grid import read_grids
from outreach.roster.problems import Refusal
from tests.outreach.roster.lists import read, workbook

ALPHABET = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
# The same letters in the codes of the old fonts.
OLD = {
    Encoding.TCVN3: list(
        "aµ¶·¸¹¨»¼½¾Æ©ÇÈÉÊËbcd®eÌÎÏÐÑªÒÓÔÕÖghi×ØÜÝÞklmnoßáâãä«åæçèé¬êëìíîpqrstuïñòóô\xadõö÷øùvxyúûüýþ"
    ),
    Encoding.VNI: re.findall(
        r"\S+",
        "a aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä b c d ñ e eø eû eõ eù eï eâ eà eå eã "
        "eá eä g h i ì æ ó í ò k l m n o oø oû oõ où oï oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï p q r s "
        "t u uø uû uõ uù uï ö öø öû öõ öù öï v x y yø yû yõ yù î",
    ),
}
CONVERTERS = {Encoding.TCVN3: from_tcvn3, Encoding.VNI: from_vni}
HEADER = ("STT", "Họ và tên chủ hộ", "Năm sinh", "Địa chỉ", "Khu phố", "SĐT", "Ghi chú")
HOMES = (
    (1, "Nguyễn Thị Hường", 1950, "12/5 Võ Thị Sáu", "Khu phố 1", "0912345678", "Sống với con gái"),
    (2, "Đỗ Văn Đức", 1961, "41 Lý Chính Thắng", "Khu phố 2", None, "Vắng nhà ban ngày"),
    (3, "Lê Quốc Khánh", 1972, "7 Bà Huyện Thanh Quan", "Khu phố 2", None, "không có"),
    (4, "Trần Thị Bé", 1944, "9 Kỳ Đồng", "Khu phố 3", None, None),
)
FRENCH = (
    "L'été dernier, où étions-nous allés ? Loïc, très naïf, préférait le café à Noël. Même sûr de "
    "lui, le garçon mangeait tôt près du château où Hélène, Gaëlle et Benoît étaient nés. Déjà vu."
)
GERMAN = (
    "Über die schöne grüne Straße führt der Weg nach Köln. Müller, Jürgen und König hören früh die "
    "Vögel; für Mädchen und Söhne müssen fünf Äpfel genügen. Größer, weiß, heiß, süß."
)


def written(text: str, encoding: Encoding) -> str:
    """The text as a font of the old encoding shows it."""
    old = dict(zip(ALPHABET, OLD[encoding], strict=True))
    if encoding == Encoding.TCVN3:
        # Only these capitals have codes; others that bear a tone are written small.
        capitals = dict(zip("ĂÂÊÔƠƯĐ", "¡¢£¤¥¦§", strict=True))
        for letter, code in list(old.items()):
            capitals.setdefault(letter.upper(), letter.upper() if letter.isascii() else code)
    else:
        capitals = {letter.upper(): code.upper() for letter, code in old.items()}
    return "".join((old | capitals).get(character, character) for character in text)


def in_old(row: tuple, encoding: Encoding) -> tuple:
    return tuple(written(cell, encoding) if isinstance(cell, str) else cell for cell in row)


def as_csv(*rows: tuple) -> str:
    return "\r\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)


def cells(content: bytes, encoding: Encoding | None = None) -> list[list]:
    (grid,) = read_grids(content, encoding)
    return [list(row.values()) for row in grid.rows.values()]


def expected(*rows: tuple) -> list[list]:
    return [[cell for cell in row if cell is not None] for row in rows]


class AnOldEncoding(SimpleTestCase):
    def test_has_every_letter_of_the_alphabet(self):
        for encoding, convert in CONVERTERS.items():
            for letter in ALPHABET:
                with self.subTest(encoding, letter=letter):
                    self.assertEqual(convert(written(letter, encoding)), letter)

    def test_is_read_as_known_texts_have_it(self):
        for old, text in (
            ("Uyû ban nhaân daân phöôøng", "Uỷ ban nhân dân phường"),
            ("ÑOÄC LAÄP - TÖÏ DO - HAÏNH PHUÙC", "ĐỘC LẬP - TỰ DO - HẠNH PHÚC"),
            ("Nguyeãn Thò Myõ Lyù", "Nguyễn Thị Mỹ Lý"),
        ):
            self.assertEqual(from_vni(old), text)
        for old, text in (
            ("Uû ban nh©n d©n ph\xadêng", "Uỷ ban nhân dân phường"),
            ("Hä vµ tªn chñ hé", "Họ và tên chủ hộ"),
            ("§Æng Lª H¶i", "Đặng Lê Hải"),
        ):
            self.assertEqual(from_tcvn3(old), text)

    def test_in_a_font_of_capitals_is_read_in_capitals(self):
        for text in ("NGUYỄN VĂN ÁNH", "LÊ THỊ BÉ", "ĐỘC LẬP - TỰ DO", "KHU PHỐ 1"):
            for encoding, convert in CONVERTERS.items():
                self.assertEqual(convert(written(text, encoding)), text)
        self.assertEqual(from_tcvn3("Lª §ç UBND phè"), "Lê Đỗ UBND phố")

    def test_without_capitals_that_bear_a_tone_has_them_in_names(self):
        for text in ("Nguyễn Thị Ánh", "Ấp Bình Đông", "Vắng nhà", "Nhà ở", "Bà Tư ở với con"):
            self.assertEqual(from_tcvn3(written(text, Encoding.TCVN3)), text)


class ASyllable(SimpleTestCase):
    def test_has_the_shape_of_vietnamese(self):
        text = (
            "Nguyễn Huỳnh Trương Quốc khuỷu ngoằn nghiêng giếng gì quýt thuở xoong hoạch uỷ ủy "
            "khuya rượu tiếng yêu ưa ở thuế quyển duyệt lệch ích huých đường quăng oằn tuần hoà"
        )
        for word in text.split():
            self.assertTrue(is_syllable(word), word)
            self.assertTrue(is_syllable(unicodedata.normalize("NFD", word)), word)

    def test_is_not_what_the_wrong_reading_gives(self):
        for word in (
            "NguyÔn",
            "Nguyeãn",
            "Straße",
            "château",
            "sứć",
            "quôc",
            "học̀",
            "zạ",
            "bcạ",
            "chỳ",
            "kổ",
            "ngề",
        ):
            self.assertFalse(is_syllable(word), word)


class AList(SimpleTestCase):
    def test_in_an_old_encoding_is_recognised_and_converted(self):
        for encoding in CONVERTERS:
            with self.subTest(encoding):
                content = workbook(*(in_old(row, encoding) for row in (HEADER, *HOMES)))
                (grid,) = read_grids(content)
                self.assertEqual(grid.converted, encoding)
                self.assertEqual(len(grid.conversions), 5)
                self.assertEqual(grid.conversions[0][1], "Họ và tên chủ hộ")
                self.assertEqual(cells(content), expected(HEADER, *HOMES))
                self.assertEqual(len(read(content).households), len(HOMES))

    def test_stays_as_it_is_when_that_is_asked_for(self):
        row = in_old(HOMES[1], Encoding.VNI)
        content = workbook(*(in_old(row, Encoding.VNI) for row in (HEADER, *HOMES)))
        self.assertEqual(cells(content, Encoding.UNICODE)[2], expected(row)[0])
        (grid,) = read_grids(content, Encoding.UNICODE)
        self.assertEqual((grid.converted, grid.conversions), (None, []))

    def test_too_short_to_tell_is_converted_when_that_is_asked_for(self):
        short = in_old(("Khu phố 1",), Encoding.TCVN3)
        self.assertEqual(cells(workbook(short)), [["Khu phè 1"]])
        self.assertEqual(cells(workbook(short), Encoding.TCVN3), [["Khu phố 1"]])

    def test_in_unicode_composed_or_not_is_never_converted(self):
        for form in ("NFC", "NFD"):
            rows = [
                tuple(unicodedata.normalize(form, c) if isinstance(c, str) else c for c in row)
                for row in (HEADER, *HOMES)
            ]
            (grid,) = read_grids(workbook(*rows))
            self.assertIsNone(grid.converted)
            self.assertEqual(cells(workbook(*rows)), expected(HEADER, *HOMES))

    def test_in_french_or_german_is_never_converted(self):
        for text in (FRENCH, GERMAN):
            rows = [(word,) for word in text.split()]
            self.assertEqual(cells(workbook(*rows)), [list(row) for row in rows])

    def test_that_mixes_encodings_is_converted_where_it_must_be(self):
        foreign = (5, "Loïc Noël", 1980, "Café", "10 m² · 25 °C")
        for encoding in CONVERTERS:
            with self.subTest(encoding):
                rows = [HEADER, *(in_old(row, encoding) for row in HOMES), foreign]
                self.assertEqual(cells(workbook(*rows)), expected(HEADER, *HOMES, foreign))

    def test_mostly_in_unicode_keeps_what_makes_sense_as_it_stands(self):
        old = in_old((5, "Phạm Văn Hậu", None, "9 Kỳ Đồng", "Khu phố 3"), Encoding.TCVN3)
        rows = [HEADER, *HOMES, old]
        self.assertEqual(cells(workbook(*rows))[-1], [5, "Phạm Văn Hậu", "9 Kỳ Đồng", "Khu phè 3"])

    def test_in_unicode_with_signs_and_foreign_names_is_never_converted(self):
        row = (5, "Loïc Noël", 1980, "Café Müller", "«Hà»", "½ · §2", "©®µ¶ × ÷ ¬")
        self.assertEqual(cells(workbook(HEADER, *HOMES, row)), expected(HEADER, *HOMES, row))


class AListAsText(SimpleTestCase):
    TEXT = as_csv(HEADER, *HOMES)
    ROWS = [[str(cell) for cell in row if cell is not None] for row in (HEADER, *HOMES)]

    def assertRead(self, content: bytes) -> None:
        self.assertEqual(cells(content), self.ROWS)

    def test_in_every_encoding_of_unicode_is_read(self):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
            with self.subTest(encoding):
                self.assertRead(self.TEXT.encode(encoding))

    def test_in_the_encoding_of_vietnamese_windows_is_read(self):
        # Windows-1258 has letters, and tones as signs of their own.
        tones = str.maketrans({"\u0302": None, "\u0306": None, "\u031b": None})
        content = b""
        for letter in self.TEXT:
            try:
                content += letter.encode("cp1258")
            except UnicodeEncodeError:
                marks = unicodedata.normalize("NFD", letter)
                tone = "".join(m for m in marks[1:].translate(tones))
                bare = unicodedata.normalize("NFC", marks.replace(tone, ""))
                content += (bare + tone).encode("cp1258")
        self.assertRead(content)

    def test_in_an_old_encoding_is_read(self):
        for encoding in CONVERTERS:
            with self.subTest(encoding):
                content = written(self.TEXT, encoding).encode("latin-1")
                self.assertRead(content)
                self.assertEqual(read_grids(content)[0].converted, encoding)

    def test_in_no_known_encoding_is_refused(self):
        for content in (FRENCH.encode("latin-1"), self.TEXT.encode()[:-1] + b"\xe1\xbb"):
            with self.assertRaises(Refusal) as caught:
                read_grids(content)
            self.assertEqual(caught.exception.code, "unknown_encoding")


class TheEvidence(SimpleTestCase):
    def test_does_not_count_words_that_make_sense_in_several_readings(self):
        evidence = Evidence()
        evidence.weigh("Hà lý tôi phè cò")
        self.assertEqual(evidence, Evidence())
