"""What every service of a case asks first."""

from __future__ import annotations

from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.accounts.models import Person
from app.errors import DomainError, WrongState
from app.extensions import db
from app.inspections.models import Inspection, InspectionState
from app.inspections.states import INSPECTION
from app.vietnamese import nfc, search_key
from app.workflow import hold

OVER = frozenset({InspectionState.CONCLUDED, InspectionState.CLOSED, InspectionState.TERMINATED})


def touch(inspection: Inspection) -> None:
    """Count an edit of anything in the case as an edit of the case, so that two people never cross."""
    flag_modified(inspection, "updated_at")


def hold_as_saved(inspection: Inspection) -> None:
    """Take the row until the transaction ends, with state and version as they stand now: who comes second is
    told by `require_draft` and `check_version` what the first one did."""
    hold(inspection)
    db.session.refresh(inspection, ["version", "updated_at"])


def require_draft(inspection: Inspection) -> None:
    """Raise WrongState unless the case is still being drafted."""
    if inspection.state is not InspectionState.DRAFT:
        raise WrongState(
            f"Cuộc kiểm tra đã ở trạng thái “{INSPECTION.labels[inspection.state]}”. "
            "Thay đổi sau khi có quyết định thực hiện ở phần Thay đổi, kèm theo văn bản."
        )


def require_running(inspection: Inspection) -> None:
    """Raise WrongState when the case is over. Its row is held from here on."""
    hold(inspection)
    if inspection.state in OVER:
        raise WrongState(
            f"Cuộc kiểm tra đã ở trạng thái “{INSPECTION.labels[inspection.state]}”, không thay đổi được."
        )


def require_text(text: str, message: str, field: str) -> str:
    """The text in NFC with single spaces at its ends taken off; DomainError when there is none."""
    cleaned = nfc(text).strip()
    if not cleaned:
        raise DomainError(message, field=field)
    return cleaned


def require_citation(inspection: Inspection, citation: str) -> str:
    """After the decision every change names its paper; a draft needs none."""
    if inspection.state is InspectionState.DRAFT:
        return ""
    return require_text(citation, "Ghi số, ký hiệu, ngày của văn bản điều chỉnh.", "citation")


def post_of(person: Person, post: str = "") -> str:
    """The post to print beside a name: the one given for this case, else the person's own today."""
    return post or person.post_on(clock.today())


def refresh_search(inspection: Inspection) -> None:
    """Write what the case is found by: code, title, decision, names of its units."""
    words = [inspection.code, inspection.title, *(iu.unit.name for iu in inspection.units)]
    if inspection.decision is not None:
        words.append(inspection.decision.number_and_symbol)
    inspection.search = search_key(" ".join(words))
    db.session.flush()
