"""Who has a paper in hand, and the chain as a list of duties: for lists and for the slip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.accounts import queries as accounts
from app.documents.models import Document, DocumentState, DocumentStep, IssueWay
from app.policy import Role


@dataclass(frozen=True)
class Waits:
    """Who has a paper in hand, and what they do with it."""

    who: str
    what: str


@dataclass(frozen=True)
class Duty:
    """One line of the chain; `look`: is-done, is-now or nothing; `step` once it is done."""

    look: str
    label: str
    who: str
    step: DocumentStep | None


def holders_of(role: Role) -> str:
    """“Nguyễn Văn A, Trần Thị B”: whoever does the work of a role, the first two."""
    people = accounts.list_holders(role)
    return ", ".join(person.name for person in people[:2]) or {"clerk": "Văn thư"}.get(role.value, "Cơ quan")


def waits_of(document: Document, holders: Callable[[Role], str] = holders_of) -> Waits | None:
    """Whose turn it is; None once it is issued. `holders`: for a list, one that asks of each role once."""
    signer = f"{document.signer_name}, {document.signer_title}".strip(", ") or "người ký (chưa chọn)"
    drafter = document.drafter.name if document.drafter is not None else "người soạn thảo"
    match document.state:
        case DocumentState.DRAFT:
            returned = "Hoàn thiện theo ý kiến trả lại, trình lại"
            return Waits(
                drafter, returned if document.return_reason else "Hoàn thiện, trình kiểm tra nội dung"
            )
        case DocumentState.CONTENT_CHECK:
            return Waits(holders(Role.CONTENT_CHECKER), "Kiểm tra nội dung")
        case DocumentState.FORM_CHECK:
            return Waits(holders(Role.CLERK), "Kiểm tra thể thức")
        case DocumentState.APPROVAL:
            return Waits(signer, "Duyệt bản thảo")
        case DocumentState.APPROVED if document.way is not IssueWay.HERE:
            return Waits(holders(Role.CLERK), "Ghi nhận văn bản đã ban hành")
        case DocumentState.APPROVED:
            return Waits(signer, "Ký văn bản")
        case DocumentState.SIGNED:
            return Waits(holders(Role.CLERK), "Đóng dấu, ký số của cơ quan")
        case DocumentState.SEALED:
            return Waits(holders(Role.CLERK), "Ban hành")
    return None


def duties_of(document: Document) -> tuple[Duty, ...]:
    """The duties in their order, with what was done and who is next."""
    order = [
        ("submit", "Soạn thảo", DocumentState.DRAFT),
        ("check_content", "Kiểm tra nội dung", DocumentState.CONTENT_CHECK),
        ("check_form", "Kiểm tra thể thức", DocumentState.FORM_CHECK),
        ("approve", "Duyệt bản thảo", DocumentState.APPROVAL),
    ]
    if document.way is IssueWay.HERE:
        order += [
            ("sign", "Ký, lấy số", DocumentState.APPROVED),
            ("seal", "Đóng dấu, ký số của cơ quan", DocumentState.SIGNED),
            ("issue", "Ban hành", DocumentState.SEALED),
        ]
    else:
        order.append(("record_issued", "Ghi nhận văn bản đã ban hành", DocumentState.APPROVED))
    states = [state for _, _, state in order]
    place = states.index(document.state) if document.state in states else len(states)
    planned = {
        "submit": document.drafter.name if document.drafter else "",
        "approve": document.signer_name,
        "sign": document.signer_name,
    }
    made = []
    for index, (verb, label, _) in enumerate(order):
        same = ("approve", "approve_with_changes") if verb == "approve" else (verb,)
        look = "is-done" if index < place else "is-now" if index == place else ""
        done = [step for step in document.steps if step.verb in same] if look == "is-done" else []
        made.append(Duty(look, label, planned.get(verb, ""), done[-1] if done else None))
    return tuple(made)
