"""Where a reply goes on as the next speaker: the name before their turn, or the marks of a chat template.

A name and a colon may as well be a field of a form (`User: adults`), a rating, a line of a list of titles, or
a review that is shown. What stands around it and behind it tells these apart: who takes a turn speaks in the
first or second person, asks, or has the last word; a form has further fields beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from typing import Literal

from usbrec.patterns import LazyPattern
from usbrec.prompts.shown import fence_before, shown_in
from usbrec.prompts.speakers import ANYBODY, RECOMMENDERS, SEEKERS, STEMS, announced
from usbrec.prompts.speech import asks, in_first_person, in_person, is_rating, is_title, shows, speaks

_WHO = rf"(?:(?P<seeker>{SEEKERS})|(?P<recommender>{RECOMMENDERS})|(?P<machine>AI|bot|chatbot))"
_BLANKS = r"[ \t\u00a0\u202f]"
#: `User: `, `**User:**`, `### User 2:`, `[User]: `, `(User):`, `- **User**: `, `> User : `, `User (turn 2):`
_NAMED = (
    rf"^{_BLANKS}*(?:\#{{1,6}}{_BLANKS}*|>{_BLANKS}?|[-•+*]{_BLANKS}+|-(?=\w))?(?i:[*_]{{0,2}}[@\[(（【]?{_WHO}"
    rf"(?:{_BLANKS}?[\[(（#]?(?:(?:turn|round|runde|tour|turno){_BLANKS}?)?\d{{1,2}}[\])）]?)?[*_]{{0,2}}[\])）】]?"
    rf"[*_]{{0,2}}{_BLANKS}?(?P<colon>[:：])[*_]{{0,2}})(?:(?<=：)|(?=[\s*_\"“„«「A-Z]|[^\x00-\x7f]|\Z))"
)
#: `... it is dark. User: I like` in the middle of a line; a capital, because `one user: ` is a sentence.
_INSIDE = (
    r"(?<=[.!?…)\"'”][ \t])(?:(?P<seeker>User|Seeker|Human|Customer|Client|Nutzer|Kunde|Usuario|Utilisateur)"
    rf"|(?P<recommender>Assistant|Recommender)){_BLANKS}?(?P<inside>:)(?=[ \t])"
)
#: `### User`, `**User**` and `[User]` with nothing else in the line.
_ALONE = (
    r"^[ \t]*(?i:(?:#{1,6}[ \t]*|\*\*|\[)(?:(?P<seeker>user|seeker)|(?P<recommender>assistant|recommender))"
    r"(?:\*\*|\])?[ \t]*$)"
)
#: `**Human**` and `User` may be titles, and are turns where somebody speaks below.
_MAYBE = (
    r"^[ \t]*(?:#{1,6}[ \t]*|\*\*)?(?P<maybe>)(?:(?P<seeker>User|Human|Customer|Client|Kunde|Nutzer)"
    r"|(?P<recommender>Assistant))(?:\*\*)?[ \t]*$"
)
#: The roles of a template whose special tokens were left out: "user" in a line of its own.
_BARE = r"^(?:(?P<seeker>user|USER|human)|(?P<recommender>assistant|ASSISTANT))[ \t]*\n(?=\s*\S)"
_BRACKETED = (
    r"^[ \t]*\[(?:(?P<seeker>USER|HUMAN|SEEKER|CUSTOMER)|(?P<recommender>ASSISTANT|RECOMMENDER))\]"
    r"(?=[ \t]+\S)"
    r"|^[ \t]*\[(?P<maybe>)(?:(?P<seeker>User|Human|Seeker)|(?P<recommender>Assistant|Recommender))\]"
    r"(?=[ \t]+\S)"
    r"|^[ \t]*<(?i:(?P<seeker>user|human|seeker|customer)|(?P<recommender>assistant|recommender))"
    r"(?i:[_-](?:message|input|turn|query|reply|response|says?))?>(?=:?\s*\S)"
)
_ENDS = (
    r"<\|(?:im_end|endoftext|end_of_text|eot_id|eom_id|eot|eos|end|return|end_of_turn|endofturn)\|>"
    r"|<end_of_turn>|<eos>|</s>|\[EOS\]|<｜end▁of▁sentence｜>"
)
_TEMPLATE = (
    # what chat templates begin a turn with, where a server lets it through as text
    rf"(?P<word>)(?i:(?:<\|(?:im_start|start_header_id|start)\|>|<start_of_turn>)\s*(?:{_WHO}|(?P<recommender>model)"
    rf"|(?P<other>system|tool|ipython|developer))\b|<\|{_WHO}\|>|<\|(?P<other>system|observation)\|>)"
    r"|(?<![`'\"“„])(?P<inst>\[INST\])"
    # the end of a turn, behind which something stands that does not speak of the token
    rf"|(?<=[.!?…)\]*\"'”。！？」》\n])[ \t]*(?P<other>{_ENDS})"
    r"(?P<word>)(?=\s*(?:(?i:user|human|system|assistant|model)\b|[^\sa-z<`'\"”,;.)]))"
    r"|^[ \t]*\#{2,3}[ \t]*(?P<other>Instruction|Input)[ \t]*:"
)


def _numbered(*patterns: str) -> str:
    """The patterns as alternatives, the names of their groups told apart by a number."""
    counts: dict[str, int] = {}

    def once(found: re.Match[str]) -> str:
        counts[found[1]] = counts.get(found[1], 0) + 1
        return f"(?P<{found[1]}_{counts[found[1]]}>"

    return re.sub(r"\(\?P<(\w+)>", once, "|".join(patterns))


#: The beginning of a turn: the name of whoever speaks, in a line of its own or as a template writes it.
_TURN = LazyPattern(_numbered(_NAMED, _ALONE, _MAYBE, _BARE, _BRACKETED, _TEMPLATE, _INSIDE), re.MULTILINE)
#: What every beginning of a turn has in it.
_SIGN = LazyPattern(
    r"[:：\[<#]|\*\*|^(?:user|USER|User|[Hh]uman|Customer|Client|Kunde|Nutzer|[Aa]ssistant|ASSISTANT)\b", re.M
)
#: And the other marks that a turn may begin with.
_MARKED = ("[", "<", "#")
#: A line `Word: value`, also as an item of a list.
_FIELD = LazyPattern(
    rf"[ \t]*(?:[-•+*][ \t]+|\|[ \t]*|\d{{1,2}}[.)][ \t]+)?[*_]{{0,2}}(?P<name>[^\W\d_][^:：\n.!?]{{0,30}}?)"
    rf"[*_]{{0,2}}{_BLANKS}?[:：][*_]{{0,2}}[ \t]*(?P<value>\S[^\n]{{0,80}})"
)
#: The number of an item in a list.
_NUMBERED = LazyPattern(r"[ \t]*\d{1,2}[.)][ \t]+[*_]{0,2}")
#: The name of a speaker, also numbered: "Assistant_1", "Turn 4 (Assistant)".
_A_NAME = LazyPattern(
    r"(?:(?:turn|round|message|runde|nachricht)[ \t]*\d*[ \t]*[-–(\[#]*[ \t]*)?"
    rf"{ANYBODY}(?![^\W\d_]).{{0,12}}",
    re.IGNORECASE,
)
#: A few words before what the other has said is quoted: "Sure."
_ACKNOWLEDGED = 6


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a turn begins: before its name, behind it, and whose it is ("other": of none of the two)."""

    start: int
    end: int
    of: str


