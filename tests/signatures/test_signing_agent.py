"""The bridge to the state's signing tool, against a stand-in that speaks its protocol."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Request, Route, WebSocketRoute
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock
from app.accounts import queries as accounts
from app.documents.models import Document, DocumentState
from app.documents.rendering import SignatureBox
from app.documents.signatures import acts
from app.documents.signatures.models import SignatureCheck, SigningTicket
from app.extensions import db
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import notices
from tests.signatures import forgeries, papers


@pytest.fixture
def prepared(client: Browser, session: Session, app: Flask) -> Iterator[int]:
    """The number of a notice whose file to sign is out; the leader is signed in and on its page."""
    with papers.own_tools(app):
        document_id = notices.approved().document_id
        session.commit()
        client.sign_in(cast.LEADER).get(f"/documents/{document_id}/signing")
        client.submit()
        client.follow()
        yield document_id


def ask(client: Browser, document_id: int) -> dict[str, Any]:
    """What the page would send to the agent."""
    client.get(f"/documents/{document_id}/signing")
    told = client.post(f"/documents/{document_id}/signing/ticket", expect=200).get_json()
    assert told["address"] == "wss://127.0.0.1:8987/SignApproved"
    found: dict[str, Any] = told["asked"]
    return found


def room() -> SignatureBox:
    """Where the leader signs."""
    document = db.session.scalars(sa.select(Document).where(Document.state == DocumentState.APPROVED)).one()
    kept = acts.find_prepared(document)
    assert kept is not None
    return acts.read_prepared(kept).leader


def agent(
    client: Browser, asked: dict[str, Any], box: SignatureBox, *, forge: bool = False
) -> dict[str, Any]:
    """What the state's tool does with it: fetch the file, let the leader sign, hand it in, report."""
    browser = client.client.application.test_client()  # of no session
    there = urlsplit(asked["FileName"]).path
    data = browser.get(there, buffered=True).data
    signed = papers.by_leader(data, box, papers.certificate(papers.LEADER))
    if forge:
        signed = forgeries.with_note(signed)
    upload = urlsplit(asked["FileUploadHandler"]).path
    answer = browser.post(upload, data={"uploadfile": (io.BytesIO(signed), "da-ky.pdf")}).get_json()
    assert set(answer) == {"Status", "Message", "FileServer"}
    return dict(answer)


def test_the_agent_hands_in_what_the_leader_signed(client: Browser, session: Session, prepared: int) -> None:
    asked = ask(client, prepared)
    assert session.scalars(sa.select(SigningTicket.token_sha256)).one() not in json.dumps(asked)
    assert agent(client, asked, room()) == {"Status": 0, "Message": "Đã nhận tệp đã ký.", "FileServer": ""}
    session.expire_all()
    document = session.get_one(Document, prepared)
    assert document.state is DocumentState.SIGNED
    assert document.signed_by == cast.person(cast.LEADER).id
    client.get(f"/documents/{prepared}/signing/result", expect=303)
    assert client.response.headers["Location"].endswith(f"/documents/{prepared}")


def test_what_the_agent_altered_is_refused_whatever_it_says(
    client: Browser, session: Session, prepared: int
) -> None:
    asked = ask(client, prepared)
    told = agent(client, asked, room(), forge=True)
    assert told["Status"] == 1 and "phần được thêm vào" in told["Message"]
    session.expire_all()
    assert session.get_one(Document, prepared).state is DocumentState.APPROVED
    assert session.scalars(sa.select(SignatureCheck.sound)).all() == [False]
    client.get(f"/documents/{prepared}/signing/result", expect=303)
    client.follow()
    assert "không đạt" in client.text and "phần được thêm vào" in client.text


def test_a_ticket_serves_once_for_ten_minutes_for_whom_it_was_given(
    client: Browser, session: Session, app: Flask, prepared: int
) -> None:
    browser = app.test_client()
    for path in ("/signing-tickets/khong-co", "/signing-tickets/" + "A" * 43):
        assert browser.get(path).status_code == 404
        assert browser.post(path, data=b"%PDF-1.7").status_code == 404
    late = urlsplit(ask(client, prepared)["FileUploadHandler"]).path
    with clock.frozen(NOON + timedelta(minutes=11)):
        assert browser.get(late).status_code == 404
    asked = ask(client, prepared)
    address = urlsplit(asked["FileUploadHandler"]).path
    assert browser.post(address, data=b"khong phai PDF").status_code == 422
    assert browser.post(address, data=b"%PDF-1.7 rong").status_code == 422
    used = browser.post(address, data=b"%PDF-1.7 rong")
    assert used.status_code == 409 and "đã được dùng" in used.get_json()["Message"]
    other = urlsplit(ask(client, prepared)["FileUploadHandler"]).path
    account = accounts.account_of(cast.person(cast.LEADER))
    assert account is not None
    account.active = False
    session.commit()
    assert browser.get(other).status_code == 404
    assert browser.post(other, data=b"%PDF-1.7").status_code == 404


