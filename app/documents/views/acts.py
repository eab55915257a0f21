"""The acts of the chain as their pages say them: question, button, consequence, and what is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app import web
from app.documents import chain
from app.documents.drafting import OpinionForm, ReasonForm, ReassignForm
from app.documents.models import Document
from app.documents.signatures.models import SigningAct
from app.documents.states import DOCUMENT
from app.extensions import db
from app.policy import Action
from app.web.access import the_actor
from app.workflow import advance

Run = Callable[[Document, web.BaseForm], None]


def _as_it_is(document: Document, form: web.BaseForm) -> None:
    """Nothing to choose from."""


@dataclass(frozen=True)
class Act:
    """One act. `ask` raises when it is not due; `fill` gives choices to the form of its page; `run` does it.

    `stops`: what still stops the paper stands there; `tells`: so does what its issue does.
    """

    name: str
    path: str
    action: Action
    ask: Callable[[Document], None]
    run: Run
    question: str
    button: str
    done: str
    says: str
    stops: bool = False
    tells: bool = False
    signing: SigningAct | None = None
    form: type[web.BaseForm] = OpinionForm
    fill: Run = _as_it_is


def due(verb: str) -> Callable[[Document], None]:
    """Raises WrongState when this is not the paper's next step: a page with no way on is none."""

    def ask(document: Document) -> None:
        if not any(document.state in t.sources for t in DOCUMENT.find(verb)):
            advance(document, verb, DOCUMENT, actor=the_actor())

    return ask


def _said(form: web.BaseForm) -> str:
    return form["opinion"].data or ""


def _agree(service: Callable[..., None]) -> Run:
    def run(document: Document, form: web.BaseForm) -> None:
        service(document, version=form.version.data, opinion=_said(form), actor=the_actor())

    return run


def _give_a_reason(service: Callable[..., None]) -> Run:
    def run(document: Document, form: web.BaseForm) -> None:
        service(document, _said(form), version=form.version.data, actor=the_actor())

    return run


def _sign(document: Document, form: web.BaseForm) -> None:
    """Reserve the number and commit; draw outside any transaction; keep the paper and sign."""
    signing = chain.begin_signing(document, actor=the_actor())
    db.session.commit()
    pdf = chain.draw_signed(signing)
    chain.finish_signing(document, signing, pdf, actor=the_actor())


def _seal(document: Document, form: web.BaseForm) -> None:
    sealing = chain.begin_sealing(document, actor=the_actor())
    db.session.commit()  # the seal is made without a transaction
    chain.seal(document, opinion=_said(form), sealed=chain.draw_sealed(sealing), actor=the_actor())


def _offer_drafters(document: Document, form: web.BaseForm) -> None:
    people = [(str(person.id), person.name) for person in chain.of(document).drafters()]
    form["drafter_id"].choices = web.choices(people, blank="Chọn người soạn")


def _reassign(document: Document, form: web.BaseForm) -> None:
    person_id: int | None = form["drafter_id"].data
    chain.reassign(document, person_id, _said(form), version=form.version.data, actor=the_actor())


