"""The one way a page tries what a form asks for: validate, act, commit, or show at the form why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import g
from sqlalchemy.orm.exc import StaleDataError
from wtforms import Field, SelectField

from app.errors import DomainError, NotFound, Stale
from app.extensions import db
from app.web import uploads
from app.web.forms import BaseForm

STALE = "Nội dung này vừa được cán bộ khác cập nhật. Mở lại trang, so sánh rồi nhập lại phần cần sửa."
Done = TypeVar("Done")
Naming = Callable[[str], str]
"""The field of the form for a field that a service names."""


@dataclass(frozen=True)
class Refused:
    """The form or the act was refused; `status` is that of the answer which shows the form again."""

    status: int


def perform(form: BaseForm, act: Callable[[], Done], *, named: Naming = str) -> Done | Refused:
    """What `act` made when the form was good and everything is committed; else why the form comes back.

    A refusal stands at the field it names, NotFound goes on as the answer 404. Chosen files are held,
    because no browser sends them twice by itself.
    """
    if not form.validate_on_submit():
        uploads.hold(form)
        return Refused(422)
    return _tried(form, act, named)


def attempt(form: BaseForm, act: Callable[[], object], *, named: Naming = str) -> int | None:
    """The same for an act that makes nothing to go on with: None, or the status to answer with."""
    return _status(perform(form, act, named=named))


def run(form: BaseForm, act: Callable[[], object], *, named: Naming = str) -> int | None:
    """`attempt` for a form that was found good before."""
    return _status(_tried(form, act, named))


def _tried(form: BaseForm, act: Callable[[], Done], named: Naming) -> Done | Refused:
    try:
        done = act()
        db.session.commit()
    except StaleDataError:  # two acts of one instant
        return Refused(refused(form, Stale(STALE), named=named))
    except DomainError as error:
        return Refused(refused(form, error, named=named))
    return done


def _status(done: object) -> int | None:
    return done.status if isinstance(done, Refused) else None


def refused(form: BaseForm, error: DomainError, *, named: Naming = str) -> int:
    """Take back what was written and show at the form what was refused; returns the status of the answer.

    After a stale edit the form counts from what is there now: who compared both may save once more.
    """
    db.session.rollback()
    if isinstance(error, NotFound):
        raise error
    if isinstance(error, Stale) and error.version is not None:
        form.version.data, form.version.raw_data = error.version, None
        g.stale = True
    field = named(error.field) if error.field is not None else None
    for reason in error.reasons:
        form.refuse(reason, field)
    uploads.hold(form, error.upload)
    return error.status


def stand_beside(form: BaseForm, kept: BaseForm) -> None:
    """After a stale edit name beside the form what is saved now where it says something else (`standing`);
    `kept` is the same form filled from the record."""
    if g.get("stale"):
        form.standing = [
            (field.label.text, shown)
            for field in form
            if field.type in _TOLD
            and field.name in kept
            and (shown := _shown(kept[field.name])) != _shown(field)
        ]


_TOLD = {"StringField", "TextAreaField", "DateField", "WholeNumberField", "SelectField", "RadioField"}


def _shown(field: Field) -> str:
    if isinstance(field, SelectField):  # a choice of one out of several as well
        return next((str(label) for _, label, chosen, *_ in field.iter_choices() if chosen), "")
    return " ".join(field._value().split())  # type: ignore[attr-defined]  # every kind in _TOLD has it
