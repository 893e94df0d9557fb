"""QR codes as inline SVG."""

from itertools import groupby

import qrcode
from django.utils.html import format_html


def qr_svg(text: str) -> str:
    """A QR code as an inline SVG element, sized by its surroundings; black on white always, since
    phones read nothing else well. One path of horizontal runs: a fifth of a square per module."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        for dark, cells in groupby(row):
            width = len(list(cells))
            if dark:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    size = len(matrix)
    return format_html(
        '<svg class="qr" viewBox="0 0 {size} {size}" aria-hidden="true" focusable="false">'
        '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>',
        size=size,
        path="".join(runs),
    )
