"""Composed papers of ours: begun, worded, read, and carried through the chain by their composers.

The conclusion notice carries itself (`notices`); every other kind with a composer goes by this.
"""

from app.documents.models import Document
from app.documents.papers.course import PaperCourse
from app.documents.papers.reading import (
    find_issued,
    get_of_document,
    get_paper,
    list_of_case,
    list_papers,
    list_versions,
    signers_of,
)
from app.documents.papers.ways import symbol_in, symbol_of, way_of
from app.documents.papers.words import reworded, words_of
from app.documents.papers.writing import (
    PaperDetails,
    begin_paper,
    bring_in_line,
    clean_authority,
    edit_details,
    recompose,
    reword,
    start_paper,
)


def course_of(document: Document) -> PaperCourse:
    """The course of a composed paper. Raises NotFound."""
    return PaperCourse(get_of_document(document.id))


__all__ = [
    "PaperCourse",
    "PaperDetails",
    "begin_paper",
    "bring_in_line",
    "clean_authority",
    "course_of",
    "edit_details",
    "find_issued",
    "get_of_document",
    "get_paper",
    "list_of_case",
    "list_papers",
    "list_versions",
    "recompose",
    "reword",
    "reworded",
    "signers_of",
    "start_paper",
    "symbol_in",
    "symbol_of",
    "way_of",
    "words_of",
]
