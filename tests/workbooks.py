"""Reading workbooks with readers other than the one that wrote them."""

import csv
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


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
        for sheet in book.iter(f"{MAIN}sheet"):
            target = targets[sheet.get(f"{LINKS}id")]
            path = target if target.startswith("xl/") else f"xl/{target}"
            root = etree.fromstring(archive.read(path))
            sheets[sheet.get("name")] = [
                {cell.get("r").rstrip("0123456789"): _cell(cell, formats) for cell in row}
                for row in root.iter(f"{MAIN}row")
            ]
        return sheets


def _formats(archive: zipfile.ZipFile) -> list[str]:
    styles = etree.fromstring(archive.read("xl/styles.xml"))
    own = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(f"{MAIN}numFmt")}
    own |= {"0": "General", "1": "0", "3": "#,##0", "49": "@"}
    return [own[xf.get("numFmtId")] for xf in styles.find(f"{MAIN}cellXfs")]


def _cell(cell, formats: list[str]) -> RawCell:
    style = formats[int(cell.get("s", 0))]
    if cell.find(f"{MAIN}f") is not None:
        return RawCell("f", cell.findtext(f"{MAIN}f"), style)
    if cell.get("t") == "inlineStr":
        return RawCell("s", "".join(cell.itertext()), style)
    value = cell.findtext(f"{MAIN}v")
    return RawCell("n", float(value) if value is not None else None, style)


def read_with_libreoffice(path: Path) -> dict[str, list[list[str]]]:
    """Sheets by name, each a list of rows, as LibreOffice shows them."""
    with tempfile.TemporaryDirectory() as folder:
        # Comma, quotes, UTF-8, as shown, every sheet into a file of its own.
        filter_options = "44,34,76,1,,0,false,true,false,false,false,-1"
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                f"csv:Text - txt - csv (StarCalc):{filter_options}",
                "--outdir",
                folder,
                path,
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return {
            file.stem.removeprefix(f"{path.stem}-"): list(
                csv.reader(file.read_text(encoding="utf-8").splitlines())
            )
            for file in Path(folder).glob("*.csv")
        }
