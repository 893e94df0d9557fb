"""Parts of a workbook that name rows, in forms that only Excel writes."""

from django.test import SimpleTestCase
from lxml import etree

from outreach.own_form.references import Moves
from outreach.own_form.surroundings import _move_areas, _move_drawing, _moved_vml

# Row 7 is repeated for three areas.
MOVES = Moves({7: 3})


class WhatExcelWrites(SimpleTestCase):
    def test_as_notes_moves_by_row_and_by_anchor(self):
        note = b"<x:Anchor>\n 1, 15, 10, 2, 3, 31, 14, 9</x:Anchor><x:Row>10</x:Row>"
        self.assertEqual(
            _moved_vml(note, MOVES),
            b"<x:Anchor>1, 15, 12, 2, 3, 31, 16, 9</x:Anchor><x:Row>12</x:Row>",
        )
        above = b"<x:Anchor>1,15,3,2,3,31,5,9</x:Anchor><x:Row>6</x:Row>"
        self.assertIn(b"<x:Row>6<", _moved_vml(above, MOVES))
        self.assertEqual(
            _moved_vml(b"<x:Anchor>1,2</x:Anchor>", MOVES), b"<x:Anchor>1,2</x:Anchor>"
        )

    def test_as_shapes_keeps_their_height(self):
        drawing = etree.fromstring(
            "<d><anchor><from><row>10</row></from><to><row>13</row></to></anchor>"
            "<anchor><from><row>5</row></from><to><row>13</row></to></anchor></d>"
        )
        _move_drawing(drawing, MOVES)
        self.assertEqual([row.text for row in drawing.iter("row")], ["12", "15", "5", "13"])

    def test_as_extensions_moves_too(self):
        part = etree.fromstring(
            '<ext><sqref>A7:B7 C9</sqref><brk id="8"/><selection activeCell="A9" sqref="A9"/></ext>'
        )
        _move_areas(part, MOVES)
        self.assertEqual(part.findtext("sqref"), "A7:B9 C11")
        self.assertEqual(part.find("brk").get("id"), "10")
        self.assertEqual(dict(part.find("selection").attrib), {"activeCell": "A11", "sqref": "A11"})
