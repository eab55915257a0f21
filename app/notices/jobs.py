"""Work for many notices in the background, each in a transaction of its own.

What stops one stops no other and is kept beside it. A killed worker leaves whole notices behind and the next
one goes on: a unit gets one notice, a notice keeps the number that was reserved for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from flask import current_app

from app import clock
from app.accounts import queries as accounts
from app.documents import chain, pages, rendering
from app.documents.chain import Drawn, Signing, begin_signing, draw_ahead, draw_signed, finish_signing
from app.documents.content import OfficialDocument
from app.errors import DomainError
from app.extensions import db
from app.files import services as files
from app.jobs import pool
from app.jobs import services as jobs
from app.jobs.models import Job
from app.jobs.services import Kind
from app.notices import batches, checks
from app.notices.batches import Step
from app.notices.compose import compose
from app.notices.models import Notice, NoticeBatch, NoticeBatchItem
from app.notices.record import gather
from app.notices.services import batching
from app.notices.services.drafting import draft, refresh_dates
from app.policy import Actor
from app.vietnamese import count
from app.workflow import hold

BROKEN = "Việc này gặp lỗi của hệ thống, chưa thực hiện được. Thực hiện lại."
LARGEST_FILE = 1024 * 1024 * 1024
AT_ONCE = 8
"""Notices whose numbers are reserved before they are drawn: so many wait when a worker is killed."""
DRAWING = ("app.documents.chain", "app.documents.rendering", "weasyprint")
"""What a process that draws needs: more than a second to load."""
_ACTS: dict[str, Callable[..., None]] = {
    "submit": chain.submit,
    "check_content": chain.check_content,
    "check_form": chain.check_form,
    "approve": chain.approve,
    "seal": chain.seal,
    "issue": chain.issue,
}


def run(job: Job) -> str:
    """Do a job of this kind; commits after each notice. Returns what was done in a sentence."""
    job_id, attempt, verb = job.id, job.attempts, str(job.payload["verb"])
    batch_id, two_sided = int(job.payload["batch_id"]), bool(job.payload.get("two_sided"))
    assert job.requested_by is not None
    work = _Work(job_id, attempt, batch_id, job.requested_by)
    match verb:
        case "compose":
            return work.compose()
        case "check":
            return work.check()
        case "recount":
            return work.recount()
        case "print":
            return work.print(two_sided=two_sided)
        case "sign":
            return work.sign()
        case _:
            return work.step(batches.find_step(verb))


class _Work:
    """One run of a job: its batch, whom it works for, how far it is."""

    def __init__(self, job_id: int, attempt: int, batch_id: int, person_id: int) -> None:
        self.job_id, self.attempt, self.batch_id, self.person_id = job_id, attempt, batch_id, person_id
        self.done = self.total = self.failed = 0

    def actor(self) -> Actor:
        """The person who asked, with the posts of today."""
        return accounts.actor_for(accounts.get_person(self.person_id))

    def items(self) -> list[NoticeBatchItem]:
        """The rows as they are now."""
        batch = db.session.get_one(NoticeBatch, self.batch_id, populate_existing=True)
        return list(batch.items)

    def one(self, unit_id: int, act: Callable[[NoticeBatchItem], None], *, last: bool = True) -> bool:
        """Do one piece in its own transaction; what stops it is kept. `last`: nothing more follows for it."""
        self.done += last
        try:
            item = self._item(unit_id)
            item.problem = ""
            act(item)
            jobs.go_on(self.job_id, self.attempt, done=self.done, total=self.total)
            db.session.commit()
        except jobs.Overtaken:
            db.session.rollback()
            raise
        except Exception as error:  # what stops one, whatever it is, stops no other
            db.session.rollback()
            if not isinstance(error, DomainError):
                current_app.logger.exception("notice batch %s, unit %s", self.batch_id, unit_id)
            self.failed += 1
            self._item(unit_id).problem = error.message if isinstance(error, DomainError) else BROKEN
            jobs.go_on(self.job_id, self.attempt, done=self.done, total=self.total)
            db.session.commit()
            return False
        return True

    def _item(self, unit_id: int) -> NoticeBatchItem:
        return db.session.get_one(NoticeBatchItem, (self.batch_id, unit_id), populate_existing=True)

    def each(self, unit_ids: Sequence[int], act: Callable[[NoticeBatchItem], None]) -> int:
        """Do all, one after the other; returns how many were done."""
        self.total = len(unit_ids)
        return sum(self.one(unit_id, act) for unit_id in unit_ids)

    def told(self, done: int, words: str) -> str:
        """“Đã soạn 168 thông báo; 02 thông báo chưa thực hiện được.”"""
        left = f"; {count(self.failed)} thông báo chưa thực hiện được" if self.failed else ""
        return f"Đã {words} {count(done)} thông báo{left}."

    def compose(self) -> str:
        """A draft for every unit that has none, with what stops it from going up."""

        def act(item: NoticeBatchItem) -> None:
            hold(item.batch.inspection)
            db.session.refresh(item, ["notice_id", "notice"])
            if item.notice is None:
                item.notice = draft(item.batch.inspection, [item.inspected_unit], actor=self.actor())
                db.session.flush()
            item.problem = _stopping(item.notice)

        return self.told(self.each([i.inspected_unit_id for i in self.items()], act), "soạn")

    def check(self) -> str:
        """What stops each draft now."""

        def act(item: NoticeBatchItem) -> None:
            assert item.notice is not None
            item.problem = _stopping(item.notice)

        return self.told(self.each(self._drafts(), act), "kiểm tra")

    def recount(self) -> str:
        """The proposed dates of each draft from today, and what stops it then."""

        def act(item: NoticeBatchItem) -> None:
            assert item.notice is not None
            hold(item.notice.document)
            refresh_dates(item.notice, actor=self.actor())
            item.problem = _stopping(item.notice)

        return self.told(self.each(self._drafts(), act), "tính lại thời hạn của")

    def _drafts(self) -> list[int]:
        return [i.inspected_unit_id for i in self.items() if i.notice is not None and i.notice.is_draft]

    def step(self, step: Step) -> str:
        """The same step of the chain for every notice that is ready for it."""
        service = _ACTS[step.verb]

        def act(item: NoticeBatchItem) -> None:
            actor = self.actor()
            if item.notice is not None and batches.is_ready(item.notice, step, actor):
                service(item.notice.document, actor=actor)

        label = f"{step.label[0].lower()}{step.label[1:]}:"
        return self.told(self.each(self._ready(step), act), label)

    def _ready(self, step: Step) -> list[int]:
        actor = self.actor()
        return [
            item.inspected_unit_id for item in self.items()
            if item.notice is not None and batches.is_ready(item.notice, step, actor)
        ]  # fmt: skip

    def sign(self) -> str:
        """Numbers are reserved in order, papers drawn side by side, each signed in its own transaction."""
        ready = self._ready(batches.find_step("sign"))
        self.total, signed = len(ready), 0
        drawing: deque[tuple[int, Signing, Callable[[], Signing | Drawn]]] = deque()
        with pool.opened(len(ready), modules=DRAWING) as drawers:
            for unit_id in ready:
                signing = self._begin(unit_id)
                if signing is not None:
                    drawing.append((unit_id, signing, drawers.begin(draw_ahead, signing)))
                if len(drawing) >= AT_ONCE:
                    signed += self._finish(*drawing.popleft())
            while drawing:
                signed += self._finish(*drawing.popleft())
        return self.told(signed, "ký")

    def _begin(self, unit_id: int) -> Signing | None:
        begun: list[Signing] = []

        def act(item: NoticeBatchItem) -> None:
            assert item.notice is not None
            begun.append(begin_signing(item.notice.document, actor=self.actor()))

        if self.one(unit_id, act, last=False):
            return begun[0]
        self.done += 1
        return None

    def _finish(self, unit_id: int, signing: Signing, ahead: Callable[[], Signing | Drawn]) -> bool:
        def act(item: NoticeBatchItem) -> None:
            assert item.notice is not None
            made = ahead()
            drawn = made if isinstance(made, Drawn) else draw_signed(made)
            finish_signing(item.notice.document, signing, drawn, actor=self.actor())

        return self.one(unit_id, act)

    def print(self, *, two_sided: bool) -> str:
        """One file of all notices in the order of the list: what was signed or issued, drafts as drawn."""
        batch = db.session.get_one(NoticeBatch, self.batch_id, populate_existing=True)
        notices = [item.notice for item in batches.printable(batch) if item.notice is not None]
        self.total = len(notices)
        kept: dict[int, bytes] = {}
        drafts: list[tuple[int, OfficialDocument]] = []
        for place, notice in enumerate(notices):
            if notice.document.file is not None:
                kept[place] = files.read(notice.document.file)
            else:
                drafts.append((place, compose(notice, gather(notice))))
        self._say(len(kept))
        with pool.opened(len(drafts), modules=DRAWING) as drawers:
            for (place, _), drawn in drawers.each(_draw_draft, drafts):
                if isinstance(drawn, Exception):
                    raise drawn
                kept[place] = drawn
                self._say(len(kept))
        whole = pages.joined((kept[place] for place in range(len(notices))), two_sided=two_sided)
        batch = db.session.get_one(NoticeBatch, self.batch_id, populate_existing=True)
        name = f"Thông báo kết luận, {count(len(notices))} đơn vị.pdf"
        batch.file = files.keep(name, whole, actor=self.actor(), kinds=("pdf",), most=LARGEST_FILE)
        db.session.flush()
        return f"Đã gộp {count(len(notices))} thông báo, {count(pages.count_pages(whole))} trang."

    def _say(self, done: int) -> None:
        jobs.go_on(self.job_id, self.attempt, done=done, total=self.total)
        db.session.commit()


def _stopping(notice: Notice) -> str:
    """What stops a draft from going up, in sentences."""
    found = checks.refusing(checks.run(notice, gather(notice)))
    return " ".join(f"{check.text} {check.detail}".strip() for check in found)


def _draw_draft(given: tuple[int, OfficialDocument]) -> bytes:
    """The PDF of a draft; touches no database."""
    return rendering.render_pdf(given[1], created_at=clock.now()).data


KINDS = (Kind(batching.KIND, run),)