def own_turn(reply: str, seat: Literal["seeker", "recommender"] = "recommender") -> tuple[str, bool]:
    """The part of `reply` that whoever sits in `seat` says, and whether the other's turn is left out.

    That is what stands before the next speaker's turn, or behind the name of the seat where the reply begins
    with a turn of the other. The name of a speaker before a whole reply is a mark alone, and stays.
    """
    turns = beginnings(reply, seat)
    if not turns:
        return without_rest(reply), False
    others = [turn for turn in turns if turn.of != seat]
    start = 0
    if others and not reply[: others[0].start].strip():
        # The reply begins with the other's turn: what counts stands behind the name of the seat.
        own = next((turn for turn in turns if turn.of == seat), None)
        start = turns[0].start if own is None else own.start
        others = [turn for turn in others if turn.start > start]
    end = others[0].start if others else len(reply)
    return without_rest(reply[start:end]), start > 0 or bool(others)


def without_rest(reply: str) -> str:
    """The reply without what announces a further round at its end: a rule, or "Round 2:" behind a paragraph
    that has come to an end."""
    last = reply.rstrip()[-1:]
    while last and (last in _RULES or last.isdigit() or last in ":：]):*_#"):
        found = _REST.search(reply)
        if found is None or not (before := reply[: found.start()].rstrip()) or before[-1] in ":：":
            break
        reply, last = before, before[-1]
    return reply


