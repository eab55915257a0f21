"""Pages of bringing an old table over: upload, columns, rows, one row, what is still missing."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.conversion import layouts, queries, reading, services, sheets
from app.conversion.forms import MappingForm, RowForm, TakeForm, UploadForm
from app.conversion.layouts import LABELS, Column
from app.conversion.models import OldRow, OldTable
from app.conversion.sheets import Grid, SheetRefused
from app.files import services as files
from app.jobs.models import Job
from app.policy import Action, Role
from app.remediation import queries as remediation
from app.vietnamese import count
from app.web.access import requires, the_actor

bp = Blueprint("conversion", __name__)
Answer = Response | str | tuple[str, int]
TITLE = "Chuyển đổi bảng theo dõi cũ"
SAMPLES = 3


def _path(*more: web.Crumb) -> list[web.Crumb]:
    return [
        web.Crumb("Bảng theo dõi khắc phục", url_for("followup.index")),
        web.Crumb(TITLE, url_for(".index") if more else ""),
        *more,
    ]


@bp.get("/old-tables")
@requires(Action.BRING_OVER_PAST)
def index() -> Answer:
    """The tables that were brought so far, and where to begin with one more."""
    return _index(UploadForm(formdata=None))


def _index(form: UploadForm) -> str:
    page = queries.list_tables(web.cursor_of_address(int))
    return render_template("conversion/index.html", title=TITLE, path=_path(), form=form, page=page)


@bp.post("/old-tables")
@requires(Action.BRING_OVER_PAST)
def upload() -> Answer:
    """Keep the file; nothing of it is written yet."""
    form, made = UploadForm(), list[OldTable]()

    def bring() -> None:
        sent = form.file.data
        made.append(services.bring(sent.filename or "", sent.read(), actor=the_actor()))

    status = web.attempt(form, bring, named=lambda _field: "file")
    if status is not None:
        return _index(form), status
    return redirect(url_for(".columns", old_table_id=made[0].id), 303)


@bp.get("/old-tables/<int:old_table_id>/columns")
@requires(Action.BRING_OVER_PAST, queries.get_table)
def columns(table: OldTable) -> Answer:
    """Each of our columns beside the one of the sheet that was recognised. `?sheet=&row=` looks elsewhere."""
    sheet = request.args.get("sheet") or table.sheet
    row = web.read_id(request.args.get("row")) or 0
    form = MappingForm(formdata=None)
    try:
        grid = sheets.grid(table.file.name, files.read(table.file), sheet)
    except SheetRefused as refused:
        form.refuse(refused.message)
        return _columns(
            table, form, sheets.grid(table.file.name, files.read(table.file), table.sheet), table.heading_row
        ), 422
    if grid.rows and not row:
        row = table.heading_row if sheet == table.sheet else grid.heading_row
    headings = grid.headings(row)
    same = (sheet, row) == (table.sheet, table.heading_row)
    found = table.mapping if same else {c.value: place for c, place in layouts.recognise(headings).items()}
    for column in Column:
        form[column.value].data = str(found[column.value]) if column.value in found else ""
    form.sheet.data, form.heading_row.data = sheet, row
    form.body_name.data, form.level.data = table.body_name, str(table.level)
    followers = remediation.list_holders(Role.FOLLOWER)
    mine = next((key for key, _, _ in followers if key == the_actor().person_id), None)
    only = followers[0][0] if len(followers) == 1 else mine
    form.follower_id.data = str(table.follower_id or only or "")
    form.version.data = table.version
    return _columns(table, form, grid, row)


def _columns(table: OldTable, form: MappingForm, grid: Grid, row: int) -> str:
    headings = grid.headings(row)
    tabs = sheets.tabs(table.file.name, files.read(table.file))
    form.offer(
        [(tab.name, f"{tab.name} (đang ẩn)" if tab.hidden else tab.name) for tab in tabs],
        headings,
        remediation.list_holders(Role.FOLLOWER),
    )
    below = [cells for line, cells in grid.rows if line > row]
    samples = [
        [text for cells in below if place < len(cells) and (text := cells[place])][:SAMPLES]
        for place in range(len(headings))
    ]
    chosen = {column: form[column.value].data for column in Column}
    used = {int(text) for text in chosen.values() if text and text.isdigit()}
    return render_template(
        "conversion/columns.html",
        title="Chọn cột của bảng",
        path=_path(web.Crumb(table.file.name)),
        table=table,
        form=form,
        fields=[(form[column.value], _samples(chosen[column], samples)) for column in Column],
        layout=layouts.layout_of(headings),
        others=[heading for place, heading in enumerate(headings) if place not in used],
        taken=queries.counts_of(table).taken,
    )


def _samples(chosen: str | None, samples: list[list[str]]) -> str:
    place = int(chosen) if chosen and chosen.isdigit() else -1
    return " · ".join(text[:60] for text in samples[place]) if 0 <= place < len(samples) else ""


@bp.post("/old-tables/<int:old_table_id>/columns")
@requires(Action.BRING_OVER_PAST, queries.get_table)
def save_columns(table: OldTable) -> Answer:
    """Read the rows as chosen; or show another sheet, another heading row first."""
    form = MappingForm()
    sheet, row = form.sheet.data or table.sheet, form.heading_row.data or table.heading_row
    if "look" in request.form:
        return redirect(url_for(".columns", old_table_id=table.id, sheet=sheet, row=row), 303)
    try:
        grid = sheets.grid(table.file.name, files.read(table.file), sheet)
    except SheetRefused as refused:
        grid = sheets.grid(table.file.name, files.read(table.file), table.sheet)
        form.refuse(refused.message, "sheet")
        return _columns(table, form, grid, table.heading_row), 422
    form.offer(
        [(tab.name, tab.name) for tab in sheets.tabs(table.file.name, files.read(table.file))],
        grid.headings(row), remediation.list_holders(Role.FOLLOWER),
    )  # fmt: skip
    status = web.attempt(
        form,
        lambda: services.read_rows(table, form.choice(), actor=the_actor(), version=form.seen()),
        named=lambda field: field if field in form else "sheet",
    )
    if status is not None:
        return _columns(table, form, grid, row), status
    return redirect(url_for(".show", old_table_id=table.id), 303)


@bp.get("/old-tables/<int:old_table_id>")
@requires(Action.BRING_OVER_PAST, queries.get_table)
def show(table: OldTable) -> Answer:
    """The rows: those with a question first."""
    if table.read_at is None:
        return redirect(url_for(".columns", old_table_id=table.id), 303)
    return _rows(table, TakeForm(formdata=None))


def _rows(table: OldTable, form: TakeForm) -> str:
    counts = queries.counts_of(table)
    shown = request.args.get("show", "")
    if shown not in queries.SHOWN:
        shown = (
            "asked" if counts.asked else "ready" if counts.ready else "lacking" if counts.lacking else "taken"
        )
    page = queries.list_rows(table, shown, web.cursor_of_address(int))
    lacks = remediation.lacks_of([row.task_id for row in page if row.task_id is not None])
    return render_template(
        "conversion/show.html",
        title=f"Chuyển đổi {table.file.name}",
        path=_path(web.Crumb(table.file.name)),
        table=table,
        form=form,
        counts=counts,
        shown=shown,
        tabs=[
            web.LinkItem(
                f"{label} ({count(getattr(counts, key))})",
                url_for(".show", old_table_id=table.id, show=key),
                key == shown,
            )
            for key, label in queries.SHOWN.items()
        ],
        page=page,
        text_of=lambda row, name: reading.text_of(table, row, Column(name)),
        labels={column.value: label for column, label in LABELS.items()},
        lacks={key: [remediation.LACK_LABELS[lack] for lack in found] for key, found in lacks.items()},
        single=shown == "asked" and any(_has_single(row) for row in page),
        job=queries.job_of(table),
    )


def _has_single(row: OldRow) -> bool:
    return any(one["column"] in services.DATE_KEYS and len(one["proposals"]) == 1 for one in row.questions)


@bp.post("/old-tables/<int:old_table_id>/take")
@requires(Action.BRING_OVER_PAST, queries.get_table)
def take(table: OldTable) -> Answer:
    """Take in what can come in now; many rows in the background."""
    form, done = TakeForm(), list[Job | int]()
    status = web.attempt(
        form,
        lambda: done.append(
            services.take_ready(table, actor=the_actor(), with_gaps=bool(form.with_gaps.data))
        ),
    )
    if status is not None:
        return _rows(table, form), status
    if isinstance(done[0], Job):
        flash("Đang nhập các dòng; tải lại trang để xem tiến độ.", "good")
    else:
        flash(f"Đã nhập {count(done[0])} dòng, mang dấu dữ liệu chuyển đổi.", "good")
    return redirect(url_for(".show", old_table_id=table.id), 303)


@bp.post("/old-tables/<int:old_table_id>/accept")
@requires(Action.BRING_OVER_PAST, queries.get_table)
def accept(table: OldTable) -> Answer:
    """Take the proposed date in every row that has only one."""
    form, done = TakeForm(), list[int]()
    status = web.attempt(form, lambda: done.append(services.accept_single(table, actor=the_actor())))
    if status is not None:
        return _rows(table, form), status
    flash(f"Đã nhận ngày đề xuất ở {count(done[0])} dòng; chữ cũ giữ trong ghi chú chuyển đổi.", "good")
    return redirect(url_for(".show", old_table_id=table.id), 303)


@bp.get("/old-tables/<int:old_table_id>/rows/<int:old_row_id>")
@requires(Action.BRING_OVER_PAST, queries.get_row)
def row(found: OldRow) -> Answer:
    """One row: what it says, what is asked, and fields to put it right."""
    if found.task_id is not None:
        return redirect(url_for("remediation.show", task_id=found.task_id), 303)
    return _row(found, _filled(found))


def _row(found: OldRow, form: RowForm) -> str:
    table = found.table
    asked = {str(one["column"]): one for one in found.questions}
    mapped = [column for column in Column if column.value in table.mapping or column.value in asked]
    return render_template(
        "conversion/row.html",
        title=f"Dòng {found.line}",
        path=_path(
            web.Crumb(table.file.name, url_for(".show", old_table_id=table.id)),
            web.Crumb(f"Dòng {found.line}"),
        ),
        table=table,
        row=found,
        form=form,
        fields=[
            (form[column.value], asked.get(column.value))
            for column in sorted(mapped, key=lambda column: column.value not in asked)
        ],
        others=reading.others(table, found),
        alike=any(column in asked and Column(column) in queries.ALIKE for column in asked),
        sheet_text=lambda name: reading.sheet_text(table, found, Column(name)),
    )


@bp.post("/old-tables/<int:old_table_id>/rows/<int:old_row_id>")
@requires(Action.BRING_OVER_PAST, queries.get_row)
def save_row(found: OldRow) -> Answer:
    """Put it right, then on to the next question; or take it in as it is."""
    form, done = RowForm(), list[int]()
    take = "take" in request.form
    shown = [column for column in Column if column.value in request.form]

    def act() -> None:
        typed = {column: text for column, text in form.typed().items() if column in shown}
        done.append(
            services.correct(
                found, typed, actor=the_actor(), version=form.seen(), alike=bool(form.alike.data)
            )
        )
        if take:
            services.take(found, reading.Known.load(), actor=the_actor())

    status = web.attempt(form, act)
    if status is not None:
        return _row(found, form), status
    if take and found.task_id is None:
        return _not_taken(found)
    if found.task is not None:
        flash(f"Đã nhập dòng {found.line}: {found.task.code}.", "good")
    elif done[0] > 1:
        flash(f"Đã sửa {count(done[0])} dòng cùng ghi như vậy.", "good")
    else:
        flash(f"Đã lưu dòng {found.line}.", "good")
    return _next(found)


def _not_taken(found: OldRow) -> Answer:
    """What was typed is kept in the row, and so is what stands in the way: it is told at its field."""
    form = _filled(found)
    for one in found.questions:
        if one["blocking"]:
            form.refuse(one["reason"], one["column"])
    if not found.left_out:  # else the page says why
        form.refuse("Đã lưu chỗ sửa. Chưa nhập được dòng này: trả lời các câu hỏi còn lại.")
    return _row(found, form), 422


def _filled(found: OldRow) -> RowForm:
    form = RowForm(formdata=None)
    for column in Column:
        form[column.value].data = reading.text_of(found.table, found, column)
    form.version.data = found.version
    return form


def _next(found: OldRow) -> Response:
    waiting = found if found.task_id is None and found.blocked and not found.left_out else None
    after = waiting or queries.next_asked(found.table, found)
    if after is None:
        return redirect(url_for(".show", old_table_id=found.table_id), 303)
    return redirect(url_for(".row", old_table_id=found.table_id, old_row_id=after.id), 303)


@bp.post("/old-tables/<int:old_table_id>/rows/<int:old_row_id>/leave")
@requires(Action.BRING_OVER_PAST, queries.get_row)
def leave(found: OldRow) -> Answer:
    """Không nhập dòng này."""
    form = web.BaseForm()
    status = web.attempt(form, lambda: services.leave_out(found, actor=the_actor(), version=form.seen()))
    if status is not None:
        return _refused(found, form, status)
    flash(f"Không nhập dòng {found.line}; dòng vẫn được giữ để xem lại.", "good")
    return _next(found)


@bp.post("/old-tables/<int:old_table_id>/rows/<int:old_row_id>/restore")
@requires(Action.BRING_OVER_PAST, queries.get_row)
def restore(found: OldRow) -> Answer:
    """Look at a row again that was left out."""
    form = web.BaseForm()
    status = web.attempt(form, lambda: services.restore(found, actor=the_actor(), version=form.seen()))
    if status is not None:
        return _refused(found, form, status)
    return redirect(url_for(".row", old_table_id=found.table_id, old_row_id=found.id), 303)


def _refused(found: OldRow, refused: web.BaseForm, status: int) -> Answer:
    form = _filled(found)
    for reason in refused.form_errors:
        form.refuse(str(reason))
    return _row(found, form), status
