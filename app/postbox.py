"""The one way a mail leaves the product: SMTP as the environment says, or not at all."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

import config


class NotDelivered(Exception):
    """The server of the office did not take the mail; the text says why, for administrators."""


@dataclass(frozen=True)
class Letter:
    """A mail in plain text. `key` makes its Message-ID: the same letter never looks like two."""

    key: str
    address: str
    subject: str
    body: str


class Postbox:
    """Opened once with the settings; `send` speaks to the server anew each time."""

    def __init__(self) -> None:
        self._smtp: config.Smtp | None = None

    def open(self, smtp: config.Smtp | None) -> None:
        """Say where mails go; None = this office sends none."""
        self._smtp = smtp

    @property
    def is_open(self) -> bool:
        return self._smtp is not None

    def send(self, letter: Letter) -> None:
        """Hand a letter to the server. Raises NotDelivered."""
        if self._smtp is None:
            raise NotDelivered("Chưa cấu hình máy chủ thư (KL_SMTP_HOST).")
        message = EmailMessage()
        message["From"], message["To"] = self._smtp.sender, letter.address
        message["Subject"] = letter.subject
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = f"<{letter.key}@{self._smtp.sender.rpartition('@')[2].rstrip('>')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body, cte="base64")
        try:
            self._hand_over(self._smtp, message)
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(f"{type(error).__name__}: {error}"[:300]) from error

    def _hand_over(self, smtp: config.Smtp, message: EmailMessage) -> None:
        secure = ssl.create_default_context()
        server: smtplib.SMTP
        if smtp.security == "tls":
            server = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=20, context=secure)
        else:
            server = smtplib.SMTP(smtp.host, smtp.port, timeout=20)
        with server:
            if smtp.security == "starttls":
                server.starttls(context=secure)
            if smtp.user:
                server.login(smtp.user, smtp.password)
            server.send_message(message)


postbox = Postbox()
