"""The main pages of every role at 1280 and 360 pixels: they fit, nothing complains, axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import ConsoleMessage, Page

from app.documents import chain
from app.documents.models import Document
from app.extensions import db
from app.jobs import worker
from app.notices import services
from tests import cast
from tests.browser.conftest import PICTURES, Site
from tests.browser.stage import Stage
from tests.factories import handover, notices, remediation, signatures
from tests.processes import DEEP

pytestmark = pytest.mark.slow

WIDTHS = (1280, 360)
NARROW = [
    "target-size", "scrollable-region-focusable", "meta-viewport", "hidden-content", "label", "button-name",
    "link-name",
]  # fmt: skip
"""Rules that come out otherwise when a page is narrow: other sizes, other things shown."""
ONLY_WRONG = {"resultTypes": ["violations"]}
"""What axe need not write up in full: what is right, and what does not apply."""
ROUNDS: dict[str, tuple[str, ...]] = {
    "": ("/sign-in", "/verify", "/verify/{code}", "/khong-co"),
    "kehoach": (
        "/", "/inspections/plan", "/inspections", "/inspections/new", "/inspections/{draft}",
        "/inspections/{draft}/edit", "/inspections/{draft}/units", "/inspections/{draft}/scope",
        "/inspections/{draft}/review", "/inspections/{draft}/team", "/inspections/{draft}/assignments",
        "/inspections/{draft}/visits", "/inspections/{draft}/decision", "/inspections/{running}/changes",
        "/inspections/{concluded}", "/inspections/{reserving}/review", "/search?q=long+thanh",
    ),
    "truongdoan": (
        "/", "/inspections/{running}", "/inspected-units/{unit}/fieldwork",
        "/inspected-units/{unit}/groups/{group}?view=all", "/visits/{open-visit}", "/visits/{next-visit}",
        "/visits/{signed-visit}/minutes", "/inspected-units/{unit}/end", "/findings/{finding}",
        "/inspections/{running}/agreement", "/inspections/{concluded}/remediation",
        "/inspections/{concluded}/agreement",
    ),
    "thuky": ("/", "/inspected-units/{unit}/groups/{group}/applications"),
    "thanhvien": ("/", "/inspected-units/{unit}/groups/{group}"),
    "lanhdao": (
        "/", "/notices", "/notices/{here}", "/notices/{eoffice}", "/more", "/guide", "/heads",
        "/heads/{chief}/record",
    ),
    "truongphong": ("/", "/follow-up?state=open_late"),
    "vanthu": (
        "/", "/documents", "/documents/{paper}", "/documents/books", "/documents/books/{book}",
        "/documents/delegations", "/register/conclusions/new", "/register/conclusions",
        "/register/conclusions/{recorded}", "/register/conclusions/{recorded}/contents",
        "/register/conclusions/{recorded}/paper", "/register/missed", "/import/conclusions",
    ),
    "theodoi": (
        "/", "/follow-up", "/follow-up?edit={returned}", "/follow-up?columns=all&edit={returned}",
        "/follow-up/filters", "/follow-up/late-units", "/follow-up/month", "/follow-up/month?month=2026-09",
        "/follow-up/columns", "/follow-up/paste?start={returned}", "/follow-up/saved-filters?q=long",
        "/follow-up/print?both=1",
        "/tasks/{submitted}",
        "/tasks/{submitted}/send-back", "/tasks/{returned}/extend", "/tasks/{returned}/hand-over",
        "/units/{commune}/for-unit/remediation-report", "/handovers", "/responsibility", "/referrals",
        "/findings/{answered}/responsibility", "/findings/{away}/responsibility", "/answerables/{asked}/edit",
        "/answerables/{asked}/decision", "/proposals", "/proposals/{sent}", "/messages",
        "/units/{commune}/for-unit/proposals/new", "/handovers/lists/{handing}",
    ),
    "chutich-lt": (
        "/", "/remediation/received", "/remediation", "/tasks/{issued}", "/tasks/{issued}/assign",
        "/units/{ward}/remediation-report", "/proposals", "/my-visits", "/documents/{paper}",
        "/handovers/received", "/messages", "/units/{ward}/proposals/new",
    ),
    "congchuc-lp": (
        "/", "/tasks/{returned}", "/tasks/{doing}", "/tasks/{doing}/progress", "/tasks/{doing}/schedule",
        "/deliveries/{received}/receipt-slip",
    ),
    "quansat": (
        "/follow-up", "/notices", "/register", "/register/contents", "/register/units/{ward}",
        "/register/units/{ward}/groups/{group}", "/register/conclusions/{conclusion}",
    ),
    "quantri": (
        "/", "/catalogue", "/units", "/units/{ward}", "/units/{ward}/change", "/people", "/people/{person}",
        "/people/new", "/import", "/import/people", "/forms", "/forms/{form}", "/calendar",
        "/deadline-profiles", "/settings", "/signers", "/signers/{signer}", "/password",
    ),
}  # fmt: skip

AGENT = "wss://127.0.0.1:8987/"


class Complaints:
    """What a page's console says, and what axe and the ruler find."""

    def __init__(self, page: Page) -> None:
        self.page, self.found, self.where = page, [], ""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.add(f"a script failed: {error}"))

    def _said(self, message: ConsoleMessage) -> None:
        missing = "404" in message.text and "/khong-co" in self.where
        no_agent = AGENT in message.text and "/signing" in self.where  # nobody signs on this machine
        expected = missing or no_agent
        if message.type in ("error", "warning") and not expected:
            self.add(f"console: {message.text}")

    def add(self, what: str) -> None:
        """Keep a complaint and a picture of the page as it is."""
        self.found.append(f"{self.where}: {what}")

    def picture(self) -> None:
        """The whole page into build/browser/."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^a-z0-9]+", "-", self.where.lower()).strip("-")
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def measure(page: Page) -> str:
    """What sticks out of the page sideways; empty when nothing does."""
    page.wait_for_load_state()  # a click may have begun to lead elsewhere
    told = page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= window.innerWidth) return "";
          const out = [...document.body.querySelectorAll("*")]
            .filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
            .map((e) => `${e.tagName.toLowerCase()}.${e.className}`);
          return `${root.scrollWidth} px wide: ${out.slice(0, 5).join(", ")}`;
        }"""
    )
    return str(told)


