"""Reminding, mailing, letters to the superior: looked after every few minutes, done once a working day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import current_app

from app import clock
from app.extensions import db
from app.followup import escalating, inbox, keeping, mailing, reminding
from app.followup.models import MailState
from app.jobs.models import Job
from app.jobs.services import Kind
from app.postbox import postbox
from app.vietnamese import count

NOT_BEFORE = 7
"""The hour of the morning from which people are reminded."""
NOTHING = ""
"""What a run says that had nothing to do: the worker then prints no line."""


def remind(_job: Job) -> str:
    """Write what is due today, and the mails that tell it. Safe to run twice, and days late."""
    now = clock.local(clock.now())
    if now.hour < NOT_BEFORE:
        return NOTHING
    reminded = _committed(reminding.remind_in_parts(now.date()))
    written = 0
    if postbox.is_open:
        address = current_app.config["PUBLIC_ADDRESS"]
        written = _committed(mailing.write_in_parts(now.date(), address))
        written += mailing.tell_keepers(now.date(), address)
    if not reminded and not written:
        return NOTHING
    return f"Đã nhắc {count(reminded)} lượt, soạn {count(written)} thư"


def _committed(parts: Iterator[int]) -> int:
    """Each part in a transaction of its own, so that a long run keeps nobody from writing."""
    done = 0
    for part in parts:
        db.session.commit()
        done += part
    return done


def escalate(_job: Job) -> str:
    """Put what is overdue for long into the letter that waits for a leader. Safe to run twice, days late."""
    now = clock.local(clock.now())
    if now.hour < NOT_BEFORE:
        return NOTHING
    done = escalating.escalate(now.date())
    db.session.commit()
    if not done.begun and not done.added:
        return NOTHING
    return f"Đã lập {count(done.begun)} dự thảo công văn đôn đốc, đưa vào {count(done.added)} nội dung"


def deliver_messages(_job: Job) -> str:
    """Turn what happened to tasks since the last run into messages on screen. Safe to run twice."""
    made = inbox.deliver_events()
    db.session.commit()
    return f"Đã chuyển {count(made)} thông báo trên hệ thống" if made else NOTHING


def send_mails(_job: Job) -> str:
    """Hand over every mail that waits, each marked before it goes; a server that is down ends the turn."""
    sent = refused = 0
    while postbox.is_open and (mail := mailing.next_to_send()) is not None:
        db.session.commit()
        others_may_go = mailing.hand_over(mail)
        db.session.commit()
        if not others_may_go:
            return f"Đã gửi {count(sent)} thư; máy chủ thư chưa nhận: {mail.error}"
        taken = mail.state is MailState.SENT
        sent, refused = sent + taken, refused + (not taken)
    if refused:
        return f"Đã gửi {count(sent)} thư; máy chủ thư từ chối {count(refused)} thư"
    return f"Đã gửi {count(sent)} thư" if sent else NOTHING


def fold_counts(_job: Job) -> str:
    """Make one row of kept counts of equal values. Safe to run twice, or not for long."""
    fewer = keeping.fold()
    db.session.commit()
    return f"Đã gộp {count(fewer)} dòng số đếm" if fewer > 0 else NOTHING


KINDS = (
    Kind("remind", remind, every=timedelta(minutes=30)),
    Kind("escalate", escalate, every=timedelta(minutes=30)),
    Kind("deliver_messages", deliver_messages, every=timedelta(minutes=1)),
    Kind("fold_task_counts", fold_counts, every=timedelta(hours=1)),
    Kind("send_reminder_mails", send_mails, every=timedelta(minutes=5)),
)
