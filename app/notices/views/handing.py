"""When a notice does not go its way: other units, another drafter, given up, taken back after signing."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.documents import chain
from app.errors import DomainError, WrongState
from app.extensions import db
from app.inspections.models import InspectedUnit
from app.notices import queries, services
from app.notices.forms import DraftForm, ReasonForm, ReassignForm
from app.notices.models import Notice
from app.notices.views.chain import Act, act_page, ask_state, refused_page
from app.notices.views.common import bp
from app.policy import Action
from app.web.access import requires, the_actor

UNITS = Act(
    "units",
    Action.EDIT_PAPER,
    "Chọn lại đơn vị",
    "Lưu",
    "Đã chọn lại đơn vị. Xem lại trích yếu và từng phần.",
    "Tồn tại của đơn vị không còn trong thông báo được bỏ ra; tồn tại đã thống nhất của đơn vị mới được "
    "đưa vào.",
)
REASSIGN = Act(
    "reassign",
    Action.REASSIGN_PAPER,
    "Giao người soạn khác",
    "Giao người soạn",
    "Đã giao người soạn.",
    "Người được giao tiếp tục soạn và trình; câu chữ đã sửa được giữ nguyên.",
)
ABANDON = Act(
    "abandon",
    Action.ABANDON_PAPER,
    "Bỏ dự thảo",
    "Bỏ dự thảo",
    "Đã bỏ dự thảo.",
    "Các đơn vị trong dự thảo được đưa vào thông báo khác. Tồn tại, nội dung khắc phục trong hồ sơ "
    "giữ nguyên.",
)
TAKE_BACK = Act(
    "take_back",
    Action.TAKE_BACK_SIGNED,
    "Hủy bản đã ký",
    "Hủy bản đã ký",
    "Đã hủy bản đã ký; dự thảo trở lại bước soạn.",
    "Số đã lấy được ghi là không sử dụng, kèm lý do. Bản thảo được hoàn thiện, trình và ký lại với số mới.",
)


def _ask_draft(notice: Notice) -> None:
    if not notice.is_draft:
        raise WrongState("Thông báo đã trình. Đề nghị trả lại để hoàn thiện trước.")


def _units_form(notice: Notice, form: DraftForm) -> dict[int, InspectedUnit]:
    offered = {unit.id: unit for unit in (*notice.units, *queries.list_open_units(notice.inspection))}
    form.units.choices = web.choices([(str(unit.id), unit.unit.name) for unit in offered.values()])
    return offered


@bp.get("/notices/<int:notice_id>/units")
@requires(Action.EDIT_PAPER, queries.get_visible)
def units(notice: Notice) -> str:
    """Which units this draft concludes."""
    _ask_draft(notice)
    form = DraftForm(formdata=None)
    _units_form(notice, form)
    form.units.data, form.version.data = [unit.id for unit in notice.units], notice.version
    return act_page(notice, UNITS, form)


@bp.post("/notices/<int:notice_id>/units")
@requires(Action.EDIT_PAPER, queries.get_visible)
def do_units(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Let it conclude others."""
    form = DraftForm()
    offered = _units_form(notice, form)

    def act() -> None:
        chosen = [offered[unit_id] for unit_id in form.units.data or () if unit_id in offered]
        services.choose_units(notice, chosen, version=form.version.data, actor=the_actor())

    return _do(notice, UNITS, form, act)


@bp.get("/notices/<int:notice_id>/reassign")
@requires(Action.REASSIGN_PAPER, queries.get_visible)
def reassign(notice: Notice) -> str:
    """To whom, and why."""
    _ask_draft(notice)
    form = _reassign_form(notice, ReassignForm(formdata=None))
    form.version.data = notice.version
    return act_page(notice, REASSIGN, form)


@bp.post("/notices/<int:notice_id>/reassign")
@requires(Action.REASSIGN_PAPER, queries.get_visible)
def do_reassign(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Give it to somebody else."""
    form = _reassign_form(notice, ReassignForm())
    return _do(
        notice,
        REASSIGN,
        form,
        lambda: chain.reassign(
            notice.document,
            form.drafter_id.data,
            form.opinion.data or "",
            version=form.version.data,
            actor=the_actor(),
        ),
    )


def _reassign_form(notice: Notice, form: ReassignForm) -> ReassignForm:
    people = [(str(person.id), person.name) for person in queries.drafters_of(notice)]
    form.drafter_id.choices = web.choices(people, blank="Chọn người soạn")
    return form


@bp.get("/notices/<int:notice_id>/abandon")
@requires(Action.ABANDON_PAPER, queries.get_visible)
def abandon(notice: Notice) -> str:
    """Why it is given up."""
    return _reason_page(notice, ABANDON)


@bp.post("/notices/<int:notice_id>/abandon")
@requires(Action.ABANDON_PAPER, queries.get_visible)
def do_abandon(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Give it up."""
    return _do_with_reason(notice, ABANDON, chain.abandon)


@bp.get("/notices/<int:notice_id>/take-back")
@requires(Action.TAKE_BACK_SIGNED, queries.get_visible)
def take_back(notice: Notice) -> str:
    """Why the signed paper will not be issued."""
    return _reason_page(notice, TAKE_BACK)


@bp.post("/notices/<int:notice_id>/take-back")
@requires(Action.TAKE_BACK_SIGNED, queries.get_visible)
def do_take_back(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Void it with its number."""
    return _do_with_reason(notice, TAKE_BACK, chain.take_back_signed)


def _reason_page(notice: Notice, act: Act) -> str:
    ask_state(notice, act.verb)
    form = ReasonForm(formdata=None)
    form.version.data = notice.version
    return act_page(notice, act, form)


def _do_with_reason(notice: Notice, act: Act, service: Callable[..., None]) -> AnyResponse | tuple[str, int]:
    form = ReasonForm()
    return _do(
        notice,
        act,
        form,
        lambda: service(
            notice.document, form.opinion.data or "", version=form.version.data, actor=the_actor()
        ),
    )


def _do(
    notice: Notice, act: Act, form: web.BaseForm, service: Callable[[], None]
) -> AnyResponse | tuple[str, int]:
    if not form.validate_on_submit():
        return act_page(notice, act, form), 422
    try:
        service()
    except DomainError as error:
        return refused_page(notice, act, form, error)
    db.session.commit()
    flash(act.done, "good")
    return redirect(url_for(".show", notice_id=notice.id), 303)
