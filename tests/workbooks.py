"""Reading a workbook with other readers than the one that wrote it."""

import csv
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from lxml import etree

MAIN = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


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
