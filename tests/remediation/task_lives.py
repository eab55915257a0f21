"""Random lives of tasks, drawn with the plain model beside them: most acts may be done at their moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from random import Random
from typing import Any

from tests import cast
from tests.remediation.task_model import Model

PARTS = (
    cast.FOLLOWER, cast.HEAD, cast.OFFICER, cast.CONTENT_CHECKER, cast.CLERK, cast.OTHER_HEAD, cast.PLANNER,
    cast.LEADER, cast.OBSERVER,
)  # fmt: skip
FIRST = date(2026, 9, 23)

TASKS, AHEAD, BACK, YES_NO = (0, 1, 2), range(-1, 21), range(10), (True, False)
UNIT = (cast.HEAD, cast.HEAD, cast.OFFICER, cast.CLERK, cast.FOLLOWER, cast.OTHER_HEAD, *PARTS)
OFFICE = (cast.FOLLOWER, cast.FOLLOWER, cast.CONTENT_CHECKER, cast.PLANNER, *PARTS)
JUDGES, CONTINUING = (*(cast.FOLLOWER, cast.CONTENT_CHECKER) * 4, *PARTS), (0, 1, 1, 1, 1, 1, 1, 2)
FOLLOWERS = (cast.FOLLOWER, cast.CONTENT_CHECKER, cast.PLANNER, cast.HEAD)
MAY_TAKE = (cast.FOLLOWER, cast.CONTENT_CHECKER, cast.PLANNER) * 3
ASKERS, DECIDERS = (cast.HEAD, cast.FOLLOWER, cast.LEADER), (cast.LEADER, cast.CONTENT_CHECKER, cast.HEAD)

ACTS: dict[str, tuple[Sequence[Any], ...]] = {
    "progress": (UNIT, TASKS, YES_NO, YES_NO),
    "submit": (UNIT, TASKS),
    "report": (UNIT, ((0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)), BACK),
    "assign": (UNIT, TASKS, TASKS, (None, *AHEAD)),
    "plan": (UNIT, TASKS, range(4)),
    "tick": (UNIT, TASKS),
    "judge": (OFFICE, TASKS, TASKS, ("accepted", "returned")),
    "accept": (OFFICE, (0, 0, 0, 2, 2, 1)),
    "send_back": (OFFICE, TASKS, YES_NO, AHEAD),
    "watch": (JUDGES, CONTINUING, (*AHEAD, *(45, 100, 200) * 4), (None, None, 1, 1, 3, 5)),
    "finish": (JUDGES, CONTINUING),
    "recur": (JUDGES, CONTINUING, AHEAD),
    "extend": (OFFICE, (0, 0, 0, 1, 2), ASKERS, DECIDERS, range(-1, 46), BACK, (True, True, False)),
    "ask": (UNIT, TASKS, range(-1, 46), BACK),
    "refuse": (OFFICE, TASKS, DECIDERS, YES_NO),
    "take": ((*MAY_TAKE, *PARTS), TASKS),
    "review": (OFFICE, TASKS, (None, *AHEAD, 90), (None, None, *AHEAD)),
    "follower": (OFFICE, TASKS, FOLLOWERS),
    "urge": (OFFICE, TASKS, ("11/SNV", "12/SNV")),
    "direct": (
        PARTS,
        TASKS,
        ("urge", "evidence", "reassign", "extend"),
        range(-1, 10),
        range(-1, 41),
        FOLLOWERS,
    ),
    "answer": (UNIT, TASKS, ("urge", "evidence", "reassign", "extend")),
    "withdraw": (TASKS,),
    "calendar": (range(1, 16),),
    "dissolve": (),
    "hand_over": ((cast.FOLLOWER, cast.PLANNER, cast.CLERK), TASKS),
    "acknowledge": (PARTS, TASKS, YES_NO),
    "wait": ((*range(1, 10), 31),),
}
"""What each act may be told; who may do it stands there oftener."""
ENDING = ("calendar", "dissolve", "withdraw")
"""What always may be, and would soon end every life."""
SILENT = ("calendar", "dissolve", "take", "wait")
"""What moves no task."""


def tell(model: Model, verb: str, args: tuple[Any, ...]) -> bool:
    """The act in the model: whether it may be. Days of acts are told from today."""

    def on(days: int | None) -> date | None:
        return None if days is None else model.today + timedelta(days)

    if verb in ("send_back", "recur"):
        args = (*args[:-1], on(args[-1]))
    elif verb == "watch":
        args = (*args[:2], on(args[2]), args[3])
    elif verb == "assign":
        args = (*args[:3], on(args[3]))
    elif verb == "review":
        args = (*args[:2], on(args[2]), on(args[3]))
    elif verb == "report":
        args = (args[0], sorted(args[1]), on(-args[2]))
    elif verb == "extend":
        part, n, asker, decider, more, days_ago, numbered = args
        args = (part, n, asker, decider, base_of(model, n) + timedelta(more), on(-days_ago), numbered)
    elif verb == "ask":
        part, n, more, days_ago = args
        args = (part, n, base_of(model, n) + timedelta(more), on(-days_ago))
    elif verb == "direct":
        part, n, kind, by, more, to = args
        args = (part, n, kind, on(by), base_of(model, n) + timedelta(more), to)
    return bool(getattr(model, verb)(*args))


def base_of(model: Model, n: int) -> date:
    return model.pieces[n].term or FIRST


def life(start: Model, seed: int, most: int) -> list[tuple[str, tuple[Any, ...], bool]]:
    """Acts in their order, each with whether its page was fresh; nine of ten may be done at their moment."""
    chance, model, used = Random(seed), deepcopy(start), Counter[str]()
    found: list[tuple[str, tuple[Any, ...], bool]] = []
    while len(found) < most:
        tried = [
            (verb, tuple(chance.choice(pool) for pool in ACTS[verb]))
            for verb in (chance.choice(list(ACTS)) for _ in range(40))
        ]
        may = [one for one in tried if tell(deepcopy(model), *one)]
        if may and chance.random() < 0.9:
            verb, args = min(may, key=lambda one: used[one[0]] + 5 * (one[0] in ENDING))
        else:
            verb, args = chance.choice(tried)
        if verb in ENDING and used[verb] > len(found) // 15:
            continue
        is_fresh = verb in (*SILENT, "withdraw", "acknowledge") or chance.random() < 0.9
        found.append((verb, args, is_fresh))
        used[verb] += 1
        if is_fresh:
            tell(model, verb, args)
    return found