_RULES = '-=*_—">轮合'
#: The heading of a further round or dialogue, with its number.
_ROUND = (
    r"(?P<name>round|turn|conversation|dialogue|dialog|example|exchange|session|sample|scenario|runde|tour"
    r"|turno|beispiel|exemple|ejemplo|esempio|gespräch|ronda|对话|对话轮次|回合|例)"
)
#: One with its number, or the next one by its name.
_NEXT = (
    rf"(?:{_ROUND}[ \t#_]*(?:[2-9]|\d\d)|第[ \t]?[2-9二三四五][ \t]?(?:轮|回合)"
    rf"|(?:here(?:['’]s| is) )?(?:next|new|another) {_ROUND.replace('<name>', '<further>')}(?=[ \t*_]*[:：]))"
)
_NEXT_ONE = LazyPattern(rf"[\W_]*{_NEXT}[\W_]*", re.IGNORECASE)
_REST = LazyPattern(
    r"(?:\n[ \t]*\n\s*|(?<=[.!?…)\"”*_。！？」》])[ \t]*\n\s*)"
    rf"(?:[-=*_—]{{3,}}|(?:[-*_][ \t]){{2,}}[-*_]|#{{1,6}}"
    rf"|[#*_=\[(—-]{{0,6}}[ \t]*{_NEXT}[ \t]*[:：\]).*_=—-]{{0,6}}(?:\n[ \t]*[-=]{{3,}})?|\"{{3}}"
    rf"|[*_]{{0,2}}(?:the |next )?(?:{SEEKERS})(?:['’]s)? (?:turn|reply|response|message)[:：]"
    r"[*_]{0,2})\s*\Z"
    r"|(?<=[.!?)])#{2,6}\s*\Z|\s*</(?:assistant|recommender|bot|model|ai)>\s*\Z",
    re.IGNORECASE,
)


def beginnings(reply: str, seat: str = "recommender") -> list[Beginning]:
    """Where turns begin, also those of `seat`."""
    found = list(_announced(reply, seat))
    if _SIGN.search(reply) is not None:
        lower = reply.lower()
        if seat == "seeker" or any(stem in lower for stem in (*STEMS, *_MARKED)):
            found += _judged(reply, seat)
    if not found:
        return []
    shown = shown_in(reply)
    # Of two that begin in one place the first form counts.
    found = [*{one.start: one for one in sorted(found, key=lambda one: -one.start)}.values()][::-1]
    found = [one for one in found if not any(start <= one.start < end for start, end in shown)]
    begun = {one.start for one in found}
    found = [one for one in found if not _is_quoted(reply, one.start, begun)]
    return [replace(one, start=fence_before(reply, one.start)) for one in found]


def _is_quoted(reply: str, start: int, begun: Set[int]) -> bool:
    """Whether a turn is the other's words, quoted behind `>` at the beginning of a reply that goes on below
    without a name, rather than the next one."""
    begin = reply.rfind("\n", 0, start) + 1
    if reply[begin:].lstrip(" \t")[:1] != ">" or len(reply[:begin].split()) > _ACKNOWLEDGED:
        return False
    place = _line_end(reply, start) + 1
    while place < len(reply):
        line = reply[place : _line_end(reply, place)]
        if line.strip() and line.lstrip(" \t")[:1] != ">":
            return place not in begun
        place += len(line) + 1
    return False


