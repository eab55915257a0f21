"""Acts of the chain: each is a page with its consequences in figures, then one click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import chain, numbering
from app.documents.models import Document
from app.documents.signatures.models import SigningAct
from app.documents.states import DOCUMENT
from app.documents.views.signing import means
from app.errors import DomainError
from app.extensions import db
from app.notices import checks, queries, texts
from app.notices.effects import effects_of
from app.notices.forms import OpinionForm, ReturnForm, changes_form, field_name
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.views.common import bp, path_to, state_of
from app.notices.waited import short_dates
from app.policy import Action
from app.vietnamese import format_date
from app.web.access import requires, the_actor
from app.workflow import advance


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
        Action.SUBMIT_PAPER,
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
        Action.APPROVE_PAPER,
        "Duyệt bản thảo",
        "Duyệt bản thảo",
        "Đã duyệt bản thảo.",
        "Sau khi duyệt, mọi thay đổi phải trình duyệt lại.",
        True,
    ),
    Act(
        "seal",
        Action.SEAL_PAPER,
        "Đóng dấu, ký số của cơ quan",
        "Đóng dấu, ký số của cơ quan",
        "Đã đóng dấu, chờ ban hành.",
        "Người ký không đóng dấu trên văn bản do mình ký.",
    ),
    Act(
        "issue",
        Action.ISSUE_PAPER,
        "Ban hành thông báo",
        "Ban hành",
        "Đã ban hành thông báo.",
        "Sau khi ban hành, văn bản, kết quả và tồn tại đã kết luận không sửa được; việc sửa thực hiện "
        "bằng đính chính, thay thế, thu hồi.",
        True,
    ),
)


def ask_state(notice: Notice, verb: str) -> None:
    """Raises WrongState when this is not the notice's next step: a page with no way on is none."""
    if not any(notice.document.state in t.sources for t in DOCUMENT.find(verb)):
        advance(notice.document, verb, DOCUMENT, actor=the_actor())


def act_page(notice: Notice, act: Act, form: web.BaseForm) -> str:
    """The question of an act with its consequences."""
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
        fields=[name for name in ("units", "drafter_id", "opinion") if name in form],
        number=_number(notice.document) if act.verb == "sign" else "",
        means=means(notice.document, SigningAct(act.verb)) if act.verb in ("sign", "seal") else None,
    )


def _number(document: Document) -> str:
    n = numbering.next_number(document, clock.today())
    return f"{n:02d}/{document.symbol} ngày {format_date(clock.today())}"


def refused_page(notice: Notice, act: Act, form: web.BaseForm, error: DomainError) -> tuple[str, int]:
    """The same page with what the service refused."""
    web.refused(form, error, named=field_name)
    return act_page(notice, act, form), error.status


def _register(act: Act) -> None:
    """GET shows the question, POST does it, for one act."""

    def ask(notice: Notice) -> str:
        ask_state(notice, act.verb)
        form = OpinionForm(formdata=None)
        form.version.data = notice.version
        return act_page(notice, act, form)

    def do(notice: Notice) -> AnyResponse | tuple[str, int]:
        form = OpinionForm()
        if not form.validate_on_submit():
            return act_page(notice, act, form), 422
        service: Callable[..., None] = getattr(chain, act.verb)
        given: dict[str, object] = {"opinion": form.opinion.data or ""} if act.verb != "issue" else {}
        if act.verb in ("submit", "check_content", "check_form", "approve"):
            given["version"] = form.version.data
        try:
            if act.verb == "seal":
                sealing = chain.begin_sealing(notice.document, actor=the_actor())
                db.session.commit()  # the seal is made without a transaction
                given["sealed"] = chain.draw_sealed(sealing)
            service(notice.document, **given, actor=the_actor())
        except DomainError as error:
            return refused_page(notice, act, form, error)
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
    Action.SIGN_PAPER,
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
@requires(Action.SIGN_PAPER, queries.get_visible)
def sign(notice: Notice) -> str:
    """What will be signed, with which number."""
    ask_state(notice, "sign")
    return act_page(notice, SIGN, OpinionForm(formdata=None))


@bp.post("/notices/<int:notice_id>/sign")
@requires(Action.SIGN_PAPER, queries.get_visible)
def do_sign(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Reserve the number and commit; draw outside any transaction; keep the paper and sign; commit."""
    actor, form = the_actor(), OpinionForm()
    if not form.validate_on_submit():
        return act_page(notice, SIGN, form), 422
    try:
        signing = chain.begin_signing(notice.document, actor=actor)
        db.session.commit()
        pdf = chain.draw_signed(signing)
        chain.finish_signing(notice.document, signing, pdf, actor=actor)
    except DomainError as error:
        return refused_page(notice, SIGN, form, error)
    db.session.commit()
    flash(SIGN.done, "good")
    return redirect(url_for(".show", notice_id=notice.id), 303)


@bp.get("/notices/<int:notice_id>/return")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def return_back(notice: Notice) -> str:
    """Ask for the reason."""
    chain.ask_return(notice.document, the_actor())
    return act_page(notice, RETURN, ReturnForm(formdata=None))


@bp.post("/notices/<int:notice_id>/return")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def do_return_back(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Send it back; who has it in hand may."""
    form = ReturnForm()
    if not form.validate_on_submit():
        return act_page(notice, RETURN, form), 422
    try:
        chain.return_back(notice.document, form.opinion.data or "", actor=the_actor())
    except DomainError as error:
        return refused_page(notice, RETURN, form, error)
    db.session.commit()
    flash(RETURN.done, "good")
    return redirect(url_for(".show", notice_id=notice.id), 303)


@bp.get("/notices/<int:notice_id>/approve-with-changes")
@requires(Action.APPROVE_PAPER, queries.get_visible)
def approve_with_changes(notice: Notice) -> str:
    """All texts on one page for the signer."""
    ask_state(notice, "approve")
    form = changes_form(texts.pieces_of(notice, gather(notice)))(formdata=None)
    form.version.data = notice.version
    return _changes_page(notice, form)


@bp.post("/notices/<int:notice_id>/approve-with-changes")
@requires(Action.APPROVE_PAPER, queries.get_visible)
def do_approve_with_changes(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Sửa và duyệt in one act."""
    form = changes_form(texts.pieces_of(notice, gather(notice)))()
    if not form.validate_on_submit():
        return _changes_page(notice, form), 422
    try:
        chain.approve_with_changes(
            notice.document,
            form.changes(),
            version=form.version.data,
            opinion=form.opinion.data or "",
            redate=form.redate.data,
            actor=the_actor(),
        )
    except DomainError as error:
        web.refused(form, error, named=field_name)
        return _changes_page(notice, form), error.status
    db.session.commit()
    flash("Đã sửa và duyệt. Chỗ sửa được giữ trong chuỗi xử lý.", "good")
    return redirect(url_for(".show", notice_id=notice.id), 303)


def _changes_page(notice: Notice, form: object) -> str:
    record = gather(notice)
    return render_template(
        "notices/approve_with_changes.html",
        short=short_dates(record, clock.today()),
        title="Sửa và duyệt",
        notice=notice,
        form=form,
        pieces=texts.pieces_of(notice, record),
        path=path_to(notice, "Sửa và duyệt"),
        state=state_of(notice),
        labels=texts.PART_LABELS,
    )