def violations(page: Page, width: int, *, first: bool) -> list[dict[str, Any]]:
    """What axe finds: everything at the first width; at the second everything but colours on the `first` page
    of a role (its menu is another one there), then what a width changes."""
    options: dict[str, Any] = dict(ONLY_WRONG)
    if width != WIDTHS[0]:
        options |= {"rules": {"color-contrast": {"enabled": False}}}
        if not (first or DEEP):
            options |= {"runOnly": NARROW}
    found: list[dict[str, Any]] = page.evaluate(
        "(options) => axe.run(document, options).then((all) => all.violations)", options
    )
    return found


@pytest.mark.parametrize("who", ROUNDS, ids=lambda who: who or "anybody")
def test_the_pages_of_a_role_fit_and_nothing_complains(
    who: str, new_page: Callable[..., Page], site: Site
) -> None:
    page = new_page(who)
    page.add_init_script(path=AXE_FILE_PATH)
    complaints = Complaints(page)
    for pattern in ROUNDS[who]:
        look(page, complaints, site.path(pattern), who or "anybody", first=pattern == ROUNDS[who][0])
    assert not complaints.found, "\n".join(complaints.found)


def look(page: Page, complaints: Complaints, path: str, who: str, *, first: bool = False) -> None:
    """The page at both widths."""
    for width in WIDTHS:
        known = len(complaints.found)
        complaints.where = f"{who} {path} at {width}"
        page.set_viewport_size({"width": width, "height": 900})
        if width == WIDTHS[0]:
            answer = page.goto(path)
            assert answer is not None
            if answer.status != (404 if path == "/khong-co" else 200):
                complaints.add(f"answered {answer.status}")
        if wide := measure(page):
            complaints.add(wide)
        for violation in violations(page, width, first=first):
            places = "; ".join(
                str(node["target"]) + " " + node["html"][:120] for node in violation["nodes"][:3]
            )
            complaints.add(f"axe {violation['id']} ({violation['impact']}): {places}")
        if len(complaints.found) > known:
            complaints.picture()


def test_the_pages_that_take_over_fit_and_nothing_complains(stage: Stage) -> None:
    """A new follower's list and a new head's, each with the button that acknowledges; the office's list."""
    with stage.app.app_context():
        tasks = remediation.issued(findings=2, due_on=date(2026, 9, 10))
        remediation.progressed(tasks[0])
        handing = handover.follow_on(*tasks).id
        handover.new_head()
        unit = cast.unit(cast.LONG_PHUOC).id
    found = walk(stage, cast.CONTENT_CHECKER, f"/handovers/lists/{handing}", "/")
    found += walk(stage, cast.OFFICER, f"/handovers/heads/{unit}", "/")
    found += walk(stage, cast.FOLLOWER, "/handovers/people", f"/handovers/heads/{unit}")
    assert not found, "\n".join(found)


def test_the_pages_of_signing_and_of_a_batch_fit_and_nothing_complains(stage: Stage) -> None:
    """What the example has left behind it: a paper that waits for a signature, then for a seal; a batch."""
    with stage.app.app_context():
        signatures.office_signs()
        notice = notices.approved()
        paper = notice.document_id
        case = notices.reported(units=(cast.AN_PHUOC, cast.LONG_THANH))
        batch = services.start_batch(case, case.units, actor=cast.actor(cast.PLANNER)).id
        db.session.commit()
        worker.run_one()
    found = walk(stage, cast.LEADER, f"/documents/{paper}/signing")
    found += walk(stage, cast.PLANNER, f"/notices/batches/{batch}", f"/notices/batches/{batch}/steps/submit")
    with ThreadPoolExecutor(1) as aside:  # the browser keeps this thread's event loop to itself
        aside.submit(_signed, stage, paper).result()
    at = f"/documents/{paper}"
    found += walk(stage, cast.CLERK, f"{at}/signing", f"{at}/annexes", at)
    assert not found, "\n".join(found)


def _signed(stage: Stage, paper: int) -> None:
    with stage.app.app_context():
        document = db.session.get_one(Document, paper)
        begun = chain.begin_signing(document, actor=cast.actor(cast.LEADER))
        chain.finish_signing(document, begun, chain.draw_signed(begun), actor=cast.actor(cast.LEADER))
        db.session.commit()


def walk(stage: Stage, part: str, *paths: str) -> list[str]:
    """What there is to complain of on these pages of this person."""
    page = stage.as_(part)
    page.add_init_script(path=AXE_FILE_PATH)
    complaints = Complaints(page)
    for path in paths:
        look(page, complaints, path, part)
    return complaints.found
