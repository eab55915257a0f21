"""Acts of the chain on a composed paper: each is a page with its consequence, then one click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import chain, numbering, papers
from app.documents.drafting import ChangesForm, OpinionForm, ReasonForm, ReassignForm, text_field, words_form
from app.documents.models import Paper
from app.documents.papers import PaperCourse
from app.documents.signatures.models import SigningAct
from app.documents.states import DOCUMENT
from app.documents.views.drafts import draft_state, named, path_of
from app.documents.views.papers import bp
from app.documents.views.signing import means
from app.errors import DomainError, Forbidden
from app.extensions import db
from app.policy import Action, refusal
from app.vietnamese import format_date
from app.web.access import requires, the_actor
from app.workflow import advance

Answer = AnyResponse | tuple[str, int]


@dataclass(frozen=True)
class PaperAct:
    """One act: its endpoint, address, right, transition, words; `tells`: what issuing does stands there."""

    name: str
    path: str
    action: Action
    verb: str
    question: str
    button: str
    done: str
    says: str = ""
    tells: bool = False
    form: type[web.BaseForm] = OpinionForm


SUBMIT = PaperAct(
    "submit_paper",
    "submit",
    Action.SUBMIT_PAPER,
    "submit",
    "Trình kiểm tra nội dung",
    "Trình kiểm tra nội dung",
    "Đã trình kiểm tra nội dung.",
    "Sau khi trình, bản thảo không sửa được cho đến khi được trả lại.",
)
CHECK_CONTENT = PaperAct(
    "check_content_paper",
    "check-content",
    Action.CHECK_CONTENT,
    "check_content",
    "Kiểm tra nội dung",
    "Đồng ý nội dung, trình tiếp",
    "Đã kiểm tra nội dung, chuyển kiểm tra thể thức.",
    "Người kiểm tra nội dung chịu trách nhiệm về nội dung (Điều 12 Nghị định số 30/2020/NĐ-CP).",
)
CHECK_FORM = PaperAct(
    "check_form_paper",
    "check-form",
    Action.CHECK_FORM,
    "check_form",
    "Kiểm tra thể thức",
    "Đồng ý thể thức, trình duyệt",
    "Đã kiểm tra thể thức, chuyển người ký duyệt.",
    "Người kiểm tra thể thức chịu trách nhiệm về thể thức, kỹ thuật trình bày.",
)
APPROVE = PaperAct(
    "approve_paper",
    "approve",
    Action.APPROVE_PAPER,
    "approve",
    "Duyệt bản thảo",
    "Duyệt bản thảo",
    "Đã duyệt bản thảo.",
    "Sau khi duyệt, mọi thay đổi phải trình duyệt lại.",
    True,
)
SEAL = PaperAct(
    "seal_paper",
    "seal",
    Action.SEAL_PAPER,
    "seal",
    "Đóng dấu, ký số của cơ quan",
    "Đóng dấu, ký số của cơ quan",
    "Đã đóng dấu, chờ ban hành.",
    "Người ký không đóng dấu trên văn bản do mình ký.",
)
ISSUE = PaperAct(
    "issue_paper",
    "issue",
    Action.ISSUE_PAPER,
    "issue",
    "Ban hành văn bản",
    "Ban hành",
    "Đã ban hành văn bản.",
    "Sau khi ban hành, văn bản không sửa được; việc sửa thực hiện bằng đính chính, thay thế, thu hồi.",
    True,
    web.BaseForm,
)
SIGN = PaperAct(
    "sign_paper",
    "sign",
    Action.SIGN_PAPER,
    "sign",
    "Ký văn bản",
    "Ký văn bản",
    "Đã ký, chờ đóng dấu.",
    "Số và ngày được lấy khi ký và ghi vào văn bản được ký.",
    True,
    web.BaseForm,
)
RETURN = PaperAct(
    "return_paper",
    "return",
    Action.VIEW_PAPER,
    "return_back",
    "Trả lại để hoàn thiện",
    "Trả lại để hoàn thiện",
    "Đã trả lại để hoàn thiện.",
    "Người soạn thảo nhận lại bản thảo cùng lý do.",
    form=ReasonForm,
)
ABANDON = PaperAct(
    "abandon_paper",
    "abandon",
    Action.ABANDON_PAPER,
    "abandon",
    "Bỏ dự thảo",
    "Bỏ dự thảo",
    "Đã bỏ dự thảo.",
    "Dự thảo được giữ trong hồ sơ, không trình được nữa.",
    form=ReasonForm,
)
REASSIGN = PaperAct(
    "reassign_paper",
    "reassign",
    Action.REASSIGN_PAPER,
    "submit",
    "Giao người soạn khác",
    "Giao người soạn",
    "Đã giao người soạn.",
    "Người được giao tiếp tục soạn và trình; câu chữ đã sửa được giữ nguyên.",
    form=ReassignForm,
)
TAKE_BACK = PaperAct(
    "take_back_paper",
    "take-back",
    Action.TAKE_BACK_SIGNED,
    "take_back",
    "Hủy bản đã ký",
    "Hủy bản đã ký",
    "Đã hủy bản đã ký; dự thảo trở lại bước soạn.",
    "Số đã lấy được ghi là không sử dụng, kèm lý do. Bản thảo được hoàn thiện, trình và ký lại với số mới.",
    form=ReasonForm,
)


def _do(paper: Paper, act: PaperAct, form: web.BaseForm) -> None:
    """The act itself, with what its page asks for."""
    document, actor, version = paper.document, the_actor(), form.version.data
    said = form["opinion"].data or "" if "opinion" in form else ""
    match act:
        case _ if act is ISSUE:
            chain.issue(document, actor=actor)
        case _ if act is SEAL:
            sealing = chain.begin_sealing(document, actor=actor)
            db.session.commit()  # the seal is made without a transaction
            chain.seal(document, opinion=said, sealed=chain.draw_sealed(sealing), actor=actor)
        case _ if act is RETURN:
            chain.return_back(document, said, actor=actor)
        case _ if act is ABANDON:
            chain.abandon(document, said, version=version, actor=actor)
        case _ if act is TAKE_BACK:
            chain.take_back_signed(document, said, version=version, actor=actor)
        case _ if act is REASSIGN:
            chain.reassign(document, form["drafter_id"].data, said, version=version, actor=actor)
        case _:
            agree: Callable[..., None] = getattr(chain, act.verb)
            agree(document, version=version, opinion=said, actor=actor)


def _form(paper: Paper, act: PaperAct, *, posted: bool) -> web.BaseForm:
    form = act.form() if posted else act.form(formdata=None)
    if not posted:
        form.version.data = paper.version
    if isinstance(form, ReassignForm):
        people = [(str(person.id), person.name) for person in PaperCourse(paper).drafters()]
        form.drafter_id.choices = web.choices(people, blank="Chọn người soạn")
    return form


def ask_step(paper: Paper, act: PaperAct) -> None:
    """Raises WrongState when this is not the paper's next step: a page with no way on is none."""
    if act is RETURN:
        chain.ask_return(paper.document, the_actor())
    elif not any(paper.document.state in t.sources for t in DOCUMENT.find(act.verb)):
        advance(paper.document, act.verb, DOCUMENT, actor=the_actor())


