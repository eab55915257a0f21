"""Screens of the books of numbers: which there are, the register of one and its print, its settings."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.audit.timeline import timeline
from app.documents import books, numbering, outgoing, outgoing_print, queries
from app.documents.forms import BeginForm, BookForm, CloseForm, KindsForm, VoidForm
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import Number, NumberState, Series
from app.documents.views.papers import bp
from app.errors import DomainError
from app.policy import Action, Actor, can
from app.units import queries as units
from app.units.models import Unit
from app.vietnamese import format_date
from app.web import sheets
from app.web.access import requires, the_actor

TITLE = "Sổ văn bản của cơ quan"
FIRST_YEAR = 1945


@bp.get("/documents/books")
@requires(Action.VIEW_BOOKS)
def books_list() -> str:
    """Books of numbers that the office has opened, and a new one."""
    return _books_page(BookForm(formdata=None))


@bp.post("/documents/books")
@requires(Action.OPEN_SERIES)
def open_book() -> AnyResponse | tuple[str, int]:
    """Open a series."""
    form = BookForm()
    status = web.attempt(
        form,
        lambda: numbering.open_series(form.symbol.data or "", form.title.data or "", actor=the_actor()),
    )
    if status is not None:
        return _books_page(form), status
    flash("Đã mở sổ.", "good")
    return redirect(url_for(".books_list"), 303)


def _books_page(form: BookForm) -> str:
    actor, year = the_actor(), _year()
    rows = books.list_rows(year)
    return render_template(
        "papers/books.html",
        title=TITLE,
        path=_path(),
        form=form,
        rows=rows,
        year=year,
        years=_years(year),
        kinds=KIND_LABELS,
        may_open=can(actor, Action.OPEN_SERIES),
        may_print=can(actor, Action.PRINT_BOOK),
    )


@bp.get("/documents/books/<int:series_id>")
@requires(Action.PRINT_BOOK, queries.get_series)
def book(series: Series) -> tuple[str, int]:
    """Sổ đăng ký văn bản đi of a series and a year."""
    return _book_page(series), 200


def _book_page(series: Series, refused: str = "") -> str:
    actor, year, filters = the_actor(), _year(), _filters()
    office = _office(actor)
    return render_template(
        "papers/book.html",
        title=f"{series.title} năm {year}",
        path=[*_path(), web.Crumb(TITLE, url_for(".books_list")), web.Crumb(series.symbol)],
        series=series,
        year=year,
        years=_years(year),
        filters=filters,
        asked={
            "year": year,
            "q": filters.text or None,
            "month": filters.month,
            "first": filters.first,
            "last": filters.last,
        },
        page=outgoing.list_page(series, year, office, filters, cursor=web.cursor_of_address(int, int, int)),
        gaps=outgoing.list_gaps(series, year, office),
        closed=_closed(series, year),
        void=NumberState.VOID,
        refused=refused,
        may_open=can(actor, Action.OPEN_SERIES),
    )


@bp.get("/documents/books/<int:series_id>/register.pdf")
@requires(Action.PRINT_BOOK, queries.get_series)
def book_pdf(series: Series) -> AnyResponse | tuple[str, int]:
    """The register as it is printed and bound, under the filters of the screen."""
    year, filters, office = _year(), _filters(), _office(the_actor())
    try:
        lines = outgoing.list_lines(series, year, office, filters, most=outgoing_print.MOST_PRINTED)
    except DomainError as error:
        return _book_page(series, error.message), error.status
    gaps = () if filters.told else outgoing.list_gaps(series, year, office)
    content = outgoing_print.compose(series, year, lines, gaps, filters, office)
    return send_file(
        io.BytesIO(outgoing_print.draw(content, at=clock.now())),
        mimetype="application/pdf",
        download_name=f"{_file_name(series, year)}.pdf",
    )


@bp.get("/documents/books/<int:series_id>/register.xlsx")
@requires(Action.PRINT_BOOK, queries.get_series)
def book_xlsx(series: Series) -> AnyResponse | tuple[str, int]:
    """The register as a workbook, under the filters of the screen."""
    year, filters, office = _year(), _filters(), _office(the_actor())
    try:
        lines = outgoing.list_lines(series, year, office, filters, most=outgoing_print.MOST_EXPORTED)
    except DomainError as error:
        return _book_page(series, error.message), error.status
    return send_file(
        io.BytesIO(outgoing_print.workbook(series, year, lines, filters, office, at=clock.now())),
        mimetype=sheets.MEDIA_TYPE,
        as_attachment=True,
        download_name=f"{_file_name(series, year)}.xlsx",
    )


@bp.get("/documents/books/<int:series_id>/settings")
@requires(Action.OPEN_SERIES, queries.get_series)
def book_settings(series: Series) -> str:
    """What the series serves, where its book begins, its closing, reservations, history."""
    return _settings_page(series)


@bp.post("/documents/books/<int:series_id>/kinds")
@requires(Action.OPEN_SERIES, queries.get_series)
def serve_kinds(series: Series) -> AnyResponse | tuple[str, int]:
    """Say which kinds the series serves."""
    form = KindsForm()
    form.offer(_numbered_kinds())

    def act() -> None:
        chosen = [DocumentKind(kind) for kind in form.kinds.data or ()]
        books.serve(series, chosen, _year(), actor=the_actor())

    return _settled(series, form, act, "Đã ghi loại văn bản của sổ.", kinds=form)


@bp.post("/documents/books/<int:series_id>/begin")
@requires(Action.OPEN_SERIES, queries.get_series)
def begin_book(series: Series) -> AnyResponse | tuple[str, int]:
    """Let the book go on from paper."""
    form = BeginForm()

    def act() -> None:
        assert form.first.data is not None  # InputRequired
        books.begin_at(
            series, _year(), form.first.data, form.reason.data or "",
            last_on=form.last_on.data, actor=the_actor(),
        )  # fmt: skip

    return _settled(series, form, act, "Đã ghi số bắt đầu của sổ.", begin=form)


@bp.post("/documents/books/<int:series_id>/close")
@requires(Action.OPEN_SERIES, queries.get_series)
def close_book(series: Series) -> AnyResponse | tuple[str, int]:
    """Close the book of the year."""
    form = CloseForm()
    return _settled(
        series, form, lambda: books.close(series, _year(), actor=the_actor()), "Đã khóa sổ.", close=form
    )


@bp.post("/documents/books/<int:series_id>/void")
@requires(Action.OPEN_SERIES, queries.get_series)
def void_number(series: Series) -> AnyResponse | tuple[str, int]:
    """Void a number that was taken and will not be used."""
    form, reserved = VoidForm(), queries.list_reserved(series, _year())
    form.offer(_held(reserved))

    def act() -> None:
        number = next(number for number in reserved if str(number.id) == form.number.data)
        numbering.give_up(number, form.reason.data or "", actor=the_actor())

    return _settled(series, form, act, "Đã hủy số.", void=form)


def _held(reserved: Sequence[Number]) -> list[tuple[str, str]]:
    """Numbers to choose from: which, of what day, who signs what."""
    shown = []
    for number in reserved:
        paper = number.document
        signer = paper.signer.name if paper is not None and paper.signer is not None else "chưa chọn"
        told = f"{paper.symbol}, người ký {signer}: {paper.subject}" if paper is not None else ""
        shown.append((str(number.id), f"{number.n:02d}/{told} (ngày {format_date(number.dated_on)})"))
    return shown


def _settled(
    series: Series, form: web.BaseForm, act: Callable[[], object], done: str, **shown: web.BaseForm
) -> AnyResponse | tuple[str, int]:
    status = web.attempt(form, act)
    if status is not None:
        return _settings_page(series, **shown), status
    flash(done, "good")
    return redirect(url_for(".book_settings", series_id=series.id, year=_year()), 303)


def _settings_page(
    series: Series,
    kinds: web.BaseForm | None = None,
    begin: web.BaseForm | None = None,
    close: web.BaseForm | None = None,
    void: web.BaseForm | None = None,
) -> str:
    year = _year()
    reserved = queries.list_reserved(series, year)
    if void is None:
        void = VoidForm(formdata=None)
        void.offer(_held(reserved))
    row = next(row for row in books.list_rows(year) if row.series.id == series.id)
    if kinds is None:
        kinds = KindsForm(formdata=None, data={"kinds": [kind.value for kind in row.kinds]})
        kinds.offer(_numbered_kinds())
    begun = books.book_of(series, year)
    return render_template(
        "papers/book_settings.html",
        title=f"Thiết lập sổ {series.symbol} năm {year}",
        path=[
            *_path(),
            web.Crumb(TITLE, url_for(".books_list")),
            web.Crumb(series.symbol, url_for(".book", series_id=series.id, year=year))
            if can(the_actor(), Action.PRINT_BOOK)
            else web.Crumb(series.symbol),
            web.Crumb("Thiết lập"),
        ],
        series=series,
        year=year,
        years=_years(year),
        row=row,
        begun=begun if begun is not None and begun.first > 1 else None,
        closed=_closed(series, year),
        kinds=kinds,
        begin=begin or BeginForm(formdata=None),
        close=close or CloseForm(formdata=None),
        void=void,
        reserved=reserved,
        entries=timeline(series),
    )


def _path() -> list[web.Crumb]:
    return [web.Crumb("Sổ văn bản đi", url_for(".index") if can(the_actor(), Action.VIEW_DOCUMENT) else "")]


def _closed(series: Series, year: int) -> str:
    """The day on which the book was closed; empty while it is open."""
    book = books.book_of(series, year)
    closed = book.closed_at if book is not None else None
    return format_date(clock.local(closed).date()) if closed is not None else ""


def _numbered_kinds() -> list[tuple[str, str]]:
    return [(kind.value, KIND_LABELS[kind]) for kind in DocumentKind if kind in books.TYPE_CODES]


def _year() -> int:
    """The year of the address, this year when there is none that can be."""
    this_year = clock.today().year
    year = web.read_year(request.args.get("year")) or this_year
    return year if FIRST_YEAR <= year <= this_year + 1 else this_year


def _years(shown: int) -> list[int]:
    this_year = clock.today().year
    return sorted({shown, *range(this_year - 4, this_year + 2)}, reverse=True)


def _filters() -> outgoing.Filters:
    month = request.args.get("month", "")
    return outgoing.Filters(
        request.args.get("q", "")[:200],
        int(month) if month in {str(one) for one in range(1, 13)} else None,
        web.read_id(request.args.get("first", "")[:6]),
        web.read_id(request.args.get("last", "")[:6]),
    )


def _office(actor: Actor) -> Unit:
    """The body whose books these are: that of the person who reads them."""
    return units.body_of(units.get_visible(actor, actor.unit_id or 0))


def _file_name(series: Series, year: int) -> str:
    symbol = series.symbol.replace("/", "-").replace(books.TYPE, "chung")
    return f"So dang ky van ban di {symbol} {year}"
