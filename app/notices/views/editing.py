"""Beginning a notice, editing its texts in place, its findings, its details."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.accounts import queries as accounts
from app.accounts.models import Person
from app.deadlines import steps
from app.deadlines.models import Step, StepDate
from app.documents.models import IssueWay
from app.documents.views.showing import details_page
from app.errors import NotFound, Stale
from app.extensions import db
from app.findings import queries as findings
from app.inspections.models import InspectedUnit, Inspection
from app.notices import batches, queries, services, texts
from app.notices.forms import DetailsForm, DraftForm, field_name, texts_form
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.services import Details
from app.notices.views.common import NOTICES, bp, crumb_of
from app.notices.views.reading import part_asked, show_page
from app.policy import Action, Role
from app.units.models import Unit
from app.vietnamese import count
from app.web.access import requires, the_actor
from app.web.ids import read_id

Answer = AnyResponse | tuple[str, int]


@bp.get("/inspections/<int:inspection_id>/notices/new")
@requires(Action.DRAFT_NOTICE, queries.get_inspection)
def new(inspection: Inspection) -> str:
    """Choose the units of a new notice."""
    form = DraftForm(formdata=None)
    units = offer_units(form, inspection)
    form.units.data = [unit.id for unit in units]
    return new_page(inspection, form)


@bp.post("/inspections/<int:inspection_id>/notices/new")
@requires(Action.DRAFT_NOTICE, queries.get_inspection)
def create(inspection: Inspection) -> Answer:
    """Begin it."""
    form = DraftForm()
    offered = {unit.id: unit for unit in offer_units(form, inspection)}

    def act() -> Notice:
        chosen = [offered[unit_id] for unit_id in form.units.data or () if unit_id in offered]
        return services.draft(inspection, chosen, actor=the_actor())

    notice = web.perform(form, act)
    if isinstance(notice, web.Refused):
        return new_page(inspection, form), notice.status
    flash("Đã lập dự thảo từ hồ sơ. Xem từng phần, sửa câu chữ rồi trình.", "good")
    return NOTICES.back(notice)


def offer_units(form: DraftForm, inspection: Inspection) -> list[InspectedUnit]:
    """Fill the choices with the units that are in no notice yet."""
    units = list(queries.list_open_units(inspection))
    form.units.choices = web.choices([(str(unit.id), unit.unit.name) for unit in units])
    return units


def new_page(inspection: Inspection, form: DraftForm) -> str:
    """The page on which the units of a new notice, or of many, are chosen."""
    crumb = crumb_of(inspection)
    return render_template(
        "notices/new.html",
        title="Soạn thông báo kết luận",
        inspection=inspection,
        form=form,
        batches=batches.list_batches(inspection.id),
        dates=_owed_by(inspection),
        path=[web.Crumb("Thông báo kết luận", url_for(".index")), crumb, web.Crumb("Soạn thông báo")],
    )


def _owed_by(inspection: Inspection) -> list[tuple[str, StepDate]]:
    """Units that still wait for a notice, with the day by which it is owed, the nearest first."""
    names = {unit.id: unit.unit.name for unit in queries.list_open_units(inspection)}
    rows = steps.list_of(Step.NOTICE, inspected_unit_ids=sorted(names))
    nearest = {row.inspected_unit_id: row for row in sorted(rows, key=lambda row: row.due_on, reverse=True)}
    return [
        (names[unit_id], row)
        for unit_id, row in sorted(nearest.items(), key=lambda pair: pair[1].due_on)
        if unit_id is not None
    ]


@bp.post("/notices/<int:notice_id>/texts")
@requires(Action.EDIT_PAPER, queries.get_visible)
def edit_texts(notice: Notice) -> Answer:
    """Keep the words of one part."""
    return _keep_words(notice)


def _keep_words(
    notice: Notice, besides: Callable[[], None] | None = None, done: str = "", kind: str = "good"
) -> Answer:
    """Save what is typed on the page, then do what the button says; a refusal shows both again."""
    actor, part = the_actor(), part_asked()
    pieces = [piece for piece in texts.pieces_of(notice, gather(notice)) if piece.part is part]
    form = texts_form(pieces)()

    def act() -> int:
        typed = form.changes()
        if besides is not None:
            typed = tuple(change for change in typed if field_name(change.key) in request.form)
        changed = services.edit_texts(notice, typed, version=form.version.data, actor=actor)
        if besides is not None:
            besides()
        return changed

    changed = web.perform(form, act, named=form.named)
    if isinstance(changed, web.Refused):
        compare = changed.status == Stale.status
        return show_page(notice, actor, part, form, compare=compare), changed.status
    told = f"Đã lưu, sửa {count(changed)} chỗ." if changed else "Không có chỗ nào được sửa."
    flash(done or told, kind)
    return NOTICES.back(notice, part=part.value)


@bp.post("/notices/<int:notice_id>/recompose")
@requires(Action.EDIT_PAPER, queries.get_visible)
def recompose(notice: Notice) -> Answer:
    """Take one text from the record again; the other words of the page are kept."""
    key = request.form.get("key", "")
    return _keep_words(
        notice,
        lambda: services.recompose(notice, key, version=None, actor=the_actor()),
        "Đã lấy lại câu chữ từ hồ sơ.",
    )


@bp.post("/notices/<int:notice_id>/findings/add")
@requires(Action.EDIT_PAPER, queries.get_visible)
def add_finding(notice: Notice) -> Answer:
    """Put an agreed finding in."""
    finding_id = read_id(request.form.get("finding"))
    if finding_id is None:
        raise NotFound

    def add() -> None:
        services.add_finding(notice, findings.get_visible(the_actor(), finding_id), actor=the_actor())

    return _keep_words(notice, add, "Đã đưa tồn tại, hạn chế vào thông báo.")


@bp.post("/notices/<int:notice_id>/findings/leave-out")
@requires(Action.EDIT_PAPER, queries.get_visible)
def leave_out_finding(notice: Notice) -> Answer:
    """Take one out of the text; the other words of the page are kept."""
    item_id = read_id(request.form.get("item"))
    if item_id is None:
        raise NotFound
    return _keep_words(
        notice,
        lambda: services.leave_out_finding(notice, item_id, actor=the_actor()),
        "Đã bỏ khỏi thông báo. Trưởng đoàn cần quyết định nội dung này trước khi trình.",
        "look",
    )


@bp.post("/notices/<int:notice_id>/dates")
@requires(Action.EDIT_PAPER, queries.get_visible)
def refresh_dates(notice: Notice) -> AnyResponse:
    """Count the proposed dates of the tasks from today."""
    moved = services.refresh_dates(notice, actor=the_actor())
    db.session.commit()
    flash(f"Đã tính lại thời hạn của {count(moved)} nội dung theo ngày hôm nay.", "good")
    return NOTICES.back(notice, part="requests")


@bp.get("/notices/<int:notice_id>/details")
@requires(Action.EDIT_PAPER, queries.get_visible)
def details(notice: Notice) -> str:
    """Title, way, signer, follower."""
    return details_page(NOTICES, notice, _details_of(notice))


def _details_of(notice: Notice) -> DetailsForm:
    document = notice.document
    form = DetailsForm(
        formdata=None,
        subject=document.subject,
        type_name=notice.type_name,
        symbol=document.symbol,
        way=document.way.value,
        signer_id=document.signer_id,
        signature_prefix=notice.signature_prefix,
        follow_unit_id=notice.follow_unit_id,
        follower_id=notice.follower_id,
        version=notice.version,
    )
    _fill_choices(notice, form)
    return form


@bp.post("/notices/<int:notice_id>/details")
@requires(Action.EDIT_PAPER, queries.get_visible)
def edit_details(notice: Notice) -> Answer:
    """Keep them."""
    form = DetailsForm()
    _fill_choices(notice, form)

    def act() -> int:
        values = Details(
            subject=form.subject.data or "",
            type_name=form.type_name.data or "",
            symbol=form.symbol.data or "",
            way=IssueWay(form.way.data),
            signer_id=form.signer_id.data,
            signature_prefix=form.signature_prefix.data or "",
            follow_unit_id=form.follow_unit_id.data,
            follower_id=form.follower_id.data,
        )
        services.edit_details(notice, values, version=form.version.data, actor=the_actor())
        if "whole_batch" in form and form.whole_batch.data:
            return services.share_details(notice, values, actor=the_actor())
        return 0

    others = web.perform(form, act)
    if isinstance(others, web.Refused):
        web.stand_beside(form, _details_of(notice))
        return details_page(NOTICES, notice, form), others.status
    flash(f"Đã lưu, ghi cả cho {count(others)} dự thảo khác trong đợt." if others else "Đã lưu.", "good")
    return NOTICES.back(notice)


def _fill_choices(notice: Notice, form: DetailsForm) -> None:
    def shown(person: Person) -> str:
        post = person.post_on(notice.document.created_at.date())
        return f"{person.name}, {post}" if post else person.name

    units: dict[int, Unit] = {notice.inspection.office_unit_id: notice.inspection.office_unit}
    if notice.follow_unit is not None:
        units[notice.follow_unit.id] = notice.follow_unit
    followers = accounts.list_holders(Role.FOLLOWER)
    for person in followers:
        units.update({a.unit_id: a.unit for a in person.appointments})
    form.signer_id.choices = web.choices(
        [(str(p.id), shown(p)) for p in queries.people_of(notice)], blank="Chưa chọn"
    )
    form.follow_unit_id.choices = web.choices(
        [(str(unit.id), unit.name) for unit in units.values()], blank="Chưa chọn"
    )
    others = batches.other_drafts(notice, the_actor())
    if others:
        form.whole_batch.label.text = (
            "Ghi tên loại, ký hiệu, cách ban hành, người ký, người theo dõi này cho cả "
            f"{count(len(others))} dự thảo khác trong đợt"
        )
    else:
        del form.whole_batch
    form.follower_id.choices = web.choices([(str(p.id), shown(p)) for p in followers], blank="Chưa chọn")
