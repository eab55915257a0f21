"""Acts of the chain: each is a page with its consequences in figures, then one click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.documents import numbering
from app.documents.models import Document
from app.errors import DomainError
from app.extensions import db
from app.notices import checks, queries, services, texts
from app.notices.effects import effects_of
from app.notices.forms import OpinionForm, ReturnForm, texts_form
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.views.common import bp, path_to, state_of
from app.policy import Action
from app.vietnamese import format_date
from app.web.access import requires, the_actor


@dataclass(frozen=True)
class Act:
    """One act: its page's question, its button, what it says afterwards."""

    verb: str
    action: Action
    question: str
    button: str
    done: str
    says: str = ""
    shows_effects: bool = False


ACTS = (
    Act(
        "submit",
        Action.SUBMIT_NOTICE,
        "Trình kiểm tra nội dung",
        "Trình kiểm tra nội dung",
        "Đã trình kiểm tra nội dung.",
        "Sau khi trình, bản thảo không sửa được cho đến khi được trả lại.",
    ),
    Act(
        "check_content",
        Action.CHECK_CONTENT,
        "Kiểm tra nội dung",
        "Đồng ý nội dung, trình tiếp",
        "Đã kiểm tra nội dung, chuyển kiểm tra thể thức.",
        "Người kiểm tra nội dung chịu trách nhiệm về nội dung (Điều 12 Nghị định số 30/2020/NĐ-CP).",
    ),
    Act(
        "check_form",
        Action.CHECK_FORM,
        "Kiểm tra thể thức",
        "Đồng ý thể thức, trình duyệt",
        "Đã kiểm tra thể thức, chuyển người ký duyệt.",
        "Người kiểm tra thể thức chịu trách nhiệm về thể thức, kỹ thuật trình bày.",
    ),
    Act(
        "approve",
        Action.APPROVE_NOTICE,
        "Duyệt bản thảo",
        "Duyệt bản thảo",
        "Đã duyệt bản thảo.",
        "Sau khi duyệt, mọi thay đổi phải trình duyệt lại.",
        True,
    ),
    Act(
        "seal",
        Action.SEAL_NOTICE,
        "Đóng dấu, ký số của cơ quan",
        "Đóng dấu, ký số của cơ quan",
        "Đã đóng dấu, chờ phát hành.",
        "Người ký không đóng dấu trên văn bản do mình ký.",
    ),
    Act(
        "issue",
        Action.ISSUE_NOTICE,
        "Phát hành thông báo",
        "Phát hành",
        "Đã ban hành thông báo.",
        "Sau khi phát hành, văn bản, kết quả và tồn tại đã kết luận không sửa được; việc sửa thực hiện "
        "bằng đính chính, thay thế, thu hồi.",
        True,
    ),
)


def _page(notice: Notice, act: Act, form: OpinionForm | ReturnForm) -> str:
    record = gather(notice)
    return render_template(
        "notices/act.html",
        title=act.question,
        notice=notice,
        act=act,
        form=form,
        path=path_to(notice, act.question),
        state=state_of(notice),
        effects=effects_of(notice, record) if act.shows_effects else None,
        stopping=checks.refusing(checks.run(notice, record))
        if act.verb in ("submit", "issue", "sign")
        else (),
        looks=[c for c in checks.run(notice, record) if not c.ok and not c.hard]
        if act.verb == "submit"
        else (),
        action_url=url_for(f".do_{act.verb}", notice_id=notice.id),
        number=_number(notice.document) if act.verb == "sign" else "",
    )


def _number(document: Document) -> str:
    series = numbering.find_series(document.symbol)
    held = numbering.live_number(document)
    n = held.n if held is not None else numbering.next_number(series, clock.today()) if series else 1
    return f"{n:02d}/{document.symbol} ngày {format_date(clock.today())}"


def _refused(notice: Notice, act: Act, form: OpinionForm | ReturnForm, error: DomainError) -> tuple[str, int]:
    db.session.rollback()
    form.refuse(error.message, error.field)
    return _page(notice, act, form), error.status


