"""The one way a mail leaves the product: SMTP as the environment says, or not at all."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from email import policy
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formataddr, formatdate, parseaddr

import config

_LINES = policy.compat32.clone(linesep="\r\n", max_line_length=76)
"""Newer policies lose spaces of long subjects: readers drop what stands between two encoded words."""


class NotDelivered(Exception):
    """The server of the office did not take the mail; the text says why, for administrators."""


class Refused(NotDelivered):
    """The server works and would not take this one mail (no such mailbox, full, content): others may go."""


class Unclear(NotDelivered):
    """The whole mail was handed over and no answer came: the server may have taken it."""


@dataclass(frozen=True)
class Letter:
    """A mail in plain text. `key` makes its Message-ID: the same letter never looks like two."""

    key: str
    address: str
    subject: str
    body: str


class Postbox:
    """Opened once with the settings; `send` speaks to the server anew each time.

    `patience`: seconds that one answer of the server may take.
    """

    def __init__(self) -> None:
        self.patience = 20.0
        self._smtp: config.Smtp | None = None

    def open(self, smtp: config.Smtp | None) -> None:
        """Say where mails go; None = this office sends none."""
        self._smtp = smtp

    @property
    def is_open(self) -> bool:
        return self._smtp is not None

    def send(self, letter: Letter) -> None:
        """Hand a letter to the server. Raises NotDelivered: Refused, Unclear, or the server is not there."""
        if self._smtp is None:
            raise NotDelivered("Chưa cấu hình máy chủ thư (KL_SMTP_HOST).")
        message = MIMEText(letter.body, "plain", "utf-8", policy=_LINES)
        message["From"], message["To"] = formataddr(parseaddr(self._smtp.sender)), letter.address
        subject = Header(letter.subject, "utf-8", header_name="Subject")
        message["Subject"] = subject  # type: ignore[assignment]  # the policy takes it as it is
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = f"<{letter.key}@{self._smtp.sender.rpartition('@')[2].rstrip('>')}>"
        message["Auto-Submitted"] = "auto-generated"
        try:
            with closing(_connected(self._smtp, self.patience)) as server:
                _hand_over(server, parseaddr(self._smtp.sender)[1], letter.address, message)
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(f"{type(error).__name__}: {error}"[:300]) from error


def _connected(smtp: config.Smtp, patience: float) -> smtplib.SMTP:
    secure = ssl.create_default_context()
    if smtp.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=patience, context=secure)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=patience)
    try:
        if smtp.security == "starttls":
            server.starttls(context=secure)
        if smtp.user:
            server.login(smtp.user, smtp.password)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _hand_over(server: smtplib.SMTP, sender: str, address: str, message: MIMEText) -> None:
    """Step by step, so that what the server answered tells whose fault it is and whether it took the mail."""
    code, said = server.mail(sender)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, said, sender)
    code, said = server.rcpt(address)
    if code not in (250, 251):
        raise Refused(_answer(code, said))
    code, said = server.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPDataError(code, said)
    words = message.as_bytes().replace(b"\r\n.", b"\r\n..")
    try:
        server.send(words.removesuffix(b"\r\n") + b"\r\n.\r\n")
        code, said = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Unclear(f"{type(error).__name__}: {error}"[:300]) from error
    if 500 <= code < 600:
        raise Refused(_answer(code, said))
    if code != 250:
        raise smtplib.SMTPDataError(code, said)
    with suppress(OSError, smtplib.SMTPException):  # it has the mail, however it says goodbye
        server.quit()


def _answer(code: int, said: bytes) -> str:
    return f"{code} {said.decode(errors='replace')}"[:300]


postbox = Postbox()
