"""Formulas after rows have been repeated."""

from django.test import SimpleTestCase

from outreach.own_form.references import Copy, Moves, Single, Unclear, moved, shifted

# Row 7 of the sheet Biểu 01 is repeated for three areas.
MOVES = {"biểu 01": Moves({7: 3})}


class FormulaCase(SimpleTestCase):
    def assert_moved(self, said: dict[str, str], sheet="Biểu 01", **options):
        for formula, expected in said.items():
            with self.subTest(formula):
                self.assertEqual(moved(formula, sheet, MOVES, **options), expected)


class AFormulaOutsideOfTheRow(FormulaCase):
    def test_covers_all_copies_where_it_covered_the_row(self):
        self.assert_moved(
            {
                "SUM(C7:C7)": "SUM(C7:C9)",
                "SUM(C6:C8)": "SUM(C6:C10)",
                "SUM(C7)": "SUM(C7:C9)",
                "SUM($C$7,D7)/2": "SUM($C$7:$C$9,D7:D9)/2",
                'SUMIF(A7,">0",C7)': 'SUMIF(A7:A9,">0",C7:C9)',
                "SUM(7:7)": "SUM(7:9)",
                "SUM((A1+2),C7)": "SUM((A1+2),C7:C9)",
            }
        )

    def test_follows_what_lay_below(self):
        self.assert_moved(
            {
                "C8*$D$9+C6": "C10*$D$11+C6",
                "INDEX(A5:C12,1,2)": "INDEX(A5:C14,1,2)",
                "A:A": "A:A",
                "LOG10(C9)": "LOG10(C11)",
            }
        )

    def test_leaves_alone_what_is_no_reference_to_the_sheet(self):
        formula = '"C9"&Q1_2026+[1]Sheet1!A9+Sheet2!A9+Table1[C9]+Table1[[#This Row],[C9]]+A9B'
        self.assert_moved({formula: formula})

    def test_is_followed_from_other_sheets(self):
        self.assert_moved({"'Biểu 01'!C9+C9": "'Biểu 01'!C11+C9"}, sheet="Biểu 02")
        quoted = {"tổ 'a'": Moves({7: 3})}
        self.assertEqual(moved("'Tổ ''a'''!B9", "", quoted), "'Tổ ''a'''!B11")

    def test_is_refused_where_one_cell_becomes_several(self):
        for formula in ("C7*2", "IF(C7>1,2,3)", "SUM(C7/D7)", "C7", "(C7)"):
            with self.subTest(formula), self.assertRaises(Unclear):
                moved(formula, "Biểu 01", MOVES)

    def test_takes_the_first_or_all_where_asked_to(self):
        self.assert_moved({"C7>$E$8": "C7>$E$10"}, single=Single.FIRST)
        self.assert_moved({"'Biểu 01'!$C$7": "'Biểu 01'!$C$7:$C$9"}, single=Single.ALL, sheet="")


class AFormulaInTheRow(FormulaCase):
    def test_goes_along_with_its_copy(self):
        self.assert_moved(
            {
                "C7/D7": "C8/D8",
                "SUM(C7:E7)": "SUM(C8:E8)",
                "C7/$C$9": "C8/$C$11",
                "C7/C9": "C8/C11",
                "C7/C5": "C8/C5",
                "A6+1": "A7+1",
                "C7/SUM(C$7:C$7)": "C8/SUM(C$7:C$9)",
                "SUM(C$7:C7)": "SUM(C$7:C8)",
                "RANK(C7,C$7:C$7)": "RANK(C8,C$7:C$9)",
            },
            copy=Copy(7, 1),
        )


class SeveralRepeatedRows(SimpleTestCase):
    def test_each_push_down_what_lies_below_them(self):
        moves = Moves({3: 2, 7: 3})
        self.assertEqual([moves.first(row) for row in (2, 3, 4, 7, 8)], [2, 3, 5, 8, 11])
        self.assertEqual([moves.last(row) for row in (2, 3, 4, 7, 8)], [2, 4, 5, 10, 11])
        self.assertEqual(moves.area("A1:B3 C7 D9"), "A1:B4 C8:C10 D12")
        self.assertEqual(moves.cell("C8"), "C11")


class AFormulaThatIsShared(SimpleTestCase):
    def test_reads_as_spreadsheets_copy_it(self):
        self.assertEqual(
            shifted("A1+$B$2+C$3+Sheet2!D4:E5+Z9+$2:3", 2, 1),
            "B3+$B$2+D$3+Sheet2!E6:F7+AA11+$2:5",
        )
