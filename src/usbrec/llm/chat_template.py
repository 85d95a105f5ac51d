"""Chat template: messages become the text that a model reads, the same when it is trained and when asked.

Templates are somebody's program, and they differ. Some put more before a reply than they ask for one with (an
empty thought, a channel's name): that belongs to the prompt, so that it is neither learnt nor said. Some take
no system message, or want a user to begin and the speakers to alternate: the messages are then arranged so
that they do. All of this is found by rendering, not by a model's name.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from usbrec.llm.reasoning import separate

_log = logging.getLogger(__name__)

#: A message as templates read it: its role and its content.
Said: TypeAlias = Mapping[str, str]
#: Messages, whether a reply is asked for, and further variables in; the text out. Raises what it likes.
Render: TypeAlias = Callable[[Sequence[Said], bool, Mapping[str, Any]], str]

#: What templates call the switch that lets a model reason first, and how it is off and on.
SWITCHES: Mapping[str, tuple[Any, ...]] = {
    "enable_thinking": (False, True),
    "thinking": (False, True),
    "thinking_budget": (0,),
}
#: Stands for a reply where a template is asked what it writes around one.
_PLACE = "USBREC REPLY"
#: Stands for the message before it.
_ASKED = "USBREC QUESTION"
#: Opens a dialogue where a template wants a user to (as prompts/opening.txt).
_OPENING = "Hello!"


class TemplateRefusal(Exception):
    """A template that cannot write a dialogue, however its messages are arranged; the text says why."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a model reads before a reply, and what stands around that.

    `lead` is white space between the prompt and the reply, which the model says itself, and `end` what the
    template writes behind a reply. `known` is False where the template does not write replies as it asks for
    them: `end` is then not known, and nothing can be learnt.
    """

    prompt: str
    lead: str = ""
    end: str = ""
    known: bool = True


class ChatTemplate:
    """A model's chat template. `render` runs it, `source` is its text, and `name` the model's in messages.

    With `thinking` a model that can reason first is left to it: it is asked with what the template asks with.
    Otherwise it is asked for a reply without thoughts, as it is in training.
    """

    def __init__(self, render: Render, source: str, name: str, *, thinking: bool = False) -> None:
        self._render = render
        self._name = name
        self._thinking = thinking
        there = {word: ways for word, ways in SWITCHES.items() if re.search(rf"\b{word}\b", source)}
        self._variables: Mapping[str, Any] = {
            word: ways[int(thinking)] for word, ways in there.items() if len(ways) > int(thinking)
        }
        self._told: set[str] = set()

    def prompt(self, messages: Sequence[Said]) -> str:
        """The text before the reply. Raises TemplateRefusal."""
        return self.read(messages).prompt

    def read(self, messages: Sequence[Said]) -> Rendered:
        """The text before the reply, and what stands around one. Raises TemplateRefusal."""
        arranged = self._arranged(messages)
        asked = self._render(arranged, True, self._variables)
        if self._thinking:
            return Rendered(asked, known=False)
        around = self._around_reply(arranged)
        if around is None:
            return Rendered(asked, known=False)
        before, end = around
        difference = None
        if _is_whole(arranged[-1]["content"], before):
            difference = _difference(asked, before) or self._difference_of_last_turn(arranged)
        if difference is None:
            return Rendered(asked, known=False)
        left_out, added = difference
        if separate(left_out).open:
            # It asks for thoughts, and writes replies without any: these follow what stands before them.
            asked = asked[: len(asked) - len(left_out)]
        kept = added.rstrip(" \t")
        # Blanks before the first word are part of its token, as the model says it.
        return Rendered(asked + kept, added[len(kept) :], end)

    def _around_reply(self, messages: Sequence[Said]) -> tuple[str, str] | None:
        """What the template writes before a reply to these messages, and behind it."""
        try:
            whole = self._render(
                [*messages, {"role": "assistant", "content": _PLACE}], False, self._variables
            )
        except Exception:  # noqa: BLE001 - a template is somebody's program
            return None
        before, found, end = whole.rpartition(_PLACE)
        return (before, end) if found else None

    def _difference_of_last_turn(self, messages: Sequence[Said]) -> tuple[str, str] | None:
        """The same difference where the template writes the dialogue otherwise once a reply follows: behind
        the last message alone. A mark stands for it, because "<" stands in templates as well."""
        marked = [*messages[:-1], {**messages[-1], "content": _ASKED}]
        try:
            asked = self._render(marked, True, self._variables)
        except Exception:  # noqa: BLE001
            return None
        around = self._around_reply(marked)
        if around is None or _ASKED not in asked or _ASKED not in around[0]:
            return None
        return _difference(asked.rpartition(_ASKED)[2], around[0].rpartition(_ASKED)[2])

    def opening(self, message: Said) -> str:
        """The text of a system message that a dialogue begins with; "" where it cannot stand alone."""
        try:
            text = self._render([message], False, self._variables)
        except Exception:  # noqa: BLE001
            return ""
        return text if _holds(text, [message]) else ""

    def _arranged(self, messages: Sequence[Said]) -> Sequence[Said]:
        """The messages as they are, or else in the first arrangement that the template writes whole."""
        refused: Exception | None = None
        lossy = False
        for words, arrange in _ARRANGEMENTS:
            arranged = arrange(messages)
            if words and arranged == list(messages):
                continue
            try:
                text = self._render(arranged, True, self._variables)
            except Exception as error:  # noqa: BLE001
                refused = refused or error
                continue
            if not _holds(text, arranged):
                lossy = True
                continue
            self._tell(words)
            return arranged
        if lossy:
            raise TemplateRefusal("it leaves out a part of the dialogue")
        raise TemplateRefusal(str(refused))

    def _tell(self, words: Sequence[str]) -> None:
        for text in words:
            if text not in self._told:
                self._told.add(text)
                _log.warning("%s: %s", self._name, text)


def _is_whole(said: str, text: str) -> bool:
    """Whether a text has all of a message, but for its white space."""
    return "".join(said.split()) in "".join(text.split())


def _difference(asked: str, before: str) -> tuple[str, str] | None:
    """What a template asks for a reply with and does not write before one, and what it writes there and does
    not ask with, one of them ""; None where that cannot be told. `asked` and `before` are the text up to the
    reply."""
    if before.startswith(asked):
        return "", before[len(asked) :]
    return (asked[len(before) :], "") if asked.startswith(before) else None


def without_system(messages: Sequence[Said]) -> list[dict[str, str]]:
    """The messages with the system text before the first user message, for models without that role."""
    system = [message["content"] for message in messages if message["role"] == "system"]
    rest = [dict(message) for message in messages if message["role"] != "system"]
    if system:
        first = next((message for message in rest if message["role"] == "user"), None)
        if first is None:
            first = {"role": "user", "content": ""}
            rest.insert(0, first)
        first["content"] = "\n\n".join(part for part in (*system, first["content"]) if part)
    return rest


def alternating(messages: Sequence[Said]) -> list[dict[str, str]]:
    """The messages with neighbours of one role as one, a line each, and a user who begins. Calls of tools and
    their results stay as they are."""
    merged: list[dict[str, str]] = []
    for message in messages:
        if merged and merged[-1]["role"] == message["role"] and _is_text(merged[-1]) and _is_text(message):
            merged[-1]["content"] += f"\n{message['content']}"
        else:
            merged.append(dict(message))
    first = next((place for place, message in enumerate(merged) if message["role"] != "system"), None)
    if first is not None and merged[first]["role"] == "assistant":
        merged.insert(first, {"role": "user", "content": _OPENING})
    return merged


def _is_text(message: Said) -> bool:
    return message.keys() == {"role", "content"} and isinstance(message["content"], str)


#: Said once of a model whose messages are arranged so.
SYSTEM_MOVED = "no system role here; its text goes before the first user message from now on"
_JOINED = (
    "its chat template wants a user and an assistant in turns; neighbouring messages of one role are joined, "
    f'and "{_OPENING}" opens a dialogue that an assistant begins'
)
_ARRANGEMENTS: tuple[tuple[tuple[str, ...], Callable[[Sequence[Said]], list[Any]]], ...] = (
    ((), list),
    ((SYSTEM_MOVED,), without_system),
    ((_JOINED,), alternating),
    ((SYSTEM_MOVED, _JOINED), lambda messages: without_system(alternating(messages))),
)


def _holds(text: str, messages: Sequence[Said]) -> bool:
    """Whether `text` has all that is said: templates pass over a role without a word. White space may differ,
    and thoughts in what an assistant said may be gone."""
    there = "".join(text.split())
    return all(
        "".join(part.split()) in there
        for message in messages
        for part in (
            [separate(message["content"]).text] if message["role"] == "assistant" else [message["content"]]
        )
    )


def jinja_template(source: str, tokens: Mapping[str, str]) -> Render:
    """A template's text as a program, run as transformers runs it; `tokens` are its `bos_token`, `eos_token`.

    Raises jinja2.TemplateError where it is none.
    """
    from jinja2 import nodes
    from jinja2.exceptions import TemplateError
    from jinja2.ext import Extension, loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """Marks what an assistant says, for others; here it is nothing."""

        tags = {"generation"}  # noqa: RUF012

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.Scope(body, lineno=line)

    def raise_exception(message: str) -> None:
        raise TemplateError(message)

    def tojson(value: Any, indent: int | None = None, **options: Any) -> str:
        return json.dumps(value, ensure_ascii=False, indent=indent)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    template = environment.from_string(source)

    def render(messages: Sequence[Said], asks: bool, variables: Mapping[str, Any]) -> str:
        return template.render(
            messages=[dict(message) for message in messages],
            add_generation_prompt=asks,
            **tokens,
            **variables,
        )

    return render
