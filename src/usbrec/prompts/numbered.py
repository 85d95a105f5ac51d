"""Turns announced by their number, or by a direction in brackets: "Turn 3 (User):", "(Nutzer antwortet)".

A number or brackets alone may be of a chapter, a version or a rating. Here they stand beside the name of a
speaker and a word that turns are counted in, or one for what somebody does whose turn it is.
"""

from __future__ import annotations

import functools
import re

from usbrec.lexicon import any_of, shared
from usbrec.patterns import LazyPattern


def one_of(use: str) -> str:
    """The expression that reads one of the phrases of a use in the lexicon."""
    return any_of(sorted(shared("speakers")[use], key=len, reverse=True))


#: A sign that every form has: a digit, or a bracket or a word for a turn at the beginning of a line.
MAY_BE_NUMBERED = LazyPattern(
    lambda: rf"\d|第|^[ \t>*_]*[(\[（【]|^[ \t>*_#(\[]*(?:{one_of('ordinals')}|{one_of('turns')})\b",
    re.I | re.M,
)


@functools.cache
def numbered_forms(sure: str) -> tuple[str, ...]:
    """The forms, for names of speakers that the expression `sure` reads."""
    the = rf"(?:{one_of('the')}[ \t]|l['’])?"
    count = r"(?:no\.?|nr\.?|n°|#)?[ \t_#]?\d{1,2}"
    turns, does, ordinal = one_of("turns"), one_of("does"), rf"{one_of('ordinals')}[ \t]"
    turn = rf"(?:{turns}[ \t]?{count}|{shared('speakers')['turn_signs']})"
    stop = r"[*_]{0,2}[ \t]?(?:[:：][*_]{0,2}[ \t]*(?:\n\s*)?|[–—-][*_]{0,2}[ \t]+|[*_ \t–—-]*\n\s*)"
    heading = r"(?:\#{1,6}[ \t]*|[-=~]{2,}[ \t]*)?[*_]{0,2}"
    return (
        # "(The user replies)", "**[Nutzer antwortet]**", "（用户回复）"
        rf"(?P<acts>(?:(?<=[(\[])|[（【]){the}{sure}(?:[ \t_]?#?\d{{1,2}})?[ \t]?{does}"
        r"(?P<more>[ \t][^()\[\]（）【】\n]{1,30}?)?[*_]{0,2}[:：.…]{0,3}[)\]）】]"
        r"[*_]{0,2}[ \t]?[:：]?[ \t]*(?:\n\s*)?)",
        # "Turn 3 (User):", "### Turn 2: User", "Message 2 from the user:"
        rf"(?P<counted>{heading}[\[(]?{turn}[\])]?[*_]{{0,2}}[ \t]*"
        rf"(?:[:：,/|–—-][ \t]*|{one_of('from')}[ \t])?"
        rf"[*_]{{0,2}}[\[(（]?{the}{sure}(?:['’]s[ \t]turn)?[\])）]{{0,2}}{stop})",
        # "User message 2:", "User's reply #2", "Second user message:", "User 2 says:", "Message from user:"
        rf"(?P<counted>{heading}{the}(?:{ordinal})?{sure}(?:['’]s)?[ \t_-]?(?:の|의)?[ \t]?{turn}{stop})",
        rf"(?P<counted>{heading}{the}{ordinal}{sure}(?:['’]s)?[ \t]{turns}{stop})",
        rf"(?P<counted>{the}{sure}[ \t_]?#?\d{{1,2}}[ \t]{does}{stop})",
        rf"(?P<counted>{heading}{the}{turns}[ \t]{one_of('from')}[ \t]{the}{sure}{stop})",
    )
