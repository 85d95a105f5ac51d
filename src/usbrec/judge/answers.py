"""Answers of seekers: how what was just recommended is taken, read clause by clause in words of the lexicon.

A clause takes it ("I'll watch it"), likes it ("it's great"), finds that it would do ("sounds good"), declines
it or finds fault with it. A liking counts where it is of what was recommended, and the speaker's own: not
"I love romance", "my wife would love it", "I wish I could love it". Fault is found in the first sentence that
says more than yes, and where "but" goes on with it; what follows is about something else. Where an answer
says none of this, a plain yes or no counts if it answers an offer.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from usbrec.lexicon import any_of, whole_words, words
from usbrec.patterns import LazyPattern
from usbrec.play.preferences.cues import Cues, cues

Answer = Literal["accepted", "declined", "open"]
#: What a yes or no answers: an offer, a statement, whether the seeker knows it, or something else.
Asked = Literal["offer", "statement", "known", "other"]
_Said = Literal["takes", "likes", "suits", "declines", "dislikes", "wishes", "doubts"]

#: Stands for a title that was not just recommended.
OTHER = "\ufffc"
_SENTENCE = LazyPattern(r"[^.!?;\n]+[.!?;\n]*")
#: What is left of a sentence, and what there is of it so far.
_REST, _LAST = LazyPattern(r"[^.!?;\n]*[.!?;\n]*"), LazyPattern(r"[^.!?;\n]*\Z")
_MARKS = LazyPattern(r"[^\w' ]+")


@dataclass(frozen=True)
class _Words:
    """The lists of lexicon/<language>/acceptance.toml, as expressions."""

    likings: tuple[tuple[_Said, re.Pattern[str]], ...]
    bare: re.Pattern[str]
    declines: re.Pattern[str]
    dislikes: re.Pattern[str]
    hates: re.Pattern[str]
    denials: re.Pattern[str]
    wanted: re.Pattern[str]
    others: re.Pattern[str]
    asked: re.Pattern[str]
    neutral: re.Pattern[str]
    known: re.Pattern[str]
    clause: re.Pattern[str]
    turn: re.Pattern[str]
    asks: re.Pattern[str]
    offers: re.Pattern[str]
    yes: re.Pattern[str]
    agrees: re.Pattern[str]
    no: re.Pattern[str]
    no_thanks: re.Pattern[str]
    refers: re.Pattern[str]
    stands_for: str
    tastes: Cues


@functools.cache
def _words(language: str) -> _Words:
    lists = words(language, "acceptance")
    turns = any_of(words(language, "preferences")["turns"])
    return _Words(
        likings=(
            ("takes", whole_words(lists["takes"])),
            ("likes", whole_words(lists["likes"])),
            ("suits", whole_words(lists["suits"])),
        ),
        bare=re.compile(lists["bare"], re.IGNORECASE),
        declines=whole_words(lists["declines"]),
        dislikes=whole_words(lists["dislikes"]),
        hates=whole_words([lists["hates"]]),
        denials=whole_words(lists["denials"]),
        wanted=whole_words(lists["wanted"]),
        others=re.compile(rf"\b{lists['others']}$", re.IGNORECASE),
        asked=re.compile(lists["asked"], re.IGNORECASE),
        neutral=whole_words(lists["neutral"]),
        known=whole_words(lists["known"]),
        clause=re.compile(rf",\s+(?!{any_of(lists['hangs_on'])}\b)|\s+(?={turns}\b)", re.IGNORECASE),
        turn=re.compile(rf"\W*{turns}\b", re.IGNORECASE),
        asks=re.compile(lists["asks"], re.IGNORECASE),
        offers=whole_words([lists["offers"]]),
        yes=re.compile(rf"\W*{any_of([lists['yes']])}\b", re.IGNORECASE),
        agrees=re.compile(rf"\W*{any_of([lists['agrees']])}\W*", re.IGNORECASE),
        no=re.compile(rf"\W*{any_of([lists['no']])}(?!\w)[,.!]*", re.IGNORECASE),
        no_thanks=re.compile(rf"^\W*{lists['no_thanks']}", re.IGNORECASE),
        refers=whole_words(lists["refers"]),
        stands_for=lists["stands_for"],
        tastes=cues(language),
    )


def stand_in(language: str) -> str:
    """What stands for what was recommended, where an answer or a recommendation names it."""
    return _words(language).stands_for


def asked_by(before: str, offered: str, language: str) -> Asked:
    """What the recommender's turn asks at its end; what it recommends is cut out of it: `before` stands up to
    the last such title, `offered` from there on."""
    said = _words(language)
    own = _REST.match(offered)
    assert own is not None, "it matches nothing, too"
    opening = _LAST.search(before)
    around = f"{opening[0] if opening else ''} {said.stands_for} {own[0]}"
    later = [one for one in _SENTENCE.findall(offered[own.end() :]) if "?" in one]
    asks = later[-1] if later else around if "?" in own[0] else ""
    if asks and not said.asks.search(asks) and said.offers.search(asks):
        if not later or said.refers.search(asks):
            return "offer"
    elif said.asks.search(f"{before} {said.stands_for} {offered}"):
        return "known"
    if not asks:
        return "statement"
    return "offer" if not later and _MARKS.sub("", around).strip() == said.stands_for else "other"


def read_answer(text: str, asked: Asked, language: str) -> Answer:
    """How an answer takes what was recommended, in a language of the lexicon. Titles stand in `text` as
    :func:`stand_in`, where they were just recommended, and as :data:`OTHER`."""
    said = _words(language)
    text = said.neutral.sub("", text.replace("’", "'")).strip()
    plain: Answer = "open"
    if opening := said.no_thanks.match(text):
        plain = "open" if asked == "other" else "declined"  # "Anything else?" "No, thanks."
        text = text[opening.end() :]
    elif opening := said.no.match(text):
        rest = text[opening.end() :].strip()
        if (asked == "offer" and "?" not in rest) or (asked == "statement" and not rest):
            plain = "declined"
        text = rest
    elif opening := said.yes.match(text):
        rest = _MARKS.sub("", text[opening.end() :]).strip()
        if (not rest and asked == "offer") or (asked == "statement" and said.agrees.fullmatch(text)):
            plain = "accepted"
    return _weighed(_told(text, said)) or plain


def _weighed(told: Iterator[tuple[_Said, bool, bool]]) -> Answer | None:
    """What the clauses say together; `turned` are those that a "but" begins."""
    first: _Said | None = None
    answer: Answer | None = None
    for one, turned, beside in told:
        against = one not in ("takes", "likes", "suits")
        if answer is None:
            if one not in ("wishes", "doubts"):
                first, answer = one, "declined" if against else "accepted"
        elif answer == "accepted" and against:
            if first == "suits" and (turned or (one == "declines" and beside)):
                answer = "open" if one == "doubts" else "declined"
            elif one == "declines" and (turned or beside):
                answer = "open"
        elif answer == "declined" and one == "takes" and (turned or first == "dislikes"):
            first, answer = one, "accepted"
    return answer


def _told(text: str, said: _Words) -> Iterator[tuple[_Said, bool, bool]]:
    """What each clause says, whether it turns ("but") and stands in the sentence of an earlier one."""
    opened = False
    for sentence in _SENTENCE.findall(text):
        if said.tastes.only_yes.fullmatch(" ".join(said.clause.split(sentence))):
            continue
        near = not opened or said.turn.match(sentence) is not None
        opened = beside = True
        elsewhere = beside = False
        for clause in said.clause.split(sentence):
            turned = said.turn.match(clause) is not None
            if found := _said(clause, said, near=near, elsewhere=elsewhere):
                yield found, turned, beside
                beside = True
            elsewhere = elsewhere or OTHER in clause


def _said(clause: str, said: _Words, *, near: bool, elsewhere: bool) -> _Said | None:
    """What a clause says. `elsewhere`: the sentence named something else before, which "it" may be."""
    if said.declines.search(clause):
        return "declines"
    own, other, _ = clause.partition(OTHER)
    for kind, pattern in said.likings:
        if kind == "likes" and elsewhere:
            continue
        for found in pattern.finditer(own):
            # "I liked the movie Casino" is of another one.
            if _is_own(clause, found, said) and not (other and not own[found.end() :].strip()):
                return kind
    if other:
        return None
    if near and "?" not in clause:
        if said.tastes.refusal.search(clause):
            return "declines"
        if said.bare.fullmatch(_MARKS.sub(" ", clause).strip()):
            return "suits"
    if not elsewhere:
        if said.hates.search(clause):
            return "dislikes"
        if near and (said.tastes.against.search(clause) or said.dislikes.search(clause)):
            return "dislikes"
    turn = said.turn.match(clause)
    if turn is not None and "?" not in clause:
        rest = clause[turn.end() :].lstrip()
        if said.denials.match(rest) or said.tastes.wish.search(rest):
            return "wishes"  # "but not tonight"
        if said.denials.search(rest) or said.known.search(rest):
            return "doubts"  # "but I've seen it"
    return None


def _is_own(clause: str, found: re.Match[str], said: _Words) -> bool:
    """Whether a liking is said by and for the speaker: nothing denies it or asks, and it is no one else's."""
    before, behind = clause[: found.start()], clause[found.end() :]
    if said.denials.search(before) or said.denials.search(behind) or said.others.search(before):
        return False
    wanted = said.wanted.search(clause)
    if wanted is not None and wanted.start() < found.start():
        return False
    return not ("?" in clause and said.asked.search(before))
