"""What of an answer its speaker says: without thoughts that are called so, and without the other's next turn.

Reasoning between marks is told apart where answers arrive (llm/reasoning.py), for everybody. Here, where two
people talk, nobody says an object of fields, a thought in brackets, or what stands above a final answer, so
these count as thoughts as well. Whoever asks a model through the service may have asked for just such a text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from usbrec.dialogue import Reply
from usbrec.llm.headings import HEADINGS, WORDS
from usbrec.prompts.artefacts import own_turn

#: Fields of an object that hold thoughts, beside the headings of thoughts, and fields that hold the reply.
_THOUGHT_FIELDS = frozenset({*HEADINGS, "thoughtprocess", "chainofthought", "cot", "rationale", "scratchpad"})
_REPLY_FIELDS = frozenset(
    {"answer", "finalanswer", "response", "finalresponse", "reply", "message", "text", "content", "output"}
    | {
        "final",
        "recommendation",
        "suggestion",
        "utterance",
        "say",
        "said",
        "speech",
        "antwort",
        "réponse",
        "respuesta",
        "回答",
        "回复",
        "답변",
    }
)
_FENCE = re.compile(r"\s*```\w*\s*\n(?P<inside>.*)\n\s*```\s*", re.DOTALL)
#: A thought in brackets or stars that the answer begins with, named as one.
_ASIDE = re.compile(
    rf"\s*(?P<opening>[(（\[【*_])\s*(?:{WORDS}|thinks|thinking to (?:my|it|him|her)self|inner monologue"
    r"|internal(?: monologue| thoughts?| reasoning)?)\s*[:：]",
    re.IGNORECASE,
)
_CLOSING = {"(": ")", "（": "）", "[": "]", "【": "】", "*": "*", "_": "_"}
#: The heading of a final answer; nobody calls a first sentence that.
_FINAL = re.compile(
    r"^[ \t]*[*_#]*[ \t]*(?:final (?:answer|response|reply)|(?:endgültige|finale) antwort"
    r"|réponse finale|respuesta final|resposta final|risposta finale|(?:окончательный|итоговый) ответ"
    r"|最[终終後]の?(?:答案|回答|回复|回覆|答复|答え)|최종 ?(?:답변|대답|응답|답))"
    r"(?:[*_]*[ \t]*[:：][*_]*|[*_]*[ \t]*$)[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in its parts; `ran_on` says that the other's turn stood behind it."""

    text: str
    reasoning: str = ""
    ran_on: bool = False


def said(answer: str, seat: Literal["seeker", "recommender"] = "recommender") -> Said:
    """What whoever sits in `seat` says in this answer. It stands as it is where nothing else is in it, and
    where nothing would be left."""
    text, thoughts = answer.strip(), list[str]()
    for way in (_in_fields, _behind_aside, _final):
        found = way(text)
        if found is not None and found[0].strip():
            text = found[0].strip()
            thoughts.append(found[1].strip())
    own, ran_on = own_turn(text, seat)
    return Said(own.strip(), "\n".join(filter(None, thoughts)), ran_on)


def as_said(reply: Reply) -> Reply:
    """The reply with what the recommender says as its text."""
    found = said(reply.text)
    thought = "\n".join(filter(None, (reply.reasoning, found.reasoning)))
    # Whoever goes on with the next turn has ended their own, whatever cut off the rest.
    finish = "stop" if found.ran_on else reply.finish
    ran_on = reply.ran_on or found.ran_on
    return replace(reply, text=found.text, finish=finish, reasoning=thought, ran_on=ran_on)


def _in_fields(text: str) -> tuple[str, str] | None:
    """Of an object with a field for the reply and one or more for thoughts."""
    fenced = _FENCE.fullmatch(text)
    text = text if fenced is None else fenced["inside"].strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    try:
        fields: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    named = {re.sub(r"[\W_]", "", name.lower()): value for name, value in fields.items()}
    thoughts = [value for name, value in named.items() if name in _THOUGHT_FIELDS]
    replies = [value for name, value in named.items() if name in _REPLY_FIELDS and isinstance(value, str)]
    # A field that is neither may be what is recommended: nothing is left out then.
    known = len(thoughts) + len(replies)
    if not thoughts or len(replies) != 1 or len(named) > known:
        return None
    written = (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in thoughts
    )
    return replies[0], "\n".join(written)


def _behind_aside(text: str) -> tuple[str, str] | None:
    begun = _ASIDE.match(text)
    if begun is None:
        return None
    opening = begun["opening"]
    closing = _CLOSING[opening]
    depth = 1
    for place in range(begun.end(), len(text)):
        if text[place] == closing:
            depth -= 1
            if not depth:
                behind = text[place + 1 :].lstrip("*_ \t\n")
                # "[Thought: A Memoir](...)", "*Thought: A Memoir* is": a link, a title.
                if text[place + 1 : place + 2] == "(" or behind[:1].islower():
                    return None
                return behind, text[begun.end() : place]
        elif text[place] == opening:
            depth += 1
    return None


def _final(text: str) -> tuple[str, str] | None:
    """Behind the last heading of a final answer; what stands above it is how it was found."""
    headings = list(_FINAL.finditer(text))
    return (text[headings[-1].end() :], text[: headings[-1].start()]) if headings else None
