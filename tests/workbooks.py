"""Reading a workbook with other readers than the one that wrote it."""

import csv
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAIN = {"m": NAMESPACE}
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheets_by_libreoffice(workbook: Path) -> list[list[list[str]]]:
    """Every sheet as LibreOffice shows it, in rows of texts. Raises when it cannot be opened."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                shutil.which("soffice") or "soffice",
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                # Comma, double quote, UTF-8, from row 1, as shown, every sheet to a file.
                "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
                "--outdir",
                folder,
                str(workbook),
            ],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        files = sorted(Path(folder).glob("*.csv"), key=lambda file: file.stat().st_mtime_ns)
        if not files:
            raise ValueError(f"LibreOffice could not open {workbook.name}: {done.stderr}")
        sheets = []
        for file in files:
            with file.open(encoding="utf-8", newline="") as lines:
                sheets.append(list(csv.reader(lines)))
        return sheets


def formulas(workbook: Path) -> list[str]:
    """Every formula of the workbook, found in its XML."""
    found = []
    with zipfile.ZipFile(workbook) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                tree = etree.fromstring(archive.read(name))
                found += [cell.text or "" for cell in tree.iterfind(".//m:f", MAIN)]
    return found


@dataclass(frozen=True)
class RawCell:
    """A cell as the file has it. `kind` is "n" for a number, "s" for text, "f" for a formula;
    `format` its number format."""

    kind: str
    value: str | float | None
    format: str


def read_raw(file) -> dict[str, list[dict[str, RawCell]]]:
    """Sheets by name, each a list of rows of cells by column letter, straight from the XML."""
    with zipfile.ZipFile(file) as archive:
        formats = _formats(archive)
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target").lstrip("/") for link in links}
        sheets = {}
        for sheet in book.iter(f"{{{NAMESPACE}}}sheet"):
            target = targets[sheet.get(RELATION)]
            path = target if target.startswith("xl/") else f"xl/{target}"
            root = etree.fromstring(archive.read(path))
            sheets[sheet.get("name")] = [
                {cell.get("r").rstrip("0123456789"): _cell(cell, formats) for cell in row}
                for row in root.iter(f"{{{NAMESPACE}}}row")
            ]
        return sheets


def _formats(archive: zipfile.ZipFile) -> list[str]:
    styles = etree.fromstring(archive.read("xl/styles.xml"))
    own = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(f"{{{NAMESPACE}}}numFmt")}
    own |= {"0": "General", "1": "0", "3": "#,##0", "49": "@"}
    return [own[xf.get("numFmtId")] for xf in styles.find(f"{{{NAMESPACE}}}cellXfs")]


def _cell(cell, formats: list[str]) -> RawCell:
    style = formats[int(cell.get("s", 0))]
    if cell.find(f"{{{NAMESPACE}}}f") is not None:
        return RawCell("f", cell.findtext(f"{{{NAMESPACE}}}f"), style)
    if cell.get("t") == "inlineStr":
        return RawCell("s", "".join(cell.itertext()), style)
    value = cell.findtext(f"{{{NAMESPACE}}}v")
    return RawCell("n", float(value) if value is not None else None, style)
