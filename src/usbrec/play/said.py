"""What of an answer its speaker says: without thoughts called so, calls of tools, and the other's next turn.

Reasoning between marks is told apart where answers arrive (llm/reasoning.py), for everybody. Here, where two
people talk, nobody says an object of fields, a thought in brackets, or what stands above a final answer, so
these count as thoughts as well. Whoever asks a model through the service may have asked for just such a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from usbrec.dialogue import Reply
from usbrec.llm import headings, sections
from usbrec.llm.headings import WORDS
from usbrec.llm.marks import AROUND
from usbrec.llm.written_calls import without_calls
from usbrec.patterns import LazyPattern
from usbrec.play.fields import breaks_off_in_thought, in_fields
from usbrec.play.outlined import in_outline, without_block_sign
from usbrec.play.spoken import is_spoken
from usbrec.play.tagged import in_tags
from usbrec.prompts.speech import is_rating
from usbrec.prompts.turns import own_turn

#: A thought in brackets or stars that the answer begins with, named as one.
_ASIDE = LazyPattern(
    rf"\s*(?:[*_]{{1,2}}(?=[(（\[【]))?(?P<opening>[(（\[【]|[*_](?!\s))\s*"
    rf"(?:(?:(?:my|inner|internal) )?{WORDS}|note to self|internal notes?"
    r"|thinks|thinking to (?:my|it|him|her)self|inner monologue"
    r"|internal(?: monologue| thoughts?| reasoning)?)\s*[:：]",
    re.IGNORECASE,
)
#: What stands behind the title of something: its year, who made it, or the rest of a sentence.
_BEHIND_TITLE = LazyPattern(
    r"[*_]*(?:[ \t]*\((?:\d{4}\b|\w+,? \d{4}\b|(?i:by|von|de|di|par|door)\b)|[ \t]*[,;–—]|[ \t]+-[ \t]"
    r"|[.:](?:\s|\Z)|\s+(?i:by|von|par|door)[ \t]+[^\W\d_])"
)
#: What a template or a mark of thoughts leaves before a reply: tokens, blanks, and bold marks around nothing.
_LEFT_OVER = LazyPattern(
    r"(?:[\s\ufeff\u200b]|<\|im_start\|>assistant\s|<\|assistant\|>|<s>(?!.*</s>.*\S)"
    r"|(?:\*\*){1,2}[ \t]*\n){1,20}",
    re.DOTALL,
)
#: What stands behind the heading of an answer and is a part of a title whose sentence goes on below.
_GOES_ON = LazyPattern(r"[^\n]*\(\d{4}\)[ \t]*\n[ \t]*[a-z]")
_CLOSING = {"(": ")", "（": "）", "[": "]", "【": "】", "*": "*", "_": "_"}
#: The heading of a final answer; nobody calls a first sentence that.
_FINAL = LazyPattern(
    r"^[ \t]*+(?P<marks>[*_#]*+)[ \t]*+(?:final (?:answer|response|reply)|(?:endgültige|finale) antwort"
    r"|(?:definitief|definitieve) antwoord|eindantwoord|réponse finale|respuesta final|resposta final"
    r"|risposta finale|(?:окончательный|итоговый) ответ|остаточна відповідь"
    r"|(?:ostateczna|końcowa) odpowiedź|(?:konečná|finální) odpověď"
    r"|(?:slutligt|slutgiltigt|endeligt?) svar|lopullinen vastaus|végső válasz|răspuns(?:ul)? final"
    r"|(?:nihai|son) (?:cevap|yanıt)|τελική απάντηση|الإجابة النهائية|پاسخ نهایی|תשובה סופית"
    r"|अंतिम उत्तर|চূড়ান্ত উত্তর"
    r"|câu trả lời cuối cùng|คำตอบสุดท้าย|jawaban akhir"
    r"|最[终終後]の?(?:答案|回答|回复|回覆|答复|答え)|최종 ?(?:답변|대답|응답|답))"
    r"(?P<colon>[*_]*[ \t]*[:：][*_]*|[*_]*[ \t]*$)[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)


#: How long a reply is, told below it.
_LENGTH = LazyPattern(
    r"\n[ \t*_(\[#-]*(?:length|word count|words|länge|longueur|longitud|字数)[*_]*[ \t]*[:：][*_ \t]*"
    r"(?:about |~|approx\. )?(?P<count>\d+) ?(?:(?P<unit>words?|tokens?|sentences?|wörter|mots|palabras)"
    r"|characters?|字|(?<=count: \d)|(?<=count: \d\d))[*_)\]. \t]*\Z",
    re.IGNORECASE,
)
#: Why an answer says nothing that broke off in an object.
_BROKE_OFF = (
    "the reply is an object in JSON that broke off in its thoughts. Allow more tokens (play.max_tokens), or "
    "leave the object out of the prompt."
)
#: Why an answer says nothing in which a call of a tool is all there is, and what helps.
ONLY_CALLS = (
    "the reply is a call of a tool in words, which nobody runs, and nothing else. Leave tools out of the "
    "prompt and of the server's chat template, or offer ours with --tools."
)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in its parts, calls of tools among the `reasoning`; `ran_on` says that the other's turn stood
    behind it."""

    text: str
    reasoning: str = ""
    ran_on: bool = False