def _announced(reply: str, seat: str) -> Iterator[Beginning]:
    """The turns in further forms that are no fields of a form."""
    for start, end, of in announced(reply, seat):
        if not _in_form(reply, _line_end(reply, end), *_neighbours(reply, start, _line_end(reply, end))):
            yield Beginning(start, end, of)


def _judged(reply: str, seat: str) -> Iterator[Beginning]:
    shown_to = field_before = -1
    for found in _TURN.finditer(reply):
        groups = {name.rsplit("_", 1)[0] for name, text in found.groupdict().items() if text is not None}
        if "machine" in groups and (seat != "seeker" or re.match(r"\s*Artificial\b", reply[found.end() :])):
            # Nobody who recommends "AI: Artificial Intelligence" takes a turn.
            continue
        of = next(iter(groups & {"seeker", "recommender", "other"}), "recommender")
        if groups & {"inst", "word"} and _is_word(reply, found):
            continue
        if "inst" in groups:
            of = "seeker"
        begins = Beginning(found.start(), found.end(), of)
        if groups & {"colon", "inside"}:
            if shown_to >= 0 and not re.search(r"\n[ \t]*\n[ \t]*\S", reply[shown_to : found.start()]):
                # A sample of a dialogue goes on.
                shown_to = found.end()
                continue
            if _is_shown(reply, found, again=shown_to >= 0):
                shown_to = found.end()
                continue
            if "inside" in groups:
                if not _speaks_inside(reply, found):
                    continue
            elif _is_field(reply, found, field_before):
                field_before = _line_end(reply, found.end())
                continue
        elif "maybe" in groups and not _speaks_below(reply, found):
            continue
        yield begins


def _is_word(reply: str, found: re.Match[str]) -> bool:
    """Whether a token is spoken of: in quotes, or between blanks in a line, behind a word and before small
    letters, or in a list of tokens. `</s>` may end a line through a word, in HTML."""
    before = reply[: found.start()]
    if found[0].lower().strip() == "</s>" and "<s>" in before.lower():
        return True
    goes_on = re.match(r"[ \t]+[a-z]|[ \t]*[.,;:!?)`'\"”]", reply[found.end() :])
    quoted = before[-1:] in tuple("`'\"“„")
    listed = before[-2:-1].isalpha() or before[-2:-1] in (",", ">")
    return goes_on is not None and (quoted or (before[-1:] == " " and listed))


def _line_end(reply: str, place: int) -> int:
    end = reply.find("\n", place)
    return len(reply) if end < 0 else end


def _is_shown(reply: str, found: re.Match[str], *, again: bool) -> bool:
    """Whether a colon leads to it: a review or a sample of a dialogue, and nobody's turn. `again`: one was
    shown before."""
    before = reply[: found.start()].rstrip()
    if before[-1:] not in (":", "："):
        return False
    head = before[before.rfind("\n") + 1 :]
    following = None if again else _NEXT_ONE.fullmatch(head)
    if following is not None and not _names_first(before, head, following):
        # A dialogue after the one that was given in the prompt.
        return False
    if shows(head):
        return True
    # Whoever is asked to answer takes a turn; what is shown has own words behind it.
    behind = re.split(r"\n[ \t]*\n", reply[found.end() :])[1:]
    return not asks(head) and any(part.strip() and _TURN.match(part.lstrip()) is None for part in behind)


def _names_first(before: str, head: str, following: re.Match[str]) -> bool:
    """Whether a first one stands before the next sample, or is spoken of."""
    name = following["name"] or following["further"]
    first = rf"\b{name}\W*1\b" if following["name"] else rf"\b{name}"
    return name is not None and re.search(first, before[: len(before) - len(head)], re.I) is not None


