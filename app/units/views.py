"""Pages of the catalogue, of the tree of units and of their changes. The page of one unit shows people and
stands with accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.errors import DomainError, NotFound
from app.extensions import db
from app.policy import Action, can
from app.units import forms, queries, services
from app.units.holds import InTheWay, Recut
from app.units.models import BEGINNING, UNIT_TYPE_LABELS, Relation, Succession, SuccessionKind, Unit, UnitType
from app.vietnamese import count, parse_date
from app.web.access import requires, the_actor

bp = Blueprint("units", __name__)
PAGE_SIZE = 50
Answer = Response | str | tuple[str, int]


@dataclass(frozen=True)
class Room:
    """A room of the catalogue."""

    label: str
    endpoint: str
    icon: str
    text: str


ROOMS = (
    Room("Đơn vị", "units.index", "diagram-3", "Cây đơn vị, tên gọi theo thời gian, kế thừa, người đứng đầu"),
    Room("Cán bộ, tài khoản", "accounts.people", "people", "Chức vụ, vai trò, tài khoản đăng nhập"),
    Room("Nhập từ tệp", "exchange.index", "upload", "Đơn vị, cán bộ từ Excel hoặc CSV, xem trước khi ghi"),
    Room("Phiếu kiểm tra", "form_library.index", "ui-checks", "Tiêu chí, minh chứng cần xem, căn cứ pháp lý"),
    Room("Lịch làm việc", "deadlines.calendar", "calendar3", "Ngày nghỉ, ngày làm bù, phiên bản đã công bố"),
    Room("Bộ thời hạn", "deadlines.profiles", "clock-history", "Số ngày của từng bước theo loại cuộc"),
    Room("Cài đặt của cơ quan", "deadlines.settings", "sliders", "Giá trị đang áp dụng và lịch sử thay đổi"),
    Room("Chữ ký số của cơ quan", "documents.signer_list", "key", "Khóa, hình chữ ký, con dấu, chứng thư số"),
    Room("Ủy quyền ký văn bản", "documents.delegations", "pen", "Ai ký thay ai, loại văn bản, thời hạn"),
)


@bp.get("/catalogue")
@requires(Action.VIEW_CATALOGUE)
def catalogue() -> Answer:
    return render_template("units/catalogue.html", rooms=[room for room in ROOMS if _open_to_actor(room)])


def _open_to_actor(room: Room) -> bool:
    view = current_app.view_functions.get(room.endpoint)
    return view is not None and can(the_actor(), getattr(view, "action", Action.VIEW_CATALOGUE))


@bp.get("/units")
@requires(Action.VIEW_CATALOGUE)
def index() -> Answer:
    """The tree on a day; a search or a type gives a flat list instead."""
    text, typed_day = request.args.get("q", "").strip()[:200], request.args.get("on", "").strip()
    kind = request.args.get("type", "")
    wrong_day = ""
    day = clock.today()
    if typed_day:
        try:
            day = parse_date(typed_day)
        except ValueError as error:
            wrong_day = str(error)
    type_ = UnitType(kind) if kind in set(UnitType) else None
    under = request.args.get("under", type=int)
    lines = queries.list_lines(day, text=text, type_=type_)
    flat = bool(text or type_)
    branches: list[queries.Branch] = []
    page: web.Page[queries.UnitLine] | None = None
    if flat:
        page = _page_of(lines)
    else:
        branches = queries.grow(lines, under)
        if under is not None and under not in {line.id for line in lines}:
            raise NotFound()
    return render_template(
        "units/index.html",
        lines=lines,
        top=next((line for line in lines if line.id == under), None),
        branches=branches,
        page=page,
        flat=flat,
        day=day,
        typed_day=typed_day,
        wrong_day=wrong_day,
        text=text,
        kind=kind,
        types=UNIT_TYPE_LABELS,
    ), 422 if wrong_day else 200


def _page_of(lines: list[queries.UnitLine]) -> web.Page[queries.UnitLine]:
    cursor = web.cursor_of_address(int, str, int)
    chosen: list[queries.UnitLine] = lines
    if cursor is not None and cursor.backwards:
        chosen = [line for line in reversed(lines) if _key(line) < cursor.values]
    elif cursor is not None:
        chosen = [line for line in lines if _key(line) > cursor.values]
    return web.slice_page(chosen[: PAGE_SIZE + 1], size=PAGE_SIZE, key=_key, cursor=cursor, total=len(lines))


def _key(line: queries.UnitLine) -> tuple[int, str, int]:
    return line.order


def _parent(form: forms.VersionForm) -> Unit | None:
    chosen = form.parent.data
    return queries.get_visible(the_actor(), int(chosen)) if chosen else None


def _version_data(form: forms.VersionForm) -> services.VersionData:
    return services.VersionData(
        name=form.name.data or "",
        short_name=form.short_name.data or "",
        type=UnitType(form.type.data),
        parent=_parent(form),
        relation=Relation(form.relation.data),
        from_on=form.from_on.data or BEGINNING,
        legal_basis=form.legal_basis.data or "",
    )


@bp.route("/units/new", methods=["GET", "POST"])
@requires(Action.MANAGE_UNITS)
def new() -> Answer:
    form = forms.UnitForm()
    form.offer(queries.choices())
    status = 200
    if form.validate_on_submit():
        try:
            unit = services.create_unit(
                services.NewUnit(code=form.code.data or "", first=_version_data(form)), actor=the_actor()
            )
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            flash("Đã thêm đơn vị.", "good")
            return redirect(url_for("accounts.unit", unit_id=unit.id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("units/new.html", form=form), status


@bp.route("/units/<int:unit_id>/change", methods=["GET", "POST"])
@requires(Action.MANAGE_UNITS, queries.get_visible)
def change(unit: Unit) -> Answer:
    now = unit.current
    form = forms.ChangeForm(
        data={
            "name": now.name,
            "short_name": now.short_name,
            "type": now.type.value,
            "parent": str(now.parent_id or ""),
            "relation": now.relation.value,
        }
    )
    form.offer(queries.choices(but=unit.id))
    status = 200
    if form.validate_on_submit():
        try:
            services.add_version(unit, _version_data(form), actor=the_actor())
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            flash("Đã ghi thay đổi của đơn vị.", "good")
            return redirect(url_for("accounts.unit", unit_id=unit.id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("units/change.html", form=form, unit=unit), status


def _not_agreed(form: forms.RecutForm) -> int:
    """What becomes of cases was not shown yet, or is not what was shown: nothing is written."""
    db.session.rollback()
    return 409 if form.form_errors else 200


def _recut_told(recuts: Sequence[Recut]) -> str:
    return f" Đã cắt lại phạm vi của {count(len(recuts))} cuộc kiểm tra." if recuts else ""


def _still_there(before: Unit, form: forms.SuccessionForm) -> str:
    """What is to be done next after a merge: whoever was merged is no more."""
    if before.valid_to is not None or form.kind.data != SuccessionKind.MERGE:
        return ""
    return f" {before.name} chưa ghi chấm dứt hoạt động; ghi tại trang của đơn vị này."


@bp.route("/units/<int:unit_id>/end", methods=["GET", "POST"])
@requires(Action.MANAGE_UNITS, queries.get_visible)
def end(unit: Unit) -> Answer:
    """The end of a unit; what it cuts of cases under way is shown before it is written."""
    form = forms.EndForm()
    status = 200
    recuts: Sequence[Recut] = ()
    leavable = bool(form.remainder.data)
    if form.validate_on_submit():
        assert form.ended_on.data is not None
        try:
            recuts = services.end_unit(
                unit,
                form.ended_on.data,
                legal_basis=form.legal_basis.data or "",
                remainder=form.remainder.data,
                actor=the_actor(),
            )
        except DomainError as error:
            status = web.refused(form, error)
            leavable = leavable or (isinstance(error, InTheWay) and error.leavable)
        else:
            if form.agrees(recuts):
                db.session.commit()
                flash(f"Đã ghi đơn vị chấm dứt hoạt động.{_recut_told(recuts)}", "good")
                return redirect(url_for("accounts.unit", unit_id=unit.id), 303)
            status = _not_agreed(form)
    elif form.is_submitted():
        status = 422
    after = [row for row in queries.list_successions([unit.id]) if row.predecessor_id == unit.id]
    return render_template(
        "units/end.html", form=form, unit=unit, recuts=recuts, leavable=leavable, after=after
    ), status


@bp.route("/units/<int:unit_id>/succession", methods=["GET", "POST"])
@requires(Action.MANAGE_UNITS, queries.get_visible)
def succession(unit: Unit) -> Answer:
    """What a unit took over, or what took it over; what that adds to cases under way is shown first."""
    form = forms.SuccessionForm()
    form.offer(queries.choices_ever(but=unit.id))
    status = 200
    recuts: Sequence[Recut] = ()
    leavable = bool(form.remainder.data)
    if form.validate_on_submit():
        assert form.on_date.data is not None
        try:
            other = queries.get_visible(the_actor(), int(form.other.data))
            before, after = (other, unit) if form.side.data == "predecessor" else (unit, other)
            recuts = services.record_succession(
                before,
                after,
                form.on_date.data,
                SuccessionKind(form.kind.data),
                legal_basis=form.legal_basis.data or "",
                verified=form.verified.data == "1",
                remainder=form.remainder.data,
                actor=the_actor(),
            ).recuts
        except DomainError as error:
            status = web.refused(form, error)
            leavable = leavable or (isinstance(error, InTheWay) and error.leavable)
        else:
            if form.agrees(recuts):
                db.session.commit()
                flash(f"Đã ghi việc kế thừa.{_recut_told(recuts)}{_still_there(before, form)}", "good")
                return redirect(url_for("accounts.unit", unit_id=unit.id), 303)
            status = _not_agreed(form)
    elif form.is_submitted():
        status = 422
    return render_template(
        "units/succession.html", form=form, unit=unit, recuts=recuts, leavable=leavable
    ), status


@bp.route("/successions/<int:succession_id>/undo", methods=["GET", "POST"])
@requires(Action.MANAGE_UNITS, queries.get_succession)
def undo_succession(succession: Succession) -> Answer:
    form = forms.UndoForm()
    status = 200
    unit_id = succession.successor_id
    if form.validate_on_submit():
        try:
            services.undo_succession(succession, form.reason.data or "", actor=the_actor())
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            flash("Đã bỏ ghi việc kế thừa.", "good")
            return redirect(url_for("accounts.unit", unit_id=unit_id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("units/undo_succession.html", form=form, succession=succession), status