def test_a_ticket_for_the_leaders_signature_is_none_for_the_seal(
    client: Browser, session: Session, app: Flask, prepared: int
) -> None:
    asked, spare = ask(client, prepared), ask(client, prepared)
    agent(client, asked, room())
    answer = app.test_client().post(urlsplit(spare["FileUploadHandler"]).path, data=b"%PDF-1.7")
    assert answer.status_code in (403, 404)
    session.expire_all()
    assert session.get_one(Document, prepared).state is DocumentState.SIGNED


def test_only_whose_act_it_is_gets_a_ticket(client: Browser, prepared: int) -> None:
    client.sign_in(cast.CLERK).get("/")
    client.post(f"/documents/{prepared}/signing/ticket", expect=403)


def apart(act: Callable[[], Any]) -> Any:
    """Do it in a thread of its own: signing runs an event loop, and the browser's is running here."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(act).result()


class Served:
    """The application behind a page of a real browser, without a server: every request goes to the client."""

    address = "http://localhost"

    def __init__(self, client: Browser, page: Page) -> None:
        self.client, self.page = client.client, page
        page.route(f"{self.address}/**", self.answer)

    def answer(self, route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        answer = apart(lambda: self._open(request, parts))
        headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.data)

    def _open(self, request: Request, parts: SplitResult) -> TestResponse:
        return self.client.open(
            parts.path + (f"?{parts.query}" if parts.query else ""),
            method=request.method,
            base_url=self.address,
            buffered=True,
            follow_redirects=request.method == "GET",  # a browser is told of no second request of a route
            data=request.post_data_buffer,
            headers={
                name: value
                for name, value in request.headers.items()
                if name in ("content-type", "accept", "referer")
            },
        )


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    opened = chromium.new_page()
    yield opened
    opened.close()


def open_page(client: Browser, page: Page, document_id: int) -> None:
    Served(client, page)
    page.goto(f"{Served.address}/documents/{document_id}/signing")


def test_the_page_asks_the_tool_on_this_machine_and_goes_on_to_what_is_true(
    client: Browser, session: Session, prepared: int, page: Page
) -> None:
    heard: list[dict[str, Any]] = []
    box = room()

    def stand_in(socket: WebSocketRoute) -> None:
        """Answers GetVersion by being there; SignApproved by fetching, signing, handing in."""

        def on_message(message: str | bytes) -> None:
            asked = json.loads(message)
            heard.append(asked)
            socket.send(json.dumps(apart(lambda: agent(client, asked, box))))

        if socket.url.endswith("/SignApproved"):
            socket.on_message(on_message)

    page.route_web_socket("wss://127.0.0.1:8987/**", stand_in)
    open_page(client, page, prepared)
    page.get_by_text("Phần mềm ký số trên máy này đã sẵn sàng.").wait_for()
    page.get_by_role("button", name="Ký bằng phần mềm trên máy này").click()
    page.get_by_text("Đã ký, chờ đóng dấu").first.wait_for()
    assert [set(asked) for asked in heard] == [
        {"FileUploadHandler", "SessionId", "JWTToken", "FileName", "DocNumber", "IssuedDate", "MetaData"}
    ]
    session.expire_all()
    assert session.get_one(Document, prepared).state is DocumentState.SIGNED


def test_a_tool_that_claims_success_is_believed_in_nothing(
    client: Browser, session: Session, prepared: int, page: Page
) -> None:
    def stand_in(socket: WebSocketRoute) -> None:
        if socket.url.endswith("/SignApproved"):
            socket.on_message(lambda message: socket.send(json.dumps({"Status": 0, "Message": "OK"})))

    page.route_web_socket("wss://127.0.0.1:8987/**", stand_in)
    open_page(client, page, prepared)
    page.get_by_text("đã sẵn sàng").wait_for()
    page.get_by_role("button", name="Ký bằng phần mềm trên máy này").click()
    page.wait_for_url("**/signing/result")
    page.get_by_role("heading", name="Ký bằng công cụ ký số").wait_for()
    session.expire_all()
    assert session.get_one(Document, prepared).state is DocumentState.APPROVED


def test_without_the_tool_the_page_says_so(client: Browser, prepared: int, page: Page) -> None:
    """Nothing listens on that port of the machine that runs the tests."""
    open_page(client, page, prepared)
    page.get_by_text("Không thấy phần mềm ký số trên máy này").wait_for()
    assert page.get_by_role("button", name="Ký bằng phần mềm trên máy này").is_disabled()
