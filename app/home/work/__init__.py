"""What waits for a person: one list out of the rooms they work in, by role and by what they are to a case.

Each module reads one room with columns only, bounded; `of` puts them together and sorts.
"""

from __future__ import annotations

from collections import Counter

from app import clock
from app.deadlines import queries as deadlines
from app.home.work import cases, catalogue, following, papers, team
from app.home.work.item import Item, WorkList, kind_of
from app.policy import Action, Actor, Role, can


def of(actor: Actor) -> WorkList:
    """Everything that waits for an official of the office, what comes first in its role on top."""
    today, calendar = clock.today(), deadlines.current_calendar()
    found: list[Item] = []
    if actor.roles & {Role.LEADER, Role.INSPECTOR}:
        found += papers.to_sign(actor)
    if Role.LEADER in actor.roles:
        found += cases.to_reopen(actor)
        found += papers.to_recall(actor)
    if Role.CONTENT_CHECKER in actor.roles:
        found += papers.to_check(actor)
    if Role.CLERK in actor.roles:
        found += papers.of_clerk()
        found += papers.to_send()
    if actor.roles & {Role.CLERK, Role.FOLLOWER}:
        found += papers.receipts()
    if can(actor, Action.PUBLISH_NOTICE):
        found += papers.to_publish(actor)
    found += papers.returned_to(actor)
    if actor.roles & {Role.LEADER, Role.FOLLOWER}:
        found += papers.letters_to_sign(found)
    if Role.PLANNER in actor.roles:
        found += cases.of_planner(actor)
    if actor.roles & {Role.INSPECTOR, Role.PLANNER, Role.LEADER}:
        found += cases.in_conflict(actor)
        found += team.of_team(actor)
    if actor.roles & {Role.FOLLOWER, Role.PLANNER}:
        found += following.to_hand_over()
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
    if actor.roles & {Role.FOLLOWER, Role.CONTENT_CHECKER, Role.PLANNER}:
        found += following.to_decide(actor)
        found += following.late_steps(actor, today)
        followed = following.of_follower(actor, today)
        found += followed
        if Role.FOLLOWER in actor.roles or len(followed) == following.MOST:
            counted = following.count_of_follower(actor, today)
            quiet = counted.quiet if Role.FOLLOWER in actor.roles else None
            if len(followed) == following.MOST:
                shown = Counter(kind_of(item) for item in followed)
                unlisted = {key: number - shown[key] for key, number in counted.by_key.items()}
    return WorkList.sorted_out(found, today, calendar, unlisted, quiet)


__all__ = ["Item", "WorkList", "of"]