def act_page(paper: Paper, act: PaperAct, form: web.BaseForm) -> str:
    """The question of an act with its consequence."""
    course, document = PaperCourse(paper), paper.document
    number = ""
    if act is SIGN:
        today = clock.today()
        number = f"{numbering.next_number(document, today):02d}/{document.symbol} ngày {format_date(today)}"
    return render_template(
        "papers/act.html",
        title=act.question,
        paper=paper,
        document=document,
        act=act,
        form=form,
        fields=[name for name in ("drafter_id", "opinion") if name in form],
        path=path_of(paper, act.question),
        state=draft_state(paper),
        missing=course.stopping() if act in (SUBMIT, SIGN, ISSUE) else (),
        effects=course.effects() if act.tells else "",
        number=number,
        means=means(document, SigningAct(act.verb)) if act in (SIGN, SEAL) else None,
        action_url=url_for(f".do_{act.name}", paper_id=paper.id),
    )


def _register(act: PaperAct) -> None:
    """GET shows the question, POST does it, for one act."""

    def ask(paper: Paper) -> str:
        ask_step(paper, act)
        return act_page(paper, act, _form(paper, act, posted=False))

    def do(paper: Paper) -> Answer:
        form = _form(paper, act, posted=True)
        status = web.attempt(form, lambda: _do(paper, act, form))
        if status is not None:
            return act_page(paper, act, form), status
        flash(act.done, "good")
        return redirect(url_for(".paper", paper_id=paper.id), 303)

    guard = requires(act.action, papers.get_paper)
    bp.add_url_rule(f"/papers/<int:paper_id>/{act.path}", act.name, guard(ask), methods=["GET"])
    bp.add_url_rule(f"/papers/<int:paper_id>/{act.path}", f"do_{act.name}", guard(do), methods=["POST"])


