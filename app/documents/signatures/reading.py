"""A signed file read as pyHanko reads it (strictly), but the list of an object stream once, not per object.

A drawn paper keeps some four hundred objects in one such stream, and pyHanko reads the numbers of all that
stand before an object to find it: most of the time that checking a signature took.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader


class StrictReader(PdfFileReader):
    """pyHanko's reader; what a strict one refuses of an object stream is refused here too."""

    def __init__(self, data: bytes) -> None:
        self._listed: dict[int, tuple[Any, bytes, dict[int, tuple[int, int]]]] = {}
        super().__init__(BytesIO(data), strict=True)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        data, places = self._places(stmnum)
        place, start = places.get(idnum, (-1, 0))
        if place != idx:
            raise PdfStrictReadError("Object is in wrong index.")
        source = BytesIO(data)
        source.seek(start)
        found = generic.read_object(source, generic.Reference(idnum, 0, self))
        if isinstance(found, generic.StreamObject | generic.IndirectObject):
            raise PdfStrictReadError("Encountered forbidden object type in object stream")
        return found

    def _places(self, stmnum: int) -> tuple[bytes, dict[int, tuple[int, int]]]:
        """What the stream holds; by object number its first place in the list and the byte it begins at."""
        stream = generic.Reference(stmnum, 0, self).get_object()
        kept = self._listed.get(stmnum)
        if kept is None or kept[0] is not stream:  # a later revision may put another in its place
            kept = self._listed[stmnum] = (stream, *_list_of(stream))
        return kept[1], kept[2]


def _list_of(stream: Any) -> tuple[bytes, dict[int, tuple[int, int]]]:
    if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
        raise PdfStrictReadError("Not an object stream")
    data = stream.read_data(DecodePurpose.OBJECT_STREAM)
    source, places = BytesIO(data), dict[int, tuple[int, int]]()
    try:
        for place in range(stream["/N"]):
            misc.read_non_whitespace(source, seek_back=True)
            number = int(generic.NumberObject.read_from_stream(source))
            misc.read_non_whitespace(source, seek_back=True)
            offset = int(generic.NumberObject.read_from_stream(source))
            places.setdefault(number, (place, int(stream["/First"]) + offset))
    except ValueError as error:
        raise PdfStrictReadError("Object stream header possibly corrupted") from error
    return data, places
