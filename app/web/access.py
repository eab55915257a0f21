"""The door of every view: load what the address names, ask the policy, hand the object over."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from app.policy import Action, Actor, authorise
from app.web import resending

View = TypeVar("View", bound=Callable[..., Any])


def current_actor() -> Actor | None:
    """The signed-in person of this request (set by accounts before every request)."""
    actor: Actor | None = g.get("actor")
    return actor


def the_actor() -> Actor:
    """The signed-in person; only for code behind `requires`."""
    actor = current_actor()
    assert actor is not None
    return actor


def ask_to_sign_in() -> Response:
    """Lead to the sign-in page, coming back to a page that was being read; what was typed stays in sight."""
    if request.method == "POST" and resending.wants_json():
        return resending.session_ended()
    if request.method == "POST" and resending.may_be_repeated():
        return resending.offer_again(401)
    target = request.full_path if request.method == "GET" else None
    return redirect(url_for("security.login", next=target), 303)


def requires(action: Action, loader: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Let the view run only for who may do `action`.

    With `loader(actor, **address values)` the view receives the loaded object as its only argument;
    the loader raises NotFound for what this person may not know of. `view.action` names the right.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            actor = current_actor()
            if actor is None:
                return ask_to_sign_in()
            subject = loader(actor, **values) if loader is not None else None
            authorise(actor, action, subject if hasattr(subject, "standing_of") else None)
            return view(subject) if loader is not None else view(**values)

        guarded.action = action  # type: ignore[attr-defined]  # a mark on the function
        return guarded  # type: ignore[return-value]  # `wraps` keeps the view's own type

    return decorate


def public(view: View) -> View:
    """Mark a view that needs no sign-in (the guard over the address map reads `view.action`)."""
    view.action = None  # type: ignore[attr-defined]  # a mark on the function
    return view
