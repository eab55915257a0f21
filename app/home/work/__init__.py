"""What waits for a person: one list out of the rooms they work in, by role and by what they are to a case.

Each module reads one room with columns only, bounded; `of` puts them together and sorts.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import ONE_STEP_ACCEPTANCE
from app.home.work import cases, catalogue, following, papers, team
from app.home.work.item import Item, WorkList, kind_of
from app.home.work.together import Part, Together
from app.policy import Action, Actor, Role, can

FOLLOWING = frozenset({Role.FOLLOWER, Role.CONTENT_CHECKER, Role.PLANNER})


def of(actor: Actor) -> WorkList:
    """Everything that waits for an official of the office, what comes first in its role on top."""
    today, calendar = clock.today(), deadlines.current_calendar()
    checks = Role.CONTENT_CHECKER in actor.roles
    lists = _lists_of(actor, today, not checks or deadlines.setting(ONE_STEP_ACCEPTANCE)).read()
    counted, followed = None, []
    if actor.roles & FOLLOWING:
        [[counted], followed, *lists] = lists
    found: list[Item] = [*followed, *(item for told in lists for item in told)]
    if can(actor, Action.PUBLISH_NOTICE):
        found += papers.to_publish(actor)
    if actor.roles & {Role.LEADER, Role.FOLLOWER}:
        found += papers.letters_to_sign(found)
    if actor.roles & {Role.INSPECTOR, Role.PLANNER, Role.LEADER}:
        found += cases.in_conflict(actor)
    if can(actor, Action.MANAGE_SETTINGS):
        found += catalogue.calendar_to_confirm(today)
        found += catalogue.mails_not_sent()
    if actor.roles & {Role.LEADER, Role.CONTENT_CHECKER, Role.FOLLOWER, Role.PLANNER}:
        found += following.to_take_over(actor)
        found += following.to_answer(actor, today)
    if Role.FOLLOWER in actor.roles:
        found += following.plans_missing(actor)
    unlisted: dict[str, int] = {}
    quiet: int | None = None
    if actor.roles & FOLLOWING:
        found += following.late_steps(actor, today)
    if counted is not None:
        quiet = counted.quiet if Role.FOLLOWER in actor.roles else None
        if len(followed) == following.MOST:
            shown = Counter(kind_of(item) for item in followed)
            unlisted = {key: number - shown[key] for key, number in counted.by_key.items()}
    return WorkList.sorted_out(found, today, calendar, unlisted, quiet)


@lru_cache(maxsize=64)
def _lists_of(actor: Actor, today: date, one_step: bool) -> Together:
    """The lists that are read together, first what is followed: put together once a day for each person.

    `one_step`: whether a follower accepts what they verified.
    """
    parts: list[Part] = []
    if actor.roles & FOLLOWING:
        asked = (actor, today, one_step)
        parts += [following.count_of_follower(*asked), following.of_follower(*asked)]
    if actor.roles & {Role.LEADER, Role.INSPECTOR}:
        parts.append(papers.to_sign(actor))
    if Role.LEADER in actor.roles:
        parts += [cases.to_reopen(actor), papers.to_recall(actor)]
    if Role.CONTENT_CHECKER in actor.roles:
        parts.append(papers.to_check(actor))
    if Role.CLERK in actor.roles:
        parts += [papers.of_clerk(), papers.to_send()]
    if actor.roles & {Role.CLERK, Role.FOLLOWER}:
        parts.append(papers.receipts())
    if actor.roles & {Role.FOLLOWER, Role.PLANNER}:
        parts.append(following.to_hand_over(today))
    if Role.FOLLOWER in actor.roles:
        parts.append(following.proposals_to_answer(today))
    if actor.roles & {Role.LEADER, *FOLLOWING}:
        parts.append(following.to_decide(actor))
    parts.append(papers.returned_to(actor))
    if Role.PLANNER in actor.roles:
        parts.append(cases.of_planner(actor))
    if actor.roles & {Role.INSPECTOR, Role.PLANNER, Role.LEADER}:
        parts += team.of_team(actor)
    return Together.of(parts)


__all__ = ["Item", "WorkList", "of"]
