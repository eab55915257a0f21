"""Screen 2, parts 8 and 9: team, assignments, schedule; the unit's own report."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.inspections import queries, services
from app.inspections.forms import (
    AnnounceForm,
    CallOffForm,
    CitationForm,
    MemberForm,
    UnitReportForm,
    VersionForm,
    VisitForm,
)
from app.inspections.models import (
    HalfDay,
    InspectedUnit,
    Inspection,
    InspectionKind,
    InspectionState,
    TeamMember,
    Visit,
    VisitState,
)
from app.inspections.queries import ROLE_NAMES
from app.inspections.queries.visits import HALF_DAYS, half_day_of
from app.inspections.services.team import Cell
from app.inspections.views.bp import bp, render_step, visit_state_of
from app.policy import Action
from app.vietnamese import count
from app.web import choices
from app.web.access import requires, the_actor

Answer = str | Response | tuple[str, int]


@bp.route("/inspections/<int:inspection_id>/team", methods=["GET", "POST"])
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def team(inspection: Inspection) -> Answer:
    """Đoàn kiểm tra."""
    form = MemberForm(version=inspection.version, role="member")
    form.offer(
        (c.person_id, f"{c.name} – {c.post}, {c.unit_name}")
        for c in queries.list_candidates()
        if inspection.member_of(c.person_id) is None or request.method == "POST"
    )
    status: int | None = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            status = web.run(
                form,
                lambda: services.add_member(
                    inspection, form.data_of(), citation=form.citation.data or "", version=form.version.data,
                    actor=the_actor(),
                ),
            )  # fmt: skip
            if status is None:
                flash("Đã thêm vào Đoàn kiểm tra.")
                return redirect(url_for("inspections.team", inspection_id=inspection.id), 303)
    return _team_page(inspection, form), status or 200


def _team_page(inspection: Inspection, form: MemberForm, change: CitationForm | None = None) -> str:
    return render_step(
        "team", inspection, "team", "Đoàn kiểm tra", form=form, roles=ROLE_NAMES,
        change=change or CitationForm(formdata=None, version=inspection.version),
        draft=inspection.state is InspectionState.DRAFT, broken=queries.broken_ties(inspection),
    )  # fmt: skip


@bp.get("/team-members/<int:member_id>")
@requires(Action.EDIT_INSPECTION, queries.get_member_visible)
def member(member: TeamMember) -> Answer:
    """One member: taking them out, or letting them lead, with the paper that says so."""
    return _member_page(member, CitationForm(formdata=None, version=member.inspection.version))


def _member_page(member: TeamMember, form: CitationForm) -> str:
    inspection = member.inspection
    return render_step(
        "member", inspection, "team", member.person.name, member=member, form=form, roles=ROLE_NAMES,
        draft=inspection.state is InspectionState.DRAFT,
    )  # fmt: skip


@bp.post("/team-members/<int:member_id>/remove")
@requires(Action.EDIT_INSPECTION, queries.get_member_visible)
def remove_member(member: TeamMember) -> Answer:
    """Đưa ra khỏi Đoàn."""
    return _change_member(member, services.remove_member, "Đã đưa ra khỏi Đoàn kiểm tra.")


@bp.post("/team-members/<int:member_id>/lead")
@requires(Action.EDIT_INSPECTION, queries.get_member_visible)
def let_lead(member: TeamMember) -> Answer:
    """Thay Trưởng đoàn."""
    return _change_member(member, services.replace_leader, "Đã thay Trưởng đoàn.")


def _change_member(member: TeamMember, verb: Callable[..., None], told: str) -> Answer:
    inspection = member.inspection
    form = CitationForm()
    status: int | None = 422
    if form.validate():
        status = web.run(
            form,
            lambda: verb(
                inspection, member.id, citation=form.citation.data or "", version=form.version.data,
                actor=the_actor(),
            ),
        )  # fmt: skip
        if status is None:
            flash(told)
            return redirect(url_for("inspections.team", inspection_id=inspection.id), 303)
    return _member_page(member, form), status or 200


@bp.route("/inspections/<int:inspection_id>/assignments", methods=["GET", "POST"])
@requires(Action.ASSIGN_MEMBERS, queries.get_visible)
def assignments(inspection: Inspection) -> Answer:
    """Phân công nhóm nội dung × đơn vị → thành viên."""
    groups = queries.list_group_heads(inspection.form_version_id)
    scoped = queries.groups_in_scope(inspection.id)
    shown = [group for group in groups if any((iu.id, group.id) in scoped for iu in inspection.units)]
    form = VersionForm(version=inspection.version)
    standing: dict[Cell, int] = {
        (a.inspected_unit_id, a.group_id): m.id for m in inspection.members for a in m.assignments
    }
    picked: dict[Cell, int | None] = dict(standing)
    status: int | None = 200
    if request.method == "POST":
        status = 422
        try:
            picked = _picked(inspection, [group.id for group in shown], scoped)
        except ValueError:
            form.refuse("Chọn thành viên trong danh sách.")
        else:
            if form.validate():
                status = web.run(
                    form,
                    lambda: services.assign(inspection, picked, version=form.version.data, actor=the_actor()),
                )
                if status is None:
                    flash("Đã lưu phân công.")
                    return redirect(url_for("inspections.assignments", inspection_id=inspection.id), 303)
    return render_step(
        "assignments",
        inspection,
        "assignments",
        "Phân công nhóm nội dung",
        form=form,
        groups=shown,
        scoped=scoped,
        picked=picked,
        roles=ROLE_NAMES,
    ), status or 200


def _picked(inspection: Inspection, group_ids: list[int], scoped: set[Cell]) -> dict[Cell, int | None]:
    """The matrix as typed; a choice for all units of a group goes before those of single cells."""
    found: dict[Cell, int | None] = {}
    for group_id in group_ids:
        every = request.form.get(f"g{group_id}", "")
        for iu in inspection.units:
            if (iu.id, group_id) in scoped:
                typed = every or request.form.get(f"c{iu.id}-{group_id}", "")
                found[(iu.id, group_id)] = int(typed) if typed else None
    return found


def _visit_form(inspection: Inspection, **values: object) -> VisitForm:
    form = VisitForm(version=inspection.version, **values)
    form.offer(
        [(iu.id, iu.unit.name) for iu in inspection.units],
        [(m.person_id, f"{m.person.name} ({ROLE_NAMES[m.role]})") for m in inspection.members],
    )
    return form


@bp.route("/inspections/<int:inspection_id>/visits", methods=["GET", "POST"])
@requires(Action.SCHEDULE_VISIT, queries.get_visible)
def visits(inspection: Inspection) -> Answer:
    """Lịch từng đơn vị."""
    leader = inspection.leader
    bare = next((iu.id for iu in inspection.units if not iu.visits), None)
    form = _visit_form(
        inspection, half_day=HalfDay.MORNING.value, inspected_unit_id=bare,
        chair_id=str(leader.person_id) if leader else "",
    )  # fmt: skip
    status: int | None = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            chosen = next(iu for iu in inspection.units if iu.id == form.inspected_unit_id.data)
            status = web.run(
                form,
                lambda: services.schedule_visit(
                    chosen, form.data_of(), version=form.version.data, actor=the_actor()
                ),
            )
            if status is None:
                flash(f"Đã xếp lịch làm việc với {chosen.unit.name}.")
                return redirect(url_for("inspections.visits", inspection_id=inspection.id), 303)
    return _visits_page(inspection, form), status or 200


def _visits_page(inspection: Inspection, form: VisitForm, announce: AnnounceForm | None = None) -> str:
    found = queries.list_visits(inspection)
    waiting = [v for v in found if v.state is VisitState.SCHEDULED and v.announced_at is None]
    if announce is None:
        announce = AnnounceForm(formdata=None, version=inspection.version, visits=[v.id for v in waiting])
    announce.visits.choices = choices((str(v.id), _visit_name(v)) for v in waiting)
    may_announce = (
        inspection.kind is not InspectionKind.SURPRISE
        and inspection.state is not InspectionState.DRAFT
        and bool(waiting)
    )
    return render_step(
        "visits",
        inspection,
        "visits",
        "Lịch làm việc từng đơn vị",
        form=form,
        visits=found,
        announce=announce,
        may_announce=may_announce,
        warnings=queries.visit_warnings(inspection, the_actor()),
        half_days=HALF_DAYS,
        visit_state_of=visit_state_of,
        surprise=inspection.kind is InspectionKind.SURPRISE,
        fixed=(VisitState.UNDER_WAY, VisitState.SIGNED, VisitState.NOT_HELD),
    )


def _visit_name(visit: Visit) -> str:
    when = half_day_of(visit.half_day, visit.on_date) if visit.on_date else HALF_DAYS[visit.half_day]
    return f"{visit.inspected_unit.unit.name} – {when}"


@bp.post("/inspections/<int:inspection_id>/visits/announce")
@requires(Action.SCHEDULE_VISIT, queries.get_visible)
def announce(inspection: Inspection) -> Answer:
    """Ghi nhận công văn thông báo lịch."""
    form = AnnounceForm()
    found = {v.id: v for v in queries.list_visits(inspection)}
    form.visits.choices = choices((str(v.id), _visit_name(v)) for v in found.values())
    status: int | None = 422
    if form.validate():
        chosen = [found[i] for i in form.visits.data or []]
        status = web.run(
            form,
            lambda: services.announce(
                chosen, form.citation.data or "", version=form.version.data, actor=the_actor()
            ),
        )
        if status is None:
            flash(f"Đã báo lịch {count(len(chosen))} buổi làm việc.")
            return redirect(url_for("inspections.visits", inspection_id=inspection.id), 303)
    return _visits_page(inspection, _visit_form(inspection, formdata=None), form), status or 200


@bp.route("/visits/<int:visit_id>/move", methods=["GET", "POST"])
@requires(Action.SCHEDULE_VISIT, queries.get_visit_visible)
def move_visit(visit: Visit) -> Answer:
    """Đổi lịch một buổi làm việc."""
    inspection = visit.inspected_unit.inspection
    form = _visit_form(
        inspection, inspected_unit_id=visit.inspected_unit_id, on_date=visit.on_date,
        half_day=visit.half_day.value, place=visit.place, subteam=visit.subteam,
        chair_id=str(visit.chair_id) if visit.chair_id else "",
    )  # fmt: skip
    status: int | None = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            status = web.run(
                form,
                lambda: services.move_visit(
                    visit,
                    form.data_of(),
                    form.citation.data or "",
                    version=form.version.data,
                    actor=the_actor(),
                ),
            )
            if status is None:
                flash("Đã đổi lịch làm việc.")
                return redirect(url_for("inspections.visits", inspection_id=inspection.id), 303)
    return _visit_page(visit, form, CallOffForm(formdata=None, version=inspection.version)), status or 200


def _visit_page(visit: Visit, form: VisitForm, off: CallOffForm) -> str:
    return render_step(
        "move_visit",
        visit.inspected_unit.inspection,
        "visits",
        f"Buổi làm việc với {visit.inspected_unit.unit.name}",
        visit=visit,
        form=form,
        off=off,
        visit_state=visit_state_of(visit),
        half_days=HALF_DAYS,
    )


@bp.post("/visits/<int:visit_id>/call-off")
@requires(Action.SCHEDULE_VISIT, queries.get_visit_visible)
def call_off(visit: Visit) -> Answer:
    """Không thực hiện buổi làm việc."""
    inspection = visit.inspected_unit.inspection
    off = CallOffForm()
    status: int | None = 422
    if off.validate():
        status = web.run(
            off,
            lambda: services.call_off(
                visit, off.reason.data or "", version=off.version.data, actor=the_actor()
            ),
        )
        if status is None:
            flash("Đã ghi buổi làm việc không thực hiện.")
            return redirect(url_for("inspections.visits", inspection_id=inspection.id), 303)
    form = _visit_form(
        inspection, formdata=None, inspected_unit_id=visit.inspected_unit_id, on_date=visit.on_date,
        half_day=visit.half_day.value, place=visit.place, subteam=visit.subteam,
        chair_id=str(visit.chair_id) if visit.chair_id else "",
    )  # fmt: skip
    return _visit_page(visit, form, off), status or 200


@bp.route("/inspections/<int:inspection_id>/units/<int:inspected_unit_id>/report", methods=["GET", "POST"])
@requires(Action.SCHEDULE_VISIT, queries.get_unit_of_case)
def unit_report(inspected_unit: InspectedUnit) -> Answer:
    """Báo cáo của đơn vị trước buổi làm việc."""
    inspection = inspected_unit.inspection
    form = UnitReportForm(
        version=inspection.version, report_citation=inspected_unit.report_citation,
        report_due_on=inspected_unit.report_due_on,
    )  # fmt: skip
    status: int | None = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            status = web.run(
                form,
                lambda: services.record_unit_report(
                    inspected_unit,
                    form.report_citation.data or "",
                    form.report_due_on.data,
                    version=form.version.data,
                    actor=the_actor(),
                ),
            )
            if status is None:
                flash("Đã ghi nhận báo cáo của đơn vị.")
                return redirect(url_for("inspections.show", inspection_id=inspection.id), 303)
    page = render_step(
        "unit_report",
        inspection,
        "units",
        f"Báo cáo của {inspected_unit.unit.name}",
        form=form,
        iu=inspected_unit,
    )
    return page, status or 200
