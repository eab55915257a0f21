"""Every paper with a composer goes through the chain as its composer says."""

from __future__ import annotations

from flask import Flask

from app.documents import papers
from app.documents.chain import course


def register(_app: Flask) -> None:
    """Kinds without a course of their own are carried by `papers`."""
    course.fall_back_on(papers.course_of)