def _register(act: Act) -> None:
    """GET shows the question, POST does it, for one act."""

    def ask(notice: Notice) -> str:
        form = OpinionForm(formdata=None)
        form.version.data = notice.version
        return _page(notice, act, form)

    def do(notice: Notice) -> AnyResponse | tuple[str, int]:
        form = OpinionForm()
        if not form.validate_on_submit():
            return _page(notice, act, form), 422
        service: Callable[..., None] = getattr(services, act.verb)
        given: dict[str, object] = {"opinion": form.opinion.data or ""} if act.verb != "issue" else {}
        if act.verb == "submit":
            given["version"] = form.version.data
        try:
            service(notice, **given, actor=the_actor())
        except DomainError as error:
            return _refused(notice, act, form, error)
        db.session.commit()
        flash(act.done, "good")
        return redirect(url_for(".show", notice_id=notice.id), 303)

    path = f"/notices/<int:notice_id>/{act.verb.replace('_', '-')}"
    guard = requires(act.action, queries.get_visible)
    bp.add_url_rule(path, act.verb, guard(ask), methods=["GET"])
    bp.add_url_rule(path, f"do_{act.verb}", guard(do), methods=["POST"])


for _act in ACTS:
    _register(_act)

SIGN = Act(
    "sign",
    Action.SIGN_NOTICE,
    "Ký văn bản",
    "Ký văn bản",
    "Đã ký, chờ đóng dấu.",
    "Số và ngày được lấy khi ký và ghi vào văn bản được ký.",
    True,
)
RETURN = Act(
    "return_back",
    Action.VIEW_NOTICE,
    "Trả lại để hoàn thiện",
    "Trả lại để hoàn thiện",
    "Đã trả lại để hoàn thiện.",
    "Người soạn thảo nhận lại bản thảo cùng lý do.",
)


@bp.get("/notices/<int:notice_id>/sign")
@requires(Action.SIGN_NOTICE, queries.get_visible)
def sign(notice: Notice) -> str:
    """What will be signed, with which number."""
    return _page(notice, SIGN, OpinionForm(formdata=None))


@bp.post("/notices/<int:notice_id>/sign")
@requires(Action.SIGN_NOTICE, queries.get_visible)
def do_sign(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Reserve the number and commit; draw outside any transaction; keep the paper and sign; commit."""
    actor, form = the_actor(), OpinionForm()
    if not form.validate_on_submit():
        return _page(notice, SIGN, form), 422
    try:
        signing = services.begin_signing(notice, actor=actor)
        db.session.commit()
        pdf = services.draw_signed(signing)
        services.finish_signing(queries.get_visible(actor, signing.notice_id), signing, pdf, actor=actor)
    except DomainError as error:
        return _refused(notice, SIGN, form, error)
    db.session.commit()
    flash(SIGN.done, "good")
    return redirect(url_for(".show", notice_id=signing.notice_id), 303)


@bp.get("/notices/<int:notice_id>/return")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def return_back(notice: Notice) -> str:
    """Ask for the reason."""
    return _page(notice, RETURN, ReturnForm(formdata=None))


@bp.post("/notices/<int:notice_id>/return")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def do_return_back(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Send it back; who has it in hand may."""
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(notice, RETURN, form), 422
    try:
        services.return_back(notice, form.opinion.data or "", actor=the_actor())
    except DomainError as error:
        return _refused(notice, RETURN, form, error)
    db.session.commit()
    flash(RETURN.done, "good")
    return redirect(url_for(".show", notice_id=notice.id), 303)


@bp.get("/notices/<int:notice_id>/approve-with-changes")
@requires(Action.APPROVE_NOTICE, queries.get_visible)
def approve_with_changes(notice: Notice) -> str:
    """All texts on one page for the signer."""
    form = texts_form(texts.pieces_of(notice, gather(notice)))(formdata=None)
    form.version.data = notice.version
    return _changes_page(notice, form)


@bp.post("/notices/<int:notice_id>/approve-with-changes")
@requires(Action.APPROVE_NOTICE, queries.get_visible)
def do_approve_with_changes(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Sửa và duyệt in one act."""
    form = texts_form(texts.pieces_of(notice, gather(notice)))()
    if not form.validate_on_submit():
        return _changes_page(notice, form), 422
    try:
        services.approve_with_changes(
            notice,
            form.changes(),
            version=form.version.data,
            opinion=request.form.get("opinion", "")[:2000],
            actor=the_actor(),
        )
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, (error.field or "").replace("-", "__"))
        return _changes_page(notice, form), error.status
    db.session.commit()
    flash("Đã sửa và duyệt. Chỗ sửa được giữ trong chuỗi xử lý.", "good")
    return redirect(url_for(".show", notice_id=notice.id), 303)


def _changes_page(notice: Notice, form: object) -> str:
    return render_template(
        "notices/approve_with_changes.html",
        title="Sửa và duyệt",
        notice=notice,
        form=form,
        pieces=texts.pieces_of(notice, gather(notice)),
        path=path_to(notice, "Sửa và duyệt"),
        state=state_of(notice),
        labels=texts.PART_LABELS,
    )
