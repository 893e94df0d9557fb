"""Where the lines of a chart stand, and how dark a rate is."""

from django.test import SimpleTestCase

from outreach.charts import (
    BARS_LEFT,
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    line_chart,
    stacked_bars,
)
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


class StackedBars(SimpleTestCase):
    def bars(self, *values):
        return stacked_bars([("Quét mã QR", [("Đầu kỳ", value) for value in values])])

    def test_divide_the_whole_width_as_their_numbers_are(self):
        (stack,) = self.bars((1, 0, 3)).stacks
        first, second = stack.bars[0].parts
        self.assertEqual((first.style, second.style), (1, 3))
        self.assertEqual(first.x, BARS_LEFT)
        self.assertEqual(second.width, 3 * first.width)
        self.assertEqual(second.x + second.width, WIDTH)

    def test_of_nobody_are_empty(self):
        self.assertEqual(self.bars((0, 0)).stacks[0].bars[0].parts, ())

    def test_stand_below_each_other_within_the_height(self):
        chart = self.bars((1, 2), (3, 4))
        first, second = chart.stacks[0].bars
        self.assertLess(chart.stacks[0].name.y, first.y)
        self.assertLessEqual(first.y + chart.bar, second.y)
        self.assertLessEqual(second.y + chart.bar, chart.height)
