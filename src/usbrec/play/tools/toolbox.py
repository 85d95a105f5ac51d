"""Toolbox: the tools that a recommender's model may call, as it is told of them, and what each one does.

Three work on any catalogue: `search_catalog`, `get_metadata` and `recommend`. Where the conversation has a
task (:class:`usbrec.dialogue.Sample`), three more work on what the application knows of the user:
`get_user_history`, `check_availability` and `check_content_preference`. Names, arguments and results are
those of τ-Rec (https://github.com/nbharaths/tau-rec), so that a model meets here what it meets there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Conversation, Item, Turn
from usbrec.items import Retriever
from usbrec.items.constraints.column_types import names_of
from usbrec.items.knowledge import Knowledge
from usbrec.storage import parse_json

RECOMMEND = "recommend"
HISTORY = "get_user_history"
CHECK_RATING = "check_content_preference"
#: A search gives so many items.
FOUND = 20
#: Ratings of which somebody has to be asked before they are recommended.
RESTRICTED = frozenset({"R", "NC-17"})
#: Columns of the tools that a task brings.
SERVICES = "streaming_services"
RATING = "content_rating"


def _tool(name: str, description: str, required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }


_ID = {"type": "string", "description": "The item's id, as a search gives it."}
_ANY = (
    _tool(
        "search_catalog",
        f"Search the catalogue by words. Gives the {FOUND} items that suit them best, with their ids.",
        ("query",),
        query={"type": "string", "description": "What is looked for, in words."},
    ),
    _tool("get_metadata", "All that the catalogue holds of one item.", ("item_id",), item_id=_ID),
    _tool(
        RECOMMEND,
        "Recommend one item. Call it with the item's id for every recommendation; to name a title is none. "
        "Call it without an id where no item of the catalogue does what the person asks for.",
        item_id={"type": ["string", "null"], "description": "The item's id, or null for none."},
    ),
)
_OF_TASKS = (
    _tool(
        "check_availability",
        "Whether an item can be had on each of some services.",
        ("item_id", "services"),
        item_id=_ID,
        services={"type": "array", "items": {"type": "string"}, "description": "Names of services."},
    ),
    _tool(
        HISTORY,
        "What a user has watched, and how they rated it.",
        ("user_id",),
        user_id={"type": "string", "description": "The user's id."},
    ),
    _tool(
        CHECK_RATING,
        f"Whether a content rating is age-restricted. To be called before an item rated "
        f"{' or '.join(sorted(RESTRICTED, reverse=True))} is recommended.",
        ("content_rating",),
        content_rating={"type": "string", "description": "The rating, such as PG-13."},
    ),
)


class _BadArguments(Exception):
    """What is wrong with a call, for the model that made it."""


@dataclass(frozen=True)
class Toolbox:
    """The tools over one catalogue; `retriever` searches it."""

    knowledge: Knowledge
    retriever: Retriever

    def told(self, task: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The tools as a chat completion's ``tools`` field has them."""
        return [*_ANY, *(_OF_TASKS if task else ())]

    def call(self, name: str, arguments: str, conversation: Conversation) -> dict[str, Any]:
        """Run one call; returns its record: ``name``, ``arguments`` and ``result``, JSON both.

        A call that cannot be run has a result with ``error``, as a model is told it.
        """
        told = {tool["function"]["name"] for tool in self.told(conversation.task)}
        given: Any = arguments
        try:
            given = parse_json(arguments) if arguments.strip() else {}
            if not isinstance(given, dict):
                raise _BadArguments("arguments have to be a JSON object")
            if name not in told:
                raise _BadArguments(f"there is no tool {name}; there are {', '.join(sorted(told))}")
            result = self._tools[name](given, conversation)
        except _BadArguments as problem:
            result = {"error": str(problem)}
        except ValueError:
            result = {"error": "arguments are no JSON"}
        return {"name": name, "arguments": given, "result": result}

    @property
    def _tools(self) -> Mapping[str, Callable[[Mapping[str, Any], Conversation], Any]]:
        return {
            "search_catalog": self._search,
            "get_metadata": lambda given, _: self._shown(self._item(given)),
            RECOMMEND: self._recommend,
            "check_availability": self._available,
            HISTORY: self._history,
            CHECK_RATING: self._restricted,
        }

    def _search(self, given: Mapping[str, Any], _: Conversation) -> list[dict[str, Any]]:
        turns = (Turn("seeker", _text(given, "query")),)
        # What is looked for by its title is found, too.
        ranked = self.retriever.rank(turns, FOUND, keep_named=True)
        items = (self.knowledge.catalogue.get(item_id) for item_id, _ in ranked)
        return [{"id": item.id, "title": item.name, "genres": list(item.genres)} for item in items if item]

    def _recommend(self, given: Mapping[str, Any], _: Conversation) -> dict[str, Any]:
        if given.get("item_id") in (None, "", "null"):
            return {"status": "abstained"}
        item = self._item(given)
        return {"status": "recommended", "id": item.id, "title": item.title}

    def _available(self, given: Mapping[str, Any], _: Conversation) -> dict[str, bool]:
        services = given.get("services")
        if not isinstance(services, list) or not all(isinstance(one, str) for one in services):
            raise _BadArguments("services has to be a list of texts")
        known = services_of(self._item(given))
        return {one: one in known for one in services}

    def _history(self, given: Mapping[str, Any], conversation: Conversation) -> dict[str, Any]:
        user = _text(given, "user_id")
        history = conversation.task.get("histories", {}).get(user)
        if history is None:
            raise _BadArguments(f"there is no user {user}")
        watched = [
            {
                "id": one,
                "title": "unknown" if (item := self.knowledge.catalogue.get(one)) is None else item.title,
            }
            for one in history.get("watched", ())
        ]
        return {**history, "watched": watched}

    def _restricted(self, given: Mapping[str, Any], _: Conversation) -> dict[str, Any]:
        rating = _text(given, "content_rating")
        restricted = rating in RESTRICTED
        told = "Ask the person whether that suits them first." if restricted else "Everybody may see it."
        return {"rating": rating, "restricted": restricted, "message": told}

    def _item(self, given: Mapping[str, Any]) -> Item:
        item_id = given.get("item_id")
        item = self.knowledge.catalogue.get(str(item_id)) if isinstance(item_id, str | int) else None
        if item is None:
            raise _BadArguments(f"there is no item {json.dumps(item_id)[:80]}")
        return item

    def _shown(self, item: Item) -> dict[str, Any]:
        return {
            "id": item.id,
            "title": item.title,
            "year": item.year,
            "genres": list(item.genres),
            "people": list(item.people),
            **{name: value for name, value in item.extra.items() if name not in ("cast", "director")},
            "text": item.text,
        }


def services_of(item: Item) -> tuple[str, ...]:
    """The services that an item can be seen on."""
    return tuple(filter(None, names_of(item.extra.get(SERVICES, ""))))


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _BadArguments(f"{name} has to be a text")
    return value
