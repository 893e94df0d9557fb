"""The coverage of an area, as JSON or as a table."""

import json

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import override

from outreach.coverage import AreaCoverage, coverage
from outreach.management.coverage_options import add_options, chosen_area, chosen_period


class Command(BaseCommand):
    help = "Prints numerator, denominator and rate of every indicator (names in Vietnamese)."

    def add_arguments(self, parser):
        add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args, area: str, first: str | None, last: str | None, **options):
        now = timezone.now()
        place, period = chosen_area(area), chosen_period(first, last, now)
        with override("vi"):
            counted = coverage(place, period, now=now, hidden_standard=options["json"])
            if options["json"]:
                text = json.dumps(counted.as_json(), ensure_ascii=False, indent=2)
                self.stdout.write(text)
                return
        began = period.first or "the beginning"
        self.stdout.write(f"{place.name} ({place.code}), from {began} to {period.last}")
        self._write(counted)
        for part in counted.by_area:
            self.stdout.write(f"\n{part.area.name} ({part.area.code})")
            self._write(part)

    def _write(self, counted: AreaCoverage) -> None:
        for figure in counted.indicators:
            rate = "–" if figure.rate is None else f"{figure.rate:.1%}"
            among = "" if figure.denominator is None else f"/{figure.denominator:>9}"
            self.stdout.write(
                f"  {figure.numerator:>9} {among:>10}  {rate:>6}  {figure.code:<24} {figure.name}"
            )
