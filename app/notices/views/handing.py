"""Chọn lại đơn vị: which units a draft concludes, one more act on a notice."""

from __future__ import annotations

from app import web
from app.documents.models import Document
from app.documents.views.acts import Act, due
from app.inspections.models import InspectedUnit
from app.notices import queries, services
from app.notices.forms import DraftForm
from app.notices.models import Notice
from app.policy import Action
from app.web.access import the_actor


def _offered(notice: Notice) -> dict[int, InspectedUnit]:
    return {unit.id: unit for unit in (*notice.units, *queries.list_open_units(notice.inspection))}


def _fill(document: Document, form: web.BaseForm) -> None:
    notice, units = queries.get_of_document(document.id), form["units"]
    units.choices = web.choices([(str(unit.id), unit.unit.name) for unit in _offered(notice).values()])
    if not form.is_submitted():
        units.data = [unit.id for unit in notice.units]


def _choose(document: Document, form: web.BaseForm) -> None:
    notice = queries.get_of_document(document.id)
    offered = _offered(notice)
    chosen = [offered[unit_id] for unit_id in form["units"].data or () if unit_id in offered]
    services.choose_units(notice, chosen, version=form.version.data, actor=the_actor())


UNITS = Act(
    "units",
    "units",
    Action.EDIT_PAPER,
    due("submit"),
    _choose,
    "Chọn lại đơn vị",
    "Lưu",
    "Đã chọn lại đơn vị. Xem lại trích yếu và từng phần.",
    "Tồn tại của đơn vị không còn trong thông báo được bỏ ra; tồn tại đã thống nhất của đơn vị mới được "
    "đưa vào.",
    form=DraftForm,
    fill=_fill,
)
