"""What of a reply is shown, and nobody's turn: blocks of code, and scenes between people of a story."""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.patterns import LazyPattern
from usbrec.prompts.speakers import ANYBODY
from usbrec.prompts.speech import in_person, shows, speaks

_FENCE = LazyPattern(r"^[ \t]*(?P<ticks>`{3,}|~{3,})[ \t]*(?P<kind>[^\s`]*)[^\n`]*$", re.MULTILINE)
_LINE = LazyPattern(
    r"[ \t]*[*_]{0,2}(?P<name>[^\W\d_][^:：\n.!?*_]{0,24})[*_]{0,2}[ \t]?[:：][*_]{0,2}[ \t]*(?P<words>\S.*)"
)
_SEAT = LazyPattern(
    rf"{ANYBODY}|.*\b(?:bot|ai|system|assistant|recommender|user|seeker)\b.*|.*bot", re.IGNORECASE
)
#: What stands before a colon and is nobody's name.
_LABEL = LazyPattern(
    r"(?:final |my |the )?(?:notes?|p\.?s|hint|tips?|thoughts?|thinking|reasoning|analysis|plan|step|answers?"
    r"|reply|response|recommendations?|suggestions?|explanation|reason|context|summary|conclusion|output|result"
    r"|action|observation|goal|genre|title|year|rating|score|price|mood|warning|update|edit|example|feedback|turn|round"
    r"|hinweis|antwort|gedanke|empfehlung|remarque|réponse|nota|respuesta)",
    re.IGNORECASE,
)
#: A line before a scene that says one follows, without a colon.
_TOLD = LazyPattern(r"\b(?:jokes?|sketch|gag|riddle|skit|witz|blague|chiste|barzelletta)\b", re.IGNORECASE)


def shown_in(reply: str) -> list[tuple[int, int]]:
    """Where closed blocks of code and scenes stand: the beginning and the end of each, in order."""
    return sorted([*_blocks(reply)[0], *_scenes(reply)])


def fence_before(reply: str, place: int) -> int:
    """Where the line of an open fence begins that stands right before this place, else the place itself."""
    opened = _blocks(reply)[1]
    if opened is None or opened.end() > place or reply[opened.end() : place].strip():
        return place
    return opened.start()


def _blocks(reply: str) -> tuple[list[tuple[int, int]], re.Match[str] | None]:
    """The closed blocks of code, and the fence of one that is not closed."""
    found: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    if "```" not in reply and "~~~" not in reply:
        return found, None
    for fence in _FENCE.finditer(reply):
        if opened is None:
            opened = fence
        elif not fence["kind"] and fence["ticks"].startswith(opened["ticks"]):
            found.append((opened.start(), fence.end()))
            opened = None
    return found, opened


def _scenes(reply: str) -> Iterator[tuple[int, int]]:
    """Runs of lines `Name: words` in which somebody speaks who sits in no seat: behind a line that announces
    a joke, or with words of the reply's own in a paragraph behind them."""
    run: list[tuple[int, int, re.Match[str]]] = []
    place = 0
    for line in [*reply.splitlines(keepends=True), ""]:
        found = _LINE.match(line)
        if found is not None:
            run.append((place, place + len(line), found))
        elif run:
            if (scene := _scene(reply, run)) is not None:
                yield scene
            run = []
        place += len(line)


def _scene(reply: str, run: list[tuple[int, int, re.Match[str]]]) -> tuple[int, int] | None:
    start, end = run[0][0], run[-1][1]
    others = [found for _, _, found in run if _SEAT.fullmatch(found["name"].strip()) is None]
    if not others or len(others) == len(run) or any(map(_is_no_speaker, others)):
        return None
    before = reply[:start].strip().rpartition("\n")[2]
    behind = reply[end:]
    goes_on = behind[:1] in "\r\n" and bool(behind.strip()) and _LINE.match(behind.lstrip()) is None
    return (start, end) if goes_on or shows(before) or _TOLD.search(before) is not None else None


def _is_no_speaker(found: re.Match[str]) -> bool:
    words = found["words"].rstrip('*_"”» \t')
    said = in_person(words) or speaks(words) or words.endswith((".", "!", "?", "…"))
    return not said or not found["name"][0].isupper() or _LABEL.fullmatch(found["name"].strip()) is not None
