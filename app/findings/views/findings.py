"""Pages of one finding, the leader's decisions about it, and the units' proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.audit.timeline import timeline
from app.errors import DomainError
from app.extensions import db
from app.findings import causes, panels, queries, recurrence, services
from app.findings.forms import (
    PROPOSAL_LABELS,
    DissentForm,
    FilesForm,
    LeaveOutForm,
    MergeForm,
    OpinionForm,
    PassOnForm,
    uploads_of,
)
from app.findings.models import CLASSIFICATION_LABELS, Finding, FindingState, OpinionWay, UnitProposal
from app.findings.states import FINDING
from app.findings.views.blueprint import bp
from app.form_library.schema import LEVEL_LABELS
from app.form_library.values import SAMPLE_METHOD_LABELS, SampleMethod
from app.inspections.models import InspectedUnit, Inspection
from app.policy import Action, Actor
from app.vietnamese import count, format_date, number
from app.web import Crumb, State, read_ids
from app.web.access import requires, the_actor

STATE_KINDS = {
    FindingState.DRAFT: "idle",
    FindingState.OPINION_TAKEN: "doing",
    FindingState.AGREED: "done",
    FindingState.LEFT_OUT: "stop",
    FindingState.PASSED_ON: "stop",
    FindingState.CONCLUDED: "final",
}
OPINION_LABELS = {
    OpinionWay.IN_MINUTES: "Tại biên bản",
    OpinionWay.BY_DOCUMENT: "Bằng văn bản",
    OpinionWay.NONE_BY_DATE: "Hết thời hạn, không có ý kiến",
}


def state_of(finding: Finding) -> State:
    """The state tag of a finding."""
    return State(STATE_KINDS[finding.state], FINDING.labels[finding.state])


def figures_of(finding: Finding) -> str:
    """“45/3.468 hồ sơ, 1,30%”: failing of the sample, the rate, the total when it is larger."""
    if finding.sample is None or finding.failing is None:
        return "" if finding.total is None else f"Tổng số {number(finding.total)}"
    text = f"{number(finding.failing)}/{number(finding.sample)}"
    if finding.sample:
        text += f" ({number(finding.failing * 100 / finding.sample, 2)}%)"
    if finding.total is not None and finding.total != finding.sample:
        text += f", tổng số {number(finding.total)}"
    return text


def source_of(proposal: UnitProposal) -> str:
    """Where a proposal comes from: the case, or the unit itself with its paper."""
    if isinstance(proposal.source, InspectedUnit):
        return f"Nêu tại cuộc kiểm tra {proposal.source.inspection.code}"
    told = f"Đơn vị gửi ngày {format_date(proposal.sent_on)}" if proposal.sent_on else ""
    told += f", văn bản số {proposal.reference}" if proposal.reference else ""
    return f"{told} (cơ quan nhập thay)" if proposal.on_behalf else told


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "finding_state": state_of,
        "finding_figures": figures_of,
        "cause_sentence": lambda f: causes.sentence(f.subjective_causes, f.objective_causes),
        "severity_labels": LEVEL_LABELS,
        "classification_labels": CLASSIFICATION_LABELS,
        "opinion_labels": OPINION_LABELS,
        "proposal_labels": PROPOSAL_LABELS,
        "proposal_source": source_of,
    }


def _page(finding: Finding, status: int = 200, **bound: Any) -> tuple[str, int]:
    unit = finding.inspected_unit
    forms = {
        "leave_out": LeaveOutForm(formdata=None, prefix="out-"),
        "pass_on": PassOnForm(formdata=None, prefix="pass-"),
        "merge": MergeForm(formdata=None, prefix="merge-"),
        "dissent": DissentForm(formdata=None, prefix="dis-"),
        "opinion": OpinionForm(formdata=None, prefix="op-"),
        "files": FilesForm(formdata=None, prefix="file-"),
        **bound,
    }
    forms["merge"].offer(queries.list_mergeable(finding))
    names = queries.people_names([finding.recorded_by])
    method = SAMPLE_METHOD_LABELS.get(SampleMethod(finding.sample_method)) if finding.sample_method else ""
    path = [
        Crumb("Tổng hợp, thống nhất", url_for("fieldwork.agreement", inspection_id=unit.inspection_id)),
        Crumb(unit.unit.name, url_for("fieldwork.unit", inspected_unit_id=unit.id)),
        Crumb(f"Tồn tại, hạn chế {count(finding.ordinal)}"),
    ]
    html = render_template(
        "findings/show.html",
        finding=finding,
        forms=forms,
        path=path,
        recorder=names.get(finding.recorded_by, ""),
        method=method,
        earlier=recurrence.told_to(the_actor(), [finding]),
        revisions=queries.list_revisions(finding),
        sections=panels.sections_of(finding, the_actor()),
        entries=timeline(finding),
    )
    return html, status


@bp.get("/findings/<int:finding_id>")
@requires(Action.VIEW_FIELDWORK, queries.get_visible)
def show(finding: Finding) -> Any:
    return _page(finding)


def _decide(
    finding: Finding,
    act: Callable[[Actor], None],
    done: str,
    form: Any = None,
    name: str = "",
    *,
    asked: bool = True,
) -> Any:
    """Run one decision: back to the agreement page, or the finding's page with the refusal."""
    back = request.form.get("back") == "agreement"
    if form is None:
        act(the_actor())
        db.session.commit()
    else:
        tried = web.attempt if asked else web.run
        status = tried(form, lambda: act(the_actor()))
        if status is not None:
            return _page(finding, status, **{name: form})
    flash(done)
    if back:
        unit = finding.inspected_unit
        address = url_for("fieldwork.agreement", inspection_id=unit.inspection_id, _anchor=f"tt-{finding.id}")
        return redirect(address, 303)
    return redirect(url_for("findings.show", finding_id=finding.id), 303)


