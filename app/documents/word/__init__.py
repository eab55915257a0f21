"""The same paper as .docx: written in the legal layout with its texts marked, and taken back when edited.

Every text with a `ref` is a content control (tag = ref) that may be edited and not deleted; tables and
figures of the record are locked. Nothing that is read back changes a record: `compare` only says what
differs, a person decides change by change.
"""

from app.documents.word.comparing import Change, Comparison, Doubt, Frame, compare
from app.documents.word.origin import Origin
from app.documents.word.reading import Returned, read_docx
from app.documents.word.taking import Proposal, RecordText, Taking, marked, propose, read_as
from app.documents.word.walking import WordRefused
from app.documents.word.writing import RECIPIENTS, write_docx

__all__ = [
    "RECIPIENTS",
    "Change",
    "Comparison",
    "Doubt",
    "Frame",
    "Origin",
    "Proposal",
    "RecordText",
    "Returned",
    "Taking",
    "WordRefused",
    "compare",
    "marked",
    "propose",
    "read_as",
    "read_docx",
    "write_docx",
]
