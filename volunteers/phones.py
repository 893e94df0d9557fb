"""Vietnamese phone numbers, as people write them and as we store them."""

import re


def normalise_phone(text: str) -> str:
    """The number as ten or eleven digits with its leading zero, e.g. "0912345678".

    Accepts spaces, dots, dashes, brackets, +84 or 0084, and numbers whose leading zero a
    spreadsheet ate. Raises ValueError with the text when it is no Vietnamese number.
    """
    digits = re.sub(r"[\s.\-()]", "", text)
    digits = re.sub(r"^(\+84|0084|84(?=\d{9}$))", "0", digits)
    if re.fullmatch(r"[1-9]\d{8}", digits):
        digits = "0" + digits
    if not re.fullmatch(r"0\d{9,10}", digits):
        raise ValueError(text)
    return digits