for _act in (SUBMIT, CHECK_CONTENT, CHECK_FORM, APPROVE, SEAL, ISSUE, RETURN, ABANDON, REASSIGN, TAKE_BACK):
    _register(_act)


@bp.get("/papers/<int:paper_id>/sign")
@requires(Action.SIGN_PAPER, papers.get_paper)
def sign_paper(paper: Paper) -> str:
    """What will be signed, with which number."""
    ask_step(paper, SIGN)
    return act_page(paper, SIGN, _form(paper, SIGN, posted=False))


@bp.post("/papers/<int:paper_id>/sign")
@requires(Action.SIGN_PAPER, papers.get_paper)
def do_sign_paper(paper: Paper) -> Answer:
    """Reserve the number and commit; draw outside any transaction; keep the paper and sign; commit."""
    actor, form = the_actor(), _form(paper, SIGN, posted=True)
    if not form.validate_on_submit():
        return act_page(paper, SIGN, form), 422
    try:
        signing = chain.begin_signing(paper.document, actor=actor)
        db.session.commit()
        pdf = chain.draw_signed(signing)
        chain.finish_signing(paper.document, signing, pdf, actor=actor)
    except DomainError as error:
        status = web.refused(form, error)
        return act_page(paper, SIGN, form), status
    db.session.commit()
    flash(SIGN.done, "good")
    return redirect(url_for(".paper", paper_id=paper.id), 303)


@bp.get("/papers/<int:paper_id>/approve-with-changes")
@requires(Action.APPROVE_PAPER, papers.get_paper)
def change_paper(paper: Paper) -> str:
    """All texts on one page for the signer."""
    ask_step(paper, APPROVE)
    if the_actor().person_id != paper.document.signer_id:
        raise Forbidden(refusal(the_actor(), Action.SIGN_PAPER, paper) or "")
    form = words_form(PaperCourse(paper).words(), ChangesForm)(formdata=None)
    form.version.data = paper.version
    return _changes_page(paper, form)


@bp.post("/papers/<int:paper_id>/approve-with-changes")
@requires(Action.APPROVE_PAPER, papers.get_paper)
def do_change_paper(paper: Paper) -> Answer:
    """Sửa và duyệt in one act."""
    form = words_form(PaperCourse(paper).words(), ChangesForm)()
    assert isinstance(form, ChangesForm)

    def act() -> None:
        chain.approve_with_changes(
            paper.document,
            form.changes(),
            version=form.version.data,
            opinion=form.opinion.data or "",
            actor=the_actor(),
        )

    status = web.attempt(form, act, named=form.named)
    if status is not None:
        return _changes_page(paper, form), status
    flash("Đã sửa và duyệt. Chỗ sửa được giữ trong chuỗi xử lý.", "good")
    return redirect(url_for(".paper", paper_id=paper.id), 303)


def _changes_page(paper: Paper, form: web.BaseForm) -> str:
    return render_template(
        "papers/draft_changes.html",
        title="Sửa và duyệt",
        paper=paper,
        form=form,
        words=PaperCourse(paper).words(),
        text_field=text_field,
        path=path_of(paper, "Sửa và duyệt"),
        state=draft_state(paper),
        sub=named(paper),
    )
