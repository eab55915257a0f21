"""PDFs that strangers wrote by hand: small, and asking for more than a process should give."""

from __future__ import annotations

import zlib


def made(piece: bytes, times: int = 1, box: bytes = b"0 0 595 842") -> bytes:
    """A PDF of one page that a stranger wrote by hand; readers repair its missing table of objects."""
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(part) for part in (b"BT /F 9 Tf ", *[piece] * times, b" ET"))
    packed += packing.flush()
    return (
        b"%%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R\n"
        b"/Resources << /Font << /F 5 0 R >> >> >>\nendobj\n"
        b"4 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        b"5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
        b"trailer\n<< /Size 6 /Root 1 0 R >>\n%%%%EOF\n" % (box, len(packed), packed)
    )
