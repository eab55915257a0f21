"""Long work in the background is followed by the page itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import expect

from app.extensions import db
from app.jobs import worker
from app.notices import services
from tests import cast
from tests.browser.stage import Stage
from tests.factories import notices


def test_a_page_of_work_in_the_background_tells_its_end_by_itself(stage: Stage) -> None:
    with stage.app.app_context():
        case = notices.reported(units=(cast.AN_PHUOC, cast.LONG_THANH))
        batch = services.start_batch(case, case.units, actor=cast.actor(cast.PLANNER)).id
        db.session.commit()
    page = stage.as_(cast.PLANNER)
    page.goto(f"/notices/batches/{batch}")
    expect(page.get_by_text("Đang xử lý.")).to_be_visible()
    with ThreadPoolExecutor(1) as aside:  # the browser keeps this thread's event loop to itself
        aside.submit(_work, stage).result()
    expect(page.get_by_text("Đã soạn 02 thông báo.")).to_be_visible(timeout=15_000)


def _work(stage: Stage) -> None:
    with stage.app.app_context():
        assert worker.run_one() is not None
