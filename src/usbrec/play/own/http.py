"""HTTP recommender that is no language model: turns and candidates out, a text and items back.

POST ``{"turns": [{"role", "text"}], "candidates": [{"id", "title"}], "round": 1}`` is answered by
``{"text": "...", "items": ["b17"]}``, items only where the system says itself what it recommends. Requests go
through the client that asks language models (llm/openai/connection.py), so that retries, deadline and the
bound on requests in flight have one owner.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from usbrec.config import Models
from usbrec.dialogue import Conversation, Reply
from usbrec.errors import ModelRefused, ModelUnavailable, UnusableAnswer, UsbRecError
from usbrec.llm.openai.connection import Address, Connection
from usbrec.llm.openai.errors import Complaint, is_page
from usbrec.llm.openai.http import HttpFailure
from usbrec.llm.openai.slots import Slots
from usbrec.patterns import LazyPattern
from usbrec.play.own.recommender import item_id, one_call, said_reply

_log = logging.getLogger(__name__)

#: What fields that hold recommended items, or one, are called elsewhere.
_ITEMS = LazyPattern(
    r"item|recommend|product|movie|film|book|result|candidate|suggest|rank|ids?$", re.IGNORECASE
)
_ITEM = LazyPattern(r"item|recommend", re.IGNORECASE)
#: Statuses that every request would get.
_REFUSALS = {401: "rejects us", 403: "rejects us", 404: "has nothing there", 405: "takes no POST there"}
#: Statuses that stand after the last retry where it was tried again.
_TRIED_AGAIN = (408, 409, 429)


class HttpRecommender:
    """The service at `url`, asked for one reply at a time; `settings` bound retries, time and requests in
    flight. Raises ConfigError on an address that cannot be used."""

    def __init__(self, url: str, settings: Models) -> None:
        address = Address.read(url, "recommender's address", "no address: the service has to be open to us")
        slots = Slots(settings.workers(in_process=False))
        self._where = url
        self._told = False
        self._connection = Connection(
            address, slots, timeout=settings.timeout, max_retries=settings.max_retries
        )

    async def ask(self, conversation: Conversation) -> Reply:
        """One reply. Raises ModelError, and ModelRefused where every request would be refused."""
        body = body_of(conversation)
        async with self._connection.slots:
            started = time.monotonic()
            try:
                answer = await self._connection.within(
                    self._connection.timeout, self._connection.post(self._where, body, whole=True)
                )
                reply = self._read(answer)
                return replace(reply, usage=reply.usage + one_call(time.monotonic() - started))
            except HttpFailure as failure:
                complaint = self._connection.complaint(failure)
        # Raised out here, so that what the service said is not its context.
        raise self._failure(complaint)

    async def aclose(self) -> None:
        await self._connection.aclose()

    def _failure(self, said: Complaint) -> UsbRecError:
        if said.for_good:
            return ModelRefused(f"{self._where} cannot be asked: {said.reason}.")
        if not said.connected or said.status is None:
            return ModelUnavailable(f"The connection to {self._where} failed: {said.reason}")
        what = f"The recommender at {self._where} answered {said.status}"
        if said.status in _REFUSALS:
            return ModelRefused(f"{what}, so it {_REFUSALS[said.status]}: {said.reason}")
        if said.status in _TRIED_AGAIN or said.status >= 500:
            return ModelUnavailable(f"{what} to the last try: {said.reason}")
        return UnusableAnswer(f"{what}: {said.reason}")

    def _read(self, text: str) -> Reply:
        try:
            answer: Any = json.loads(text)
        except ValueError:
            raise self._unusable("an HTML page" if is_page(text) else "no JSON") from None
        except RecursionError:
            raise self._unusable("JSON that is nested too deeply") from None
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            raise self._unusable('JSON without a text under "text"')
        items = answer.get("items")
        if items is None:
            self._tell_of_others(answer)
            return said_reply(answer["text"], None)
        ids = [item_id(one) for one in items] if isinstance(items, list) else [None]
        if None in ids:
            raise self._unusable('something else than a list of ids under "items"')
        return said_reply(answer["text"], tuple(one for one in ids if one is not None))

    def _tell_of_others(self, answer: Mapping[str, Any]) -> None:
        """A word where the answer has no items and another field that may hold them: they count for nothing,
        and the words alone are scored."""
        others = [
            name
            for name, value in answer.items()
            if value and name != "text" and (_ITEMS if isinstance(value, list | dict) else _ITEM).search(name)
        ]
        if others and not self._told:
            self._told = True
            _log.warning(
                "The recommender at %s answers with %r and no items: only items are read, a list of ids, and "
                "without them what the text names.",
                self._where,
                others[0],
            )

    def _unusable(self, what: str) -> UnusableAnswer:
        return UnusableAnswer(
            f"The recommender at {self._where} sent {what}; "
            'it has to answer {"text": "...", "items": ["ID"]} (items only where it gives them).'
        )


def body_of(conversation: Conversation) -> dict[str, Any]:
    """What a recommender over HTTP is sent."""
    return {
        "turns": [{"role": turn.role, "text": turn.text} for turn in conversation.turns],
        "candidates": [{"id": item.id, "title": item.title} for item in conversation.candidates],
        "round": conversation.round,
    }
