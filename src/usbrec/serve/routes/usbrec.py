"""Routes of our own under /v1/usbrec: what there is, sessions, feedback and votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import FastAPI, Request
from fastapi import Path as InPath
from starlette.responses import Response

from usbrec.items import Catalogue
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.http.middleware import visit_of
from usbrec.serve.http.sse import Json
from usbrec.serve.openai.completions import models_json
from usbrec.serve.openai.schema import FeedbackBody, SessionBody, VoteBody
from usbrec.serve.service import Service, no_session
from usbrec.serve.storage.arena import count_votes
from usbrec.serve.storage.store import Store, Vote

#: So many ids are told of those that could have been meant.
_TOLD = 10
_Id = Annotated[str, InPath(min_length=1, max_length=200)]


def add_usbrec(app: FastAPI, service: Service) -> None:
    on_store = service.on_store
    root = "/v1/usbrec"

    @app.get(f"{root}/info")
    async def info() -> Response:
        served, settings = service.served, service.settings
        models = models_json(service.names, served.candidates, service.created)["data"]
        limits = {
            "drafts": settings.most_drafts,
            "rounds": settings.most_rounds,
            "max_tokens": settings.longest_reply,
            "deadline": settings.deadline,
            "body_bytes": settings.body_bytes,
            "requests_per_minute": settings.requests_per_minute,
            "tokens_per_hour": settings.tokens_per_hour,
        }
        catalogue = service.catalogue
        return Json(
            {
                "store": service.stores,
                "catalogue": None if catalogue is None else catalogue.items,
                "catalogue_status": None if catalogue is None else catalogue.to_json(whole=True),
                "models": models,
                "limits": limits,
            }
        )

    @app.post(f"{root}/sessions")
    async def begin(request: Request, body: SessionBody) -> Response:
        key = visit_of(request.scope).caller.key
        return Json({"session": await on_store(lambda store: store.begin(body.user, key))})

    @app.get(f"{root}/sessions/{{session}}")
    async def read(request: Request, session: _Id) -> Response:
        key = visit_of(request.scope).caller.key
        found = await on_store(lambda store: store.session(session, key))
        if found is None:
            raise no_session()
        return Json(found.to_json())

    @app.delete(f"{root}/sessions/{{session}}")
    async def delete(request: Request, session: _Id) -> Response:
        key = visit_of(request.scope).caller.key
        if not await on_store(lambda store: store.delete(session, key)):
            raise no_session()
        return Json({"deleted": True})

    @app.delete(f"{root}/users/{{user}}")
    async def delete_user(request: Request, user: _Id) -> Response:
        key = visit_of(request.scope).caller.key
        return Json({"deleted": await on_store(lambda store: store.delete_user(user, key))})

    @app.post(f"{root}/sessions/{{session}}/feedback")
    async def feedback(request: Request, session: _Id, body: FeedbackBody) -> Response:
        key = visit_of(request.scope).caller.key
        said, kind, item = body.turn, body.kind, body.item
        no_turn = ServiceError(404, "There is no such turn in such a session.", param="turn", code="no_turn")
        if item is not None:
            named = await on_store(lambda store: store.named(session, said, key))
            if named is None:
                raise no_turn
            _check_named(item, named, service.served.catalogue)
        if not await on_store(lambda store: store.add_feedback(session, said, kind, item, key)):
            raise no_turn
        return Json({"ok": True})

    @app.post(f"{root}/votes")
    async def vote(request: Request, body: VoteBody) -> Response:
        # Without a store this is said first, whatever the models.
        await on_store(lambda store: None)
        for side in ("left", "right"):
            if getattr(body, side) not in service.served.models:
                raise ServiceError(400, f"{side} is no model of this service.", param=side)
        if body.left == body.right:
            raise ServiceError(400, "A vote is between two models.", param="right")
        key = visit_of(request.scope).caller.key
        cast = Vote(key, body.dialogue, body.left, body.right, body.winner)
        await on_store(lambda store: store.vote(cast))
        return Json({"ok": True})

    @app.get(f"{root}/votes")
    async def votes() -> Response:
        return Json({"pairs": count_votes(await on_store(Store.votes))})


def _check_named(item: str, named: Mapping[int, Sequence[str]], catalogue: Catalogue | None) -> None:
    """Raises ServiceError for an item that no reply of the conversation names: nobody can have thought
    anything of it here. An item that has left the catalogue since was named all the same."""
    there = list(dict.fromkeys(item_id for ids in named.values() for item_id in ids))
    if item in there:
        return
    told = f"Its replies name {', '.join(there[-_TOLD:])}." if there else "None of its replies names an item."
    if catalogue is not None and item in catalogue:
        raise ServiceError(
            400, f"This item was not named in this conversation. {told}", param="item", code="item_not_named"
        )
    what = "Nothing is known of items without a catalogue" if catalogue is None else "There is no such item"
    raise ServiceError(
        404, f"{what}, and this conversation has none of this id. {told}", param="item", code="no_item"
    )