SUBMIT = Act(
    "submit",
    "submit",
    Action.SUBMIT_PAPER,
    due("submit"),
    _agree(chain.submit),
    "Trình kiểm tra nội dung",
    "Trình kiểm tra nội dung",
    "Đã trình kiểm tra nội dung.",
    "Sau khi trình, bản thảo không sửa được cho đến khi được trả lại.",
    stops=True,
)
CHECK_CONTENT = Act(
    "check_content",
    "check-content",
    Action.CHECK_CONTENT,
    due("check_content"),
    _agree(chain.check_content),
    "Kiểm tra nội dung",
    "Đồng ý nội dung, trình tiếp",
    "Đã kiểm tra nội dung, chuyển kiểm tra thể thức.",
    "Người kiểm tra nội dung chịu trách nhiệm về nội dung (Điều 12 Nghị định số 30/2020/NĐ-CP).",
)
CHECK_FORM = Act(
    "check_form",
    "check-form",
    Action.CHECK_FORM,
    due("check_form"),
    _agree(chain.check_form),
    "Kiểm tra thể thức",
    "Đồng ý thể thức, trình duyệt",
    "Đã kiểm tra thể thức, chuyển người ký duyệt.",
    "Người kiểm tra thể thức chịu trách nhiệm về thể thức, kỹ thuật trình bày.",
)
APPROVE = Act(
    "approve",
    "approve",
    Action.APPROVE_PAPER,
    due("approve"),
    _agree(chain.approve),
    "Duyệt bản thảo",
    "Duyệt bản thảo",
    "Đã duyệt bản thảo.",
    "Sau khi duyệt, mọi thay đổi phải trình duyệt lại.",
    tells=True,
)
SIGN = Act(
    "sign",
    "sign",
    Action.SIGN_PAPER,
    due("sign"),
    _sign,
    "Ký văn bản",
    "Ký văn bản",
    "Đã ký, chờ đóng dấu.",
    "Số và ngày được lấy khi ký và ghi vào văn bản được ký.",
    stops=True,
    tells=True,
    signing=SigningAct.SIGN,
    form=web.BaseForm,
)
SEAL = Act(
    "seal",
    "seal",
    Action.SEAL_PAPER,
    due("seal"),
    _seal,
    "Đóng dấu, ký số của cơ quan",
    "Đóng dấu, ký số của cơ quan",
    "Đã đóng dấu, chờ ban hành.",
    "Người ký không đóng dấu trên văn bản do mình ký.",
    signing=SigningAct.SEAL,
)
ISSUE = Act(
    "issue",
    "issue",
    Action.ISSUE_PAPER,
    due("issue"),
    lambda document, form: chain.issue(document, actor=the_actor()),
    "Ban hành văn bản",
    "Ban hành",
    "Đã ban hành văn bản.",
    "Sau khi ban hành, văn bản không sửa được; việc sửa thực hiện bằng đính chính, thay thế, thu hồi.",
    stops=True,
    tells=True,
    form=web.BaseForm,
)
RETURN = Act(
    "return_back",
    "return",
    Action.VIEW_PAPER,
    lambda document: chain.ask_return(document, the_actor()),
    lambda document, form: chain.return_back(document, _said(form), actor=the_actor()),
    "Trả lại để hoàn thiện",
    "Trả lại để hoàn thiện",
    "Đã trả lại để hoàn thiện.",
    "Người soạn thảo nhận lại bản thảo cùng lý do.",
    form=ReasonForm,
)
ABANDON = Act(
    "abandon",
    "abandon",
    Action.ABANDON_PAPER,
    due("abandon"),
    _give_a_reason(chain.abandon),
    "Bỏ dự thảo",
    "Bỏ dự thảo",
    "Đã bỏ dự thảo.",
    "Dự thảo được giữ trong hồ sơ, không trình được nữa.",
    form=ReasonForm,
)
REASSIGN = Act(
    "reassign",
    "reassign",
    Action.REASSIGN_PAPER,
    due("submit"),
    _reassign,
    "Giao người soạn khác",
    "Giao người soạn",
    "Đã giao người soạn.",
    "Người được giao tiếp tục soạn và trình; câu chữ đã sửa được giữ nguyên.",
    form=ReassignForm,
    fill=_offer_drafters,
)
TAKE_BACK = Act(
    "take_back",
    "take-back",
    Action.TAKE_BACK_SIGNED,
    due("take_back"),
    _give_a_reason(chain.take_back_signed),
    "Hủy bản đã ký",
    "Hủy bản đã ký",
    "Đã hủy bản đã ký; dự thảo trở lại bước soạn.",
    "Số đã lấy được ghi là không sử dụng, kèm lý do. Bản thảo được hoàn thiện, trình và ký lại với số mới.",
    form=ReasonForm,
)
ACTS = (
    SUBMIT,
    CHECK_CONTENT,
    CHECK_FORM,
    APPROVE,
    SIGN,
    SEAL,
    ISSUE,
    RETURN,
    ABANDON,
    REASSIGN,
    TAKE_BACK,
)
