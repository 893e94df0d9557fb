"""Choosing a ward's list to import, and confirming it."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.models import Household, RosterImport
from outreach.roster.choices import NO_LIST
from outreach.roster.decisions import Decision, Decisions
from outreach.roster.grid import MAX_ROWS
from outreach.roster.headers import TALLEST
from outreach.roster.meanings import CHOOSABLE, Meaning
from outreach.roster.opening import MAX_FILE, MEGABYTE
from outreach.roster.preview import ColumnLine, DoubtLine, MissingLine, Preview, SheetLine
from outreach.roster.uploads import Corrections
from volunteers.models import Area

ColumnField = tuple[ColumnLine, forms.BoundField | None]
MANY_UNUSED = 8


@dataclass(frozen=True)
class SheetFields:
    """A sheet of the preview with the fields by which its reading is corrected."""

    sheet: SheetLine
    columns: list[ColumnField]
    rows: list[forms.BoundField]

    @property
    def shown(self) -> list[ColumnField]:
        """All columns, or where many are not used only those that are."""
        return [one for one in self.columns if one not in self.folded]

    @property
    def folded(self) -> list[ColumnField]:
        """Columns that are not used, where they are many."""
        unused = [one for one in self.columns if one[0].meaning == Meaning.IGNORED]
        return unused if len(unused) > MANY_UNUSED else []


def choosable_meanings(current: Meaning | None = None) -> list[tuple[str, str]]:
    """What a column can be said to mean, and what it is taken for now."""
    meanings = CHOOSABLE if current in (None, *CHOOSABLE) else (current, *CHOOSABLE)
    return [(meaning.value, str(meaning.label)) for meaning in meanings]


class ListUploadForm(forms.Form):
    """The file is only looked at as a whole; what is in it the view asks the importer."""

    ward = forms.ModelChoiceField(Area.objects.none(), label=_("Ward"), empty_label=None)
    file = forms.FileField(
        label=_("The ward's list"),
        help_text=_(
            "The ward's own spreadsheet as it is: .xlsx, or CSV in UTF-8, up to %(limit)d MB. "
            "Columns with citizen-ID numbers, ethnicity or religion are not taken in."
        )
        % {"limit": MAX_FILE // MEGABYTE},
        error_messages={
            "required": _("Please choose the file with the ward's list."),
            "empty": _("The file is empty. Please choose the ward's list again."),
        },
    )
    purpose = forms.ChoiceField(
        label=_("What the list is imported for"), choices=RosterImport.Purpose.choices
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"),
        max_length=300,
        help_text=_(
            "The plan or decision on which the ward may use the list for this, with number and "
            "date. It is recorded with the import."
        ),
        error_messages={"required": _("Please write the plan or decision, with its number.")},
    )

    def __init__(self, *args, wards: list[Area], **kwargs):
        super().__init__(*args, **kwargs)
        self.wards = wards
        self.fields["ward"].queryset = Area.objects.filter(pk__in=[ward.pk for ward in wards])
        if len(wards) == 1:
            # There is nothing to choose.
            del self.fields["ward"]

    @property
    def chosen_ward(self) -> Area:
        return self.cleaned_data.get("ward") or self.wards[0]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError(
                _(
                    "The file has %(size)d MB; at most %(limit)d MB can be read. Please split the "
                    "list, for example by neighbourhood."
                )
                % {"size": file.size // MEGABYTE, "limit": MAX_FILE // MEGABYTE},
                code="file_too_large",
            )
        return file

    @property
    def file_name(self) -> str:
        return self.cleaned_data["file"].name


class ConfirmForm(forms.Form):
    """What the officer decides about a previewed list: a question for each doubtful household and
    for each home that the list does not name."""

    difference = forms.CharField(widget=forms.HiddenInput)
    skip_bad_rows = forms.BooleanField(
        required=False,
        label=_("Leave out the bad rows"),
        help_text=_("The cells and rows named above stay out; everything else is imported."),
    )

    def __init__(self, seen: Preview, *args, **kwargs):
        super().__init__(*args, initial={"difference": seen.fingerprint}, **kwargs)
        self.seen = seen
        if not seen.refused:
            del self.fields["skip_bad_rows"]
        for number, doubt in enumerate(seen.doubts.rows):
            self.fields[f"doubt-{number}"] = forms.ChoiceField(
                label=doubt.listed.people,
                choices=Decision.choices,
                initial=Decision.LATER,
                required=False,
                widget=forms.RadioSelect,
            )
        for number, line in enumerate(seen.missing.rows):
            self.fields[f"close-{number}"] = forms.ChoiceField(
                label=_("What becomes of %(address)s") % {"address": line.home.address},
                choices=[("", _("stays as it is")), *Household.CloseReason.choices],
                required=False,
            )

    def doubts(self) -> list[tuple[DoubtLine, forms.BoundField]]:
        rows = enumerate(self.seen.doubts.rows)
        return [(doubt, self[f"doubt-{number}"]) for number, doubt in rows]

    def missing(self) -> list[tuple[MissingLine, forms.BoundField]]:
        rows = enumerate(self.seen.missing.rows)
        return [(line, self[f"close-{number}"]) for number, line in rows]

    def decisions(self) -> Decisions:
        """Of a form that was found valid. What nobody answered is decided later; homes stay."""
        said = self.cleaned_data
        doubts = enumerate(self.seen.doubts.rows)
        missing = enumerate(self.seen.missing.rows)
        return Decisions(
            skip_bad_rows=said.get("skip_bad_rows", False),
            doubts={
                doubt.key: Decision(said[f"doubt-{number}"] or Decision.LATER)
                for number, doubt in doubts
            },
            undecided=Decision.LATER,
            close={
                line.key: Household.CloseReason(said[f"close-{number}"])
                for number, line in missing
                if said[f"close-{number}"]
            },
        )


class ReadingForm(forms.Form):
    """How the officer wants the file to be read: what each column is, where the header stands, in
    which encoding the text was typed."""

    encoding = forms.ChoiceField(
        label=_("The text of the file"),
        choices=[
            ("unicode", _("as it is (Unicode)")),
            ("tcvn3", _("typed in TCVN3 (ABC), convert it")),
            ("vni", _("typed in VNI, convert it")),
        ],
        required=False,
    )

    def __init__(self, seen: Preview, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = seen
        self.initial["encoding"] = seen.encoding or "unicode"
        for number, sheet in enumerate(seen.sheets):
            if sheet.hidden:
                continue
            top, bottom = sheet.header or (None, None)
            for name, row, label in (
                ("top", top, _("First row of the header")),
                ("bottom", bottom, _("Last row of the header")),
            ):
                self.fields[f"sheet-{number}-{name}"] = forms.IntegerField(
                    label=label, min_value=1, max_value=MAX_ROWS, required=False, initial=row
                )
            self.fields[f"sheet-{number}-aside"] = forms.BooleanField(
                label=_("This sheet is no list: leave it out"),
                required=False,
                initial=sheet.left_aside,
            )
            for column in sheet.columns:
                if column.choosable:
                    self.fields[f"column-{number}-{column.letter}"] = forms.ChoiceField(
                        label=_("Column %(letter)s, %(heading)s")
                        % {"letter": column.letter, "heading": column.heading},
                        choices=choosable_meanings(Meaning(column.meaning)),
                        initial=column.meaning,
                        required=False,
                    )

    def sheets(self) -> list[SheetFields]:
        """For each sheet of the preview its fields; None where there is nothing to choose."""
        found = []
        for number, sheet in enumerate(self.seen.sheets):
            columns = []
            for column in sheet.columns:
                name = f"column-{number}-{column.letter}"
                columns.append((column, self[name] if name in self.fields else None))
            rows = [
                self[name]
                for part in ("top", "bottom", "aside")
                if (name := f"sheet-{number}-{part}") in self.fields
            ]
            found.append(SheetFields(sheet, columns, rows))
        return found

    def clean(self):
        said = super().clean()
        for number, _sheet in enumerate(self.seen.sheets):
            top, bottom = said.get(f"sheet-{number}-top"), said.get(f"sheet-{number}-bottom")
            if bool(top) != bool(bottom) or (top and not top <= bottom < top + TALLEST):
                self.add_error(
                    f"sheet-{number}-bottom",
                    _(
                        "The header has one to %(most)d rows: please write its first and its last "
                        "row, the last not above the first."
                    )
                    % {"most": TALLEST},
                )
        return said

    def corrections(self) -> Corrections:
        """What differs from how the file was read; of a form that was found valid."""
        said = self.cleaned_data
        meanings: dict[str, tuple[str, Meaning]] = {}
        headers: dict[str, tuple[int, int]] = {}
        for number, sheet in enumerate(self.seen.sheets):
            for column in sheet.columns:
                chosen = said.get(f"column-{number}-{column.letter}")
                if chosen and chosen != column.meaning:
                    meanings[column.key] = (column.heading, Meaning(chosen))
            rows = (said.get(f"sheet-{number}-top"), said.get(f"sheet-{number}-bottom"))
            aside = said.get(f"sheet-{number}-aside", False)
            if aside and not sheet.left_aside:
                headers[sheet.name] = NO_LIST
            elif not aside and all(rows) and (rows != sheet.header or sheet.left_aside):
                headers[sheet.name] = rows
        encoding = said["encoding"] or None
        changed = encoding if encoding != (self.seen.encoding or "unicode") else None
        return Corrections(meanings, headers, changed)