def _speaks_inside(reply: str, found: re.Match[str]) -> bool:
    if _NUMBERED.fullmatch(reply, reply.rfind("\n", 0, found.start()) + 1, found.start()) is not None:
        # An item of a list, whoever does it.
        return False
    line = reply[found.end() : _line_end(reply, found.end())]
    sentence = re.split(r"(?<=[.!?])[ \t]", line.strip(), maxsplit=1)[0]
    if is_rating(sentence, strict=False):
        return False
    if line.lstrip()[:1] in tuple("\"“„«'‘") and not speaks(sentence):
        return False
    if not re.match(r"User|Seeker|Assistant|Recommender", found[0]):
        # "Human: Nature (2001) might suit you" names a film.
        return in_person(re.split(r"\(\d{4}\)", sentence)[0])
    if speaks(sentence):
        return True
    # Without a person in it: the last words, none of them a title or a number, and no further field.
    named = re.search(r"[.!?,][ \t]+[A-Z][\w ]{1,20}:[ \t]", line)
    further = named is not None and _A_NAME.match(named[0].strip(".!?, \t")) is None
    return not further and re.search(r"\d", sentence) is None


def _speaks_below(reply: str, found: re.Match[str]) -> bool:
    """Whether somebody takes a turn behind a name that may be a title."""
    before = reply[: found.start()].rstrip()
    if not before or before[-1] in ":：":
        return False
    below = reply[found.end() :].strip()
    line = below[: _line_end(below, 0)]
    return speaks(line) or (is_title(line) and line == below)


def _is_field(reply: str, found: re.Match[str], field_before: int) -> bool:
    """Whether a name and what stands behind it are a field of a form, a rating or a title in a list."""
    start, end = reply.rfind("\n", 0, found.start() + 1) + 1, _line_end(reply, found.end())
    value = reply[found.end() : end].strip()
    if not value:
        return False
    above, below = _neighbours(reply, start, end)
    said = speaks(value)
    quoted = value[:1] in tuple("\"“„«'「")
    if is_rating(value) or (quoted and (not said or bool(above and shows(above[-1])))):
        return True
    if field_before >= 0 and not said and not reply[field_before:start].strip():
        # One review below the other.
        return True
    if is_title(value) and not said:
        around = above[::-1], below
        titles = sum(_run_of_titles(lines) for lines in around)
        return titles >= 2 or (titles == 1 and any(line.rstrip()[-1:] in (":", "：") for line in above))
    if not said:
        return _in_form(reply, end, above, below)
    # What is to be filled in, beside a field of the same kind: "Password: the one we sent you".
    return _is_entry(value) and any(
        _is_entry(field["value"]) and _A_NAME.fullmatch(field["name"]) is None
        for field in map(_FIELD.match, (*above[-1:], *below[:1]))
        if field is not None
    )


def _is_entry(value: str) -> bool:
    """Whether a value is no sentence, and nobody's own words."""
    return not in_first_person(value) and value.rstrip()[-1:] not in tuple(".!?…。！？")


def _neighbours(reply: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """The lines right above and right below, as far as no empty line stands between."""
    above = re.split(r"\n[ \t]*\n", reply[:start].removesuffix("\n"))[-1]
    if reply[:start].endswith("\n\n"):
        above = ""
    below = re.split(r"\n[ \t]*(?=\n)", reply[end + 1 :])[0]
    if reply[end : end + 2] == "\n\n":
        below = ""
    return [line for line in above.splitlines() if line.strip()], below.splitlines()


def _run_of_titles(lines: list[str]) -> int:
    count = 0
    for line in lines:
        if not is_title(re.sub(rf"^(?:{SEEKERS}|{RECOMMENDERS})[ \t]*:", "", line, flags=re.I)):
            break
        count += 1
    return count


def _in_form(reply: str, end: int, above: list[str], below: list[str]) -> bool:
    """Whether a line beside it, or the next one, is a field of another name with a short value."""
    behind = below[:1] or reply[end:].lstrip().splitlines()[:1]
    for line in (*above[-1:], *behind):
        field = _FIELD.match(line)
        if field is None or _A_NAME.fullmatch(field["name"]) is not None:
            continue
        if not speaks(field["value"]) and line.rstrip()[-1:] not in (":", "："):
            return True
    return False