@bp.post("/findings/<int:finding_id>/agree")
@requires(Action.AGREE_FINDING, queries.get_visible)
def agree(finding: Finding) -> Any:
    return _decide(
        finding, lambda actor: services.agree(finding, actor=actor), "Đã thống nhất đưa vào kết luận."
    )


@bp.post("/findings/<int:finding_id>/reconsider")
@requires(Action.AGREE_FINDING, queries.get_visible)
def reconsider(finding: Finding) -> Any:
    return _decide(finding, lambda actor: services.reconsider(finding, actor=actor), "Đã mở để xem xét lại.")


@bp.post("/findings/<int:finding_id>/leave-out")
@requires(Action.AGREE_FINDING, queries.get_visible)
def leave_out(finding: Finding) -> Any:
    form = LeaveOutForm(prefix="out-")
    return _decide(
        finding,
        lambda actor: services.leave_out(finding, form.reason.data or "", actor=actor),
        "Đã ghi: không đưa vào kết luận.",
        form,
        "leave_out",
    )


@bp.post("/findings/<int:finding_id>/pass-on")
@requires(Action.AGREE_FINDING, queries.get_visible)
def pass_on(finding: Finding) -> Any:
    form = PassOnForm(prefix="pass-")
    return _decide(
        finding,
        lambda actor: services.pass_on(finding, form.to.data or "", actor=actor),
        "Đã ghi: chuyển cơ quan có thẩm quyền.",
        form,
        "pass_on",
    )


@bp.post("/findings/<int:finding_id>/merge")
@requires(Action.AGREE_FINDING, queries.get_visible)
def merge(finding: Finding) -> Any:
    others = queries.list_mergeable(finding)
    form = MergeForm(prefix="merge-").offer(others)
    chosen = {str(other.id): other for other in others}
    return _decide(
        finding,
        lambda actor: services.merge(finding, chosen[form.into.data], actor=actor),
        "Đã gộp.",
        form,
        "merge",
    )


@bp.post("/findings/<int:finding_id>/dissent")
@requires(Action.RECORD_ANSWER, queries.get_visible)
def dissent(finding: Finding) -> Any:
    form = DissentForm(prefix="dis-")

    def act(actor: Actor) -> None:
        services.dissent(finding, form.text.data or "", actor=actor)

    return _decide(finding, act, "Đã ghi ý kiến bảo lưu.", form, "dissent")


@bp.post("/findings/<int:finding_id>/take-opinion")
@requires(Action.WRITE_MINUTES, queries.get_visible)
def take_opinion(finding: Finding) -> Any:
    form = OpinionForm(prefix="op-")

    def act(actor: Actor) -> None:
        assert form.on.data is not None
        services.take_opinion(
            finding,
            way=OpinionWay(form.way.data),
            opinion=form.opinion.data or "",
            on=form.on.data,
            reference=form.reference.data or "",
            asked_on=form.asked_on.data,
            actor=actor,
        )

    return _decide(finding, act, "Đã ghi ý kiến của đơn vị.", form, "opinion")


@bp.post("/findings/<int:finding_id>/files")
@requires(Action.RECORD_ANSWER, queries.get_visible)
def add_files(finding: Finding) -> Any:
    form = FilesForm(prefix="file-")
    uploads = uploads_of(form.files.data)

    def act(actor: Actor) -> None:
        if not uploads:
            raise DomainError("Chọn ảnh hoặc tệp để tải lên.", field="files")
        services.attach(finding, uploads, actor=actor)

    return _decide(finding, act, f"Đã thêm {count(len(uploads))} tệp.", form, "files", asked=False)


@bp.get("/findings/<int:finding_id>/remove")
@requires(Action.RECORD_ANSWER, queries.get_visible)
def ask_remove(finding: Finding) -> Any:
    return render_template("findings/remove.html", finding=finding)


@bp.post("/findings/<int:finding_id>/remove")
@requires(Action.RECORD_ANSWER, queries.get_visible)
def remove(finding: Finding) -> Response:
    item, unit_id = finding.scope_item, finding.inspected_unit_id
    group_id = item.criterion.group_id
    services.remove(finding, actor=the_actor())
    db.session.commit()
    flash("Đã bỏ tồn tại, hạn chế.")
    address = url_for(
        "fieldwork.sheet", inspected_unit_id=unit_id, group_id=group_id, _anchor=f"nd-{item.id}"
    )
    return redirect(address, 303)


@bp.post("/inspections/<int:inspection_id>/findings/agree")
@requires(Action.AGREE_FINDING, queries.get_inspection)
def agree_all(inspection: Inspection) -> Response:
    picked = set(read_ids(request.form.getlist("pick")))
    chosen = [f for f in queries.list_for_inspection(inspection.id) if f.id in picked]
    if not chosen:
        flash("Chọn ít nhất một tồn tại, hạn chế.", "look")
    else:
        agreed = services.agree_all(chosen, actor=the_actor())
        db.session.commit()
        flash(f"Đã thống nhất {count(agreed)} tồn tại, hạn chế.")
    return redirect(url_for("fieldwork.agreement", inspection_id=inspection.id), 303)
