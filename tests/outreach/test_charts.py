"""Where the lines of a chart stand, and how dark a rate is."""

from django.test import SimpleTestCase

from outreach.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, line_chart
from outreach.templatetags.coverage_numbers import heat


class ARatesShade(SimpleTestCase):
    def test_has_five_steps_and_one_for_no_rate(self):
        rates = [None, 0, 0.19, 0.2, 0.5, 0.79, 0.8, 1]
        self.assertEqual([heat(rate) for rate in rates], [0, 1, 1, 2, 3, 4, 5, 5])


class ALineChart(SimpleTestCase):
    def test_begins_at_the_left_and_ends_at_the_right(self):
        (line,) = line_chart(["1", "2", "3"], [("Hộ đã đến", [0, 5, 10])]).lines
        self.assertEqual(line.dots[0], (LEFT, HEIGHT - BOTTOM))
        self.assertEqual(line.dots[-1], (WIDTH - RIGHT, TOP))
        self.assertEqual(line.points.split()[0], f"{float(LEFT)},{float(HEIGHT - BOTTOM)}")

    def test_has_round_heights_above_the_highest_value(self):
        for highest, wanted in ((0, 2), (2, 2), (3, 4), (5, 10), (11, 20), (1234, "2.000")):
            heights = [mark.text for mark in line_chart(["1"], [("a", [highest])]).heights]
            self.assertEqual(heights[-1], str(wanted))
            self.assertEqual(heights[0], "0")

    def test_leaves_out_every_second_word_where_they_would_touch_but_not_the_last(self):
        steps = [str(number) for number in range(12)]
        chart = line_chart(steps, [("a", [0] * 12)])
        self.assertEqual([mark.text for mark in chart.steps], ["1", "3", "5", "7", "9", "11"])

    def test_of_one_step_or_of_nothing_is_still_one(self):
        self.assertEqual(len(line_chart(["1"], [("a", [3])]).lines[0].dots), 1)
        self.assertEqual(line_chart([], []).lines, ())
