"""The timeline at the foot of every object page, and the news of the home page, out of the event chain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app import clock
from app.audit import queries
from app.audit.models import Event
from app.audit.sentences import sentence_of, text_of
from app.audit.services import FOCAL
from app.db import Base
from app.vietnamese import count, format_date, format_time
from app.web.parts import TimelineEntry


def timeline(
    obj: Base, *, limit: int = 30, names: bool = True, without: frozenset[str] = frozenset()
) -> list[TimelineEntry]:
    """The newest events about `obj` in words, newest first. `names=False` leaves out who acted and
    who is named.

    `without` leaves out events by name (the team's own drafting). The same act done to several things at one
    moment (fourteen tasks issued by one notice) is one entry.
    """
    grouped: list[tuple[Event, int]] = []
    for event in queries.list_events(obj, limit=limit * 4):
        if event.name in without:
            continue
        if grouped and _same_act(grouped[-1][0], event):
            grouped[-1] = (grouped[-1][0], grouped[-1][1] + 1)
        else:
            grouped.append((event, 1))
    return [_entry(event, names=names, times=times) for event, times in grouped[:limit]]


def _same_act(one: Event, other: Event) -> bool:
    return (
        one.name == other.name
        and one.actor_id == other.actor_id
        and one.on_behalf_of == other.on_behalf_of
        and one.at.replace(second=0, microsecond=0) == other.at.replace(second=0, microsecond=0)
    )


def news(events: Iterable[Event]) -> list[TimelineEntry]:
    """Events of several objects in words, each saying its object (`code`, `unit` of its data)."""
    return [_entry(event, names=True, about=True) for event in events]


def _entry(event: Event, *, names: bool, about: bool = False, times: int = 1) -> TimelineEntry:
    sentence = sentence_of(event.name)
    if times == 1:
        text = text_of(event.name, event.data, names=names)
    else:
        text = f"{text_of(event.name, {})} · {count(times)} mục"
    if about:
        text = ", ".join([text, *(name for name in _object(event) if name not in text)])
    return TimelineEntry(
        at=clock.local(event.at),
        text=text,
        who=_who(event) if names else "",
        kind=sentence.kind,
        sealed=sentence.sealed,
        when=_when(event),
    )


def _object(event: Event) -> Sequence[str]:
    return [str(event.data[key]) for key in ("code", "unit") if event.data.get(key)]


def _who(event: Event) -> str:
    if event.on_behalf_of:
        return f"{event.actor_name} (nhập thay {event.on_behalf_of})"
    return f"{event.actor_name} (đầu mối)" if event.data.get(FOCAL) else event.actor_name


def _when(event: Event) -> str:
    local = clock.local(event.at)
    if local.date() == clock.today():
        return f"{format_time(event.at)} hôm nay"
    return f"{format_time(event.at)} ngày {format_date(local.date())}"
