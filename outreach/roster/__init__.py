"""Taking in a ward's own spreadsheet as it is.

Layers, each knowing only those before it: opening (may this file be parsed at all) → grid (cells) →
headers (which rows are the header) → columns (what each column means) → rows (typed values and
problems) → people (households) → reading (a whole file) → difference (against the ward's database)
→ applying (through the ledger).

Between opening and grid the file is parsed by a process of its own, which is started by
confinement: parsing with workbooks, encodings, cells and limits, which import nothing of Django.
"""