def said(answer: str, seat: Literal["seeker", "recommender"] = "recommender") -> Said:
    """What whoever sits in `seat` says in this answer. It stands as it is where nothing else is in it, and
    where nothing would be left, unless it is a call of a tool, or an object that broke off in its thoughts:
    then nothing is said."""
    begun = _LEFT_OVER.match(answer)
    text, called = without_calls((answer if begun is None else answer[begun.end() :] or answer).strip())
    thoughts = [called]
    for way in (in_fields, in_tags, in_outline, _under_headings, sections.behind, _behind_aside, _final):
        found = way(text)
        if found is not None and found[0].strip():
            text = found[0].strip()
            thoughts.append(found[1].strip())
    text = without_block_sign(_unwrapped(text))
    if breaks_off_in_thought(text):
        return Said("", "\n".join(filter(None, [*thoughts, text])))
    if "\n" in text and (length := _LENGTH.search(text)) is not None and _is_own(length):
        text = text[: length.start()]
    own, ran_on = own_turn(text, seat)
    return Said(own.strip(), "\n".join(filter(None, thoughts)), ran_on)


def _is_own(length: re.Match[str]) -> bool:
    """Whether a length is about that of the text above it, as models count; a book has one, too."""
    above = length.string[: length.start()].split()
    most = sum(map(len, above)) if length["unit"] is None else len(above)
    return bool(above) and int(length["count"]) <= 3 * most + 10


def why_empty(answer: str) -> str:
    """In words: why an answer says nothing."""
    if breaks_off_in_thought(answer):
        return _BROKE_OFF
    return ONLY_CALLS if without_calls(answer)[1] else "the reply is empty."


def as_said(reply: Reply) -> Reply:
    """The reply with what the recommender says as its text."""
    found = said(reply.text)
    thought = "\n".join(filter(None, (reply.reasoning, found.reasoning)))
    # Whoever goes on with the next turn has ended their own, whatever cut off the rest.
    finish = "stop" if found.ran_on else reply.finish
    ran_on = reply.ran_on or found.ran_on
    return replace(reply, text=found.text, finish=finish, reasoning=thought, ran_on=ran_on)


def _unwrapped(text: str) -> str:
    """A reply without a tag around all of it, and without a block of code around it where a thought was."""
    if text[:1] == "<":
        lower = text.lower()
        for opening, closing in AROUND:
            if lower.startswith(opening) and lower.endswith(closing) and lower.count(closing) == 1:
                return text[len(opening) : -len(closing)].strip() or text
    if text[:3] == "```" and (block := _EMPTY_LINE_FIRST.fullmatch(text)) is not None:
        return block[1].strip() or text
    return text


_EMPTY_LINE_FIRST = LazyPattern(r"```\w*[ \t]*\n[ \t]*\n((?:(?!```).)*)\n[ \t]*```", re.DOTALL)


def _under_headings(text: str) -> tuple[str, str] | None:
    """Behind the heading of the reply, where an analysis stands above that does not speak to the other."""
    if not headings.may_head(text):
        return None
    return sections.first(text, spoken=True) or sections.last(text, spoken=True)


def _behind_aside(text: str) -> tuple[str, str] | None:
    # Most replies begin with a letter, and need not be looked at.
    begun = _ASIDE.match(text) if text.lstrip()[:1] in "([（【*_" else None
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
                if is_rating(text[begun.end() : place].strip()):
                    # "[Reasoning: 4/5]"
                    return None
                if opening in "*_[" and (text[place - 1].isspace() or _BEHIND_TITLE.match(text, place + 1)):
                    return None
                return behind, text[begun.end() : place]
        elif text[place] == opening:
            depth += 1
    return None


def _final(text: str) -> tuple[str, str] | None:
    """Behind the last heading of a final answer; what stands above it is how it was found, unless it speaks
    to the other or recommends."""
    if not any(mark in text for mark in ":：\n"):
        # A heading alone has nothing behind it.
        return None
    found = [one for one in _FINAL.finditer(text) if _is_heading(one, text)]
    if not found or is_spoken(text[: found[-1].start()]):
        return None
    return text[found[-1].end() :], text[: found[-1].start()]


def _is_heading(found: re.Match[str], text: str) -> bool:
    """Whether it has a colon or a mark of a heading, or a line of its own between others."""
    before = text[: found.start()]
    if not found["marks"] and not found["colon"].strip() and text[found.end() :].lstrip()[:1].islower():
        # The line goes on in the next one: it is a title.
        return False
    if not before.strip() and _GOES_ON.match(text, found.end()) is not None:
        # "Final Answer: The Movie (2019)"
        return False
    return bool(found["marks"] or found["colon"].strip() or not before.strip() or before.endswith("\n\n"))
