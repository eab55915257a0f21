"""Minutes from answers: the text of each section, and the official document made of what was edited. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from app import clock
from app.documents.content import (
    Block,
    Bulleted,
    Heading,
    HeadingLevel,
    Item,
    OfficialDocument,
    Paragraph,
    Run,
    RunField,
    SignatureBlock,
    WritingSpace,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.vietnamese import format_date, letter, number

NONE = "Không có."
SYMBOL = "BB-ĐKT"


@dataclass(frozen=True)
class Texts:
    """The sections of the minutes that are free text, one line a point."""

    supplied: str = ""
    strengths: str = ""
    fixed: str = ""
    not_examined: str = ""
    concluded: str = ""
    old_tasks: str = ""
    difficulties: str = ""


TEXT_LABELS: dict[str, str] = {
    "supplied": "1. Hồ sơ, tài liệu đơn vị cung cấp",
    "strengths": "2. Kết quả đạt được",
    "fixed": "4. Nội dung đã khắc phục ngay",
    "not_examined": "5. Nội dung chưa kiểm tra",
    "concluded": "6. Nội dung đã có kết luận, không đánh giá lại",
    "old_tasks": "7. Việc khắc phục theo các kết luận trước",
    "difficulties": "IV. Khó khăn, vướng mắc, kiến nghị",
}
TEXT_NAMES = tuple(item.name for item in fields(Texts))


@dataclass(frozen=True)
class Point:
    """A finding as minutes print it; `group` is the title of its group of contents."""

    finding_id: int
    group: str
    code: str
    description: str
    total: int | None = None
    sample: int | None = None
    failing: int | None = None
    fixed: bool = False

    @property
    def sentence(self) -> str:
        """Description, and the figures unless the description tells them already."""
        text = self.description.strip().rstrip(".;")
        if self.failing is not None and self.sample and not _tells(text, self.failing, self.sample):
            rate = number(self.failing * 100 / self.sample, 2)
            text += f" ({number(self.failing)}/{number(self.sample)}, chiếm {rate}%)"
        if self.fixed:
            text += " (đã khắc phục ngay)"
        return text + "."


_DATE = re.compile(r"[0-9]{1,2}/(?:[0-9]{1,2}/)?[0-9]{4}")


def _tells(text: str, *figures: int) -> bool:
    """Whether all the figures stand in the text as numbers of their own, dates aside."""
    words = _DATE.sub(" ", text)
    return all(
        re.search(rf"(?<![0-9.,])0*{re.escape(number(figure))}(?![0-9]|[.,][0-9])", words)
        for figure in figures
    )


@dataclass(frozen=True)
class Basis:
    """The decision the team works under and the unit it works at."""

    office: str
    decision: str
    decided_on: date | None
    authority: str
    inspection_title: str
    unit: str


@dataclass(frozen=True)
class MinutesText:
    """All that the printed minutes say, beside the citation of the decision."""

    place: str
    opened_at: datetime
    closed_at: datetime
    team_present: tuple[str, ...]
    unit_present: tuple[str, ...]
    texts: Texts
    points: tuple[Point, ...]
    opinion: str
    requests: str
    copies: int
    unit_signer: str
    secretary: str
    leader: str


def subject_of(basis: Basis) -> str:
    """Trích yếu of the minutes."""
    return f"Làm việc với {basis.unit} về việc {_lowered(basis.inspection_title)}"


def official(basis: Basis, text: MinutesText) -> OfficialDocument:
    """Biên bản làm việc (users' frame I–V, NĐ 30/2020 mẫu 1.9): no place and date line, three signatures."""
    opened, closed = clock.local(text.opened_at), clock.local(text.closed_at)
    on = format_date(opened.date())
    name, _, unit_post = text.unit_signer.partition(",")
    blocks: list[Block] = [
        paragraph(_citation(basis)),
        paragraph(
            f"Hôm nay, hồi {opened:%H} giờ {opened:%M} phút, ngày {on}, tại {_lowered(text.place)}, "
            f"Đoàn kiểm tra làm việc với {basis.unit}, nội dung như sau:"
        ),
        _section("I", "Thành phần"),
        _clause("1", "Đoàn kiểm tra"),
        *_bullets(text.team_present),
        _clause("2", "Đơn vị được kiểm tra"),
        *_bullets(text.unit_present),
        _section("II", "Nội dung và kết quả kiểm tra"),
        _clause("1", "Hồ sơ, tài liệu đơn vị cung cấp"),
        *_lines(text.texts.supplied),
        _clause("2", "Kết quả đạt được"),
        *_lines(text.texts.strengths, "Không ghi nhận nội dung nổi bật."),
        _clause("3", "Tồn tại, hạn chế"),
        *_points(text.points),
        _clause("4", "Nội dung đã khắc phục ngay"),
        *_lines(text.texts.fixed),
        _clause("5", "Nội dung chưa kiểm tra"),
        *_lines(text.texts.not_examined),
        _clause("6", "Nội dung đã có kết luận, không đánh giá lại"),
        *_lines(text.texts.concluded),
        *_old_tasks(text.texts.old_tasks),
        _section("III", "Ý kiến của đơn vị được kiểm tra"),
        *(_lines(text.opinion) if text.opinion else [WritingSpace(4)]),
        _section("IV", "Khó khăn, vướng mắc, kiến nghị"),
        *_lines(text.texts.difficulties),
        _section("V", "Yêu cầu của Đoàn kiểm tra"),
        *_lines(text.requests),
        Paragraph(_ending(closed, opened, text.copies)),
    ]
    return OfficialDocument(
        kind=DocumentKind.MINUTES,
        type_name="Biên bản",
        subject=subject_of(basis),
        governing_body=basis.office,
        issuing_body=f"Đoàn kiểm tra theo Quyết định số {basis.decision}"
        if basis.decision
        else "Đoàn kiểm tra",
        symbol=SYMBOL,
        blocks=tuple(blocks),
        signature_columns=(
            SignatureBlock(
                name=name.strip(),
                posts=tuple(post for post in ("Đại diện đơn vị", "được kiểm tra", unit_post.strip()) if post),
                note="(Ký, ghi rõ họ tên, đóng dấu)",
            ),
            SignatureBlock(name=text.secretary, posts=("Thư ký",), note="(Ký, ghi rõ họ tên)"),
            SignatureBlock(name=text.leader, posts=("Trưởng đoàn",), note="(Ký, ghi rõ họ tên)"),
        ),
    )


_ACTS = (
    "≥", "Ảnh", "Camera", "Chọn", "Cấu hình", "Đối chiếu", "Đường dẫn", "Gọi", "Kiểm kê", "Mẫu ≥",
    "Minh chứng", "Ngày", "Phản ánh", "Phỏng vấn", "Quan sát", "So sánh", "Thời gian", "Tin bài",
)  # fmt: skip
"""How entries of “Đã xem gì” begin that are the team's own looking, not papers of the unit."""
_SYSTEMS = ("Hệ thống", "Kho dữ liệu", "Phần mềm theo dõi nhiệm vụ")
"""Entries of the form that name what was looked into and no paper; one that says more is listed."""


def papers_line(group: str, looked_at: Iterable[str]) -> str:
    """The papers among what was looked at in a group, each once, on one line; “” when there are none."""
    each = (part.strip() for text in looked_at for part in text.split(";"))
    papers = dict.fromkeys(
        _small(part) for part in each if part and part not in _SYSTEMS and not part.startswith(_ACTS)
    )
    return f"- {group}: {'; '.join(papers)}" if papers else ""


def _small(text: str) -> str:
    text = re.sub(r"^KH\b", "kế hoạch", re.sub(r"^QĐ\b", "quyết định", text.strip().rstrip(";.")))
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


_OPENINGS = ("Trụ sở", "Hội trường", "Phòng họp", "Kiểm tra", "Việc")
"""Openings of places and titles that are written small within a sentence; any other may be a name."""


def _lowered(text: str) -> str:
    """Words within a sentence: a common opening begins small, a name stays as it is."""
    return text[:1].lower() + text[1:] if text.startswith(_OPENINGS) else text


def _citation(basis: Basis) -> str:
    if not basis.decision:
        return f"Thực hiện việc kiểm tra: {basis.inspection_title}."
    day = f" ngày {format_date(basis.decided_on)}" if basis.decided_on else ""
    of = f" của {basis.authority}" if basis.authority else ""
    return f"Căn cứ Quyết định số {basis.decision}{day}{of} về việc {_lowered(basis.inspection_title)}."


def _ending(closed: datetime, opened: datetime, copies: int) -> tuple[Run, ...]:
    day = "cùng ngày" if closed.date() == opened.date() else f"ngày {format_date(closed.date())}"
    return (
        Run(f"Biên bản lập xong hồi {closed:%H} giờ {closed:%M} phút {day}, gồm "),
        Run("", field=RunField.BODY_PAGES),
        Run(
            f" trang, lập thành {copies:02d} bản có giá trị như nhau, đã đọc lại cho mọi người cùng nghe, "
            "công nhận đúng và ký tên"
        ),
    )


def _section(mark: str, title: str) -> Heading:
    return Heading(HeadingLevel.SECTION, mark, title)


def _clause(mark: str, title: str) -> Heading:
    return Heading(HeadingLevel.CLAUSE, mark, title)


def _old_tasks(text: str) -> list[Block]:
    """A clause of its own, left out where no earlier conclusion is still being mended."""
    if not text:
        return []
    return [_clause("7", "Việc khắc phục theo các kết luận trước"), *_lines(text)]


def _bullets(lines: Iterable[str]) -> list[Block]:
    """One list, or nothing when no line says anything."""
    cleaned = [text for line in lines if (text := line.strip(" -–").rstrip(";.").strip())]
    if not cleaned:
        return []
    marks = [";"] * (len(cleaned) - 1) + ["."]
    items = tuple(Item(plain(line + mark)) for line, mark in zip(cleaned, marks, strict=True))
    return [Bulleted(items)]


def _lines(text: str, none: str = NONE) -> list[Block]:
    """Lines that begin with a hyphen become a list, the others paragraphs; nothing is `none`."""
    made: list[Block] = []
    bullets: list[str] = []
    for line in (line.strip() for line in text.split("\n") if line.strip()):
        if line.startswith(("-", "–")):
            bullets.append(line)
            continue
        made += [*_bullets(bullets), paragraph(line)]
        bullets = []
    made += _bullets(bullets)
    return made or [paragraph(none)]


def _points(points: Sequence[Point]) -> list[Block]:
    """a) group: its findings, in the order of the minutes; a group comes where its first finding stands."""
    if not points:
        return [paragraph("Không phát hiện tồn tại, hạn chế trong phạm vi đã kiểm tra.")]
    by_group: dict[str, list[Point]] = {}
    for point in points:
        by_group.setdefault(point.group, []).append(point)
    made: list[Block] = []
    for place, (group, members) in enumerate(by_group.items(), start=1):
        made.append(Heading(HeadingLevel.POINT, letter(place), f"{group}:"))
        items = tuple(Item(plain(point.sentence), ref=f"finding:{point.finding_id}") for point in members)
        made.append(Bulleted(items))
    return made
