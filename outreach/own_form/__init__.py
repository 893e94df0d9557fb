"""The city's or ward's own form: a workbook with placeholders, filled with our numbers.

`placeholders` says what may be written, `package` opens the file, `checking` finds what is wrong
before a form is kept, `filling` fills it. Only what the placeholders ask for changes in the file:
its XML is edited where they stand, everything else is copied byte by byte, so the look stays.
"""
