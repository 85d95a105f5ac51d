"""Refusals of roles: whether a server, or its chat template, does not take a system message, or the order of
the speakers.

Servers say it in any words, so a refusal of the system message is known by what it is made of: a clause that
speaks of the system role and of not taking it, or that lists the roles there are without it. What a clause
says of a message's content, length or place refuses no role.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from usbrec.patterns import LazyPattern

#: Templates that want turns; some of them count the system message as one.
_WANTS_TURNS = LazyPattern(
    r"(?:roles|messages|turns)\b.{0,40}\b(?:must|should|have to|need to) (?:strictly )?alternat"
    r"|\balternat(?:e|ing)\b.{0,40}\b(?:user|assistant|model|roles|turns)\b"
    r"|(?:consecutive|two|successive) [^.\n]{0,30}(?:user|assistant|same role)"
    r"|first message must be (?:from )?(?:the |a )?['\"`]?user"
    r"|(?:must|should) (?:start|begin) with (?:a |the )?['\"`]?user",
    re.IGNORECASE | re.DOTALL,
)

#: Where a clause ends. A full stop inside of a name ("messages.0.role") ends none.
_ENDS = LazyPattern(r"[;\n。；！？]|[.!?](?=\s|$)")
#: The system role in a clause: the word beside one for a role or message, or as a value.
_SYSTEM = LazyPattern(
    r"(?<!operating )\b(?:system|developer)[ _-](?:role|message|prompt|instruction|turn)s?\b"
    r"|(?:\brole|角色)s?\W{0,4}(?:(?:of|is|type|named|called|value|为|是|类型)\W{1,3})?(?:system|developer)\b"
    r"|\bmessages?\W{1,3}(?:(?:with|of|from|in|by)\W)?(?:(?:the|an?)\W)?(?:role\W{1,4})?(?:system|developer)\b"
    r"|['\"`‘“「](?:system|developer)['\"`’”」]|(?:system|developer)\s?(?:角色|消息|提示|指令|信息)"
    r"|系统(?:级)?(?:角色|消息|提示|指令|信息|设定|人设)",
    re.IGNORECASE | re.ASCII,
)
#: Not taking it.
_NOT_TAKEN = LazyPattern(
    r"\bnot (?:be |been |currently |yet |a )?(?:\w+ly )?"
    r"(?:support|allow|permit|accept|enabl|implement|recogni|known|valid|handled|understood|one of|in\b)"
    r"|(?:\bnot|n['’]t|\bcannot|\bunable to|\bno) (?:\w+ly )?"
    r"(?:support|allow|permit|accept|tak(?:e|ing)\b|handl|recogni|understand|know|us(?:e|ing)\b|have\b)"
    r"|\b(?:has|have|knows?) no ['\"`]?(?:system|developer)|\bno endpoints? found that support"
    r"|\b(?:must not|cannot|can['’]t|may not|should not) (?:be|contain|include) "
    r"(?:an? |any |the )?(?:role )?['\"`‘“]?(?:system|developer)"
    r"|\b(?:cannot|can['’]t|may not|must not) be (?:used|sent|given|set)\b"
    r"|\b(?:remove|drop|omit|avoid) (?:the |any |all |your )?['\"`]?(?:system|developer)"
    r"|\b(?:{bad})\W{{1,3}}(?:(?:values?|messages?|chat|input|types?|of|for|the|in|parameter|enum|variant|literal"
    r"|item|roles?|\d+)\W{{1,4}}){{0,5}}(?:role|system|developer)\b"
    r"|\b(?:is|are|was|=) (?:an? )?(?:{bad})\b"
    r"|不支持|不允许|不接受|不识别|不能(?:使用|包含|为|是|有)|不可(?:以|用|为)|无法(?:识别|使用|处理|支持)"
    r"|(?:未知|无效|非法|不合法|错误)的?\W{{0,2}}(?:消息|角色|role|system)"
    r"|(?:角色|role|system|消息)['\"`’”」]?(?:是|为)?(?:未知|无效|非法|不合法)|禁止(?:使用)?|不被|未支持|尚未支持|暂不"
    "".format(
        bad="unsupported|unknown|unexpected|unrecogni[sz]ed|invalid|illegal|forbidden|disallowed|prohibited"
    ),
    re.IGNORECASE | re.ASCII,
)
#: What else a clause may be about, which no other place of the text mends, or whose turn it is.
_OTHERWISE = LazyPattern(
    r"\bcontents?\b|\bempty\b|\bblank\b|\blong|\blength|\bexceed|\btokens?\b|\bimages?\b|\bmultiple\b"
    r"|\bmore than\b|\bone system\b|\bsingle\b|\btwo\b|\bfirst\b|\blast\b|\bfinal\b|\bbegin|\bstart|\border\b"
    r"|\bafter\b|\bbefore\b|\bposition|\bmiddle\b|\bpolic|\bfilter|\bmoderat|\bsafety\b|\bviolat|\bjson\b"
    r"|\bpars(?:e|ing)\b|\bencod|\bcharacters?\b|\bfield\b|\bname\b|\bstring\b|\bcach|\boverload|\bmemory\b"
    r"|\bkeys?\b|\btemplate\W{0,3}not\b|\bmodel ['\"`‘“]?(?:system|developer)"
    r"|内容|为空|过长|长度|超过|超出|多个|多条|第一|首条|最后|末尾|开头|之前|之后|顺序|位置|违规|敏感|审核|格式"
    r"|字符|图片|交替",
    re.IGNORECASE | re.ASCII,
)
#: A list of the roles there are.
_LISTS = LazyPattern(
    r"\b(?:only|must|should|has to|have to|expected|expects?|permitted|allowed|one of|either|supported|valid"
    r"|accepts?)\b|只能|必须|仅|应为|应该|只支持|可选|取值|需为|需要是|限于",
    re.IGNORECASE | re.ASCII,
)
_ROLE = LazyPattern(r"\broles?\b|角色", re.IGNORECASE | re.ASCII)
_USERS, _OTHERS = "user|human", "assistant|model|bot|ai|chatbot"
_ALL = f"{_USERS}|{_OTHERS}|system|developer|tool|function"
_QUOTES = r"['\"`‘’“”\[\]()]{0,3}"
_BETWEEN = rf"{_QUOTES}\s{{0,2}}(?:,|/|\||and|or|、|或者?|和|与|及|以及)\s{{0,2}}(?:and |or )?{_QUOTES}"
#: Two neighbours in a list of roles, of which one is the user; and all of such a list.
_SPEAKERS = LazyPattern(
    rf"\b(?:{_USERS})\b{_BETWEEN}\b(?:{_OTHERS}|tool|function)\b|\b(?:{_OTHERS})\b{_BETWEEN}\b(?:{_USERS})\b",
    re.IGNORECASE | re.ASCII,
)
_NAMES = LazyPattern(rf"\b(?:{_ALL})\b(?:{_BETWEEN}\b(?:{_ALL})\b)+", re.IGNORECASE | re.ASCII)
#: What was sent in place of them.
_SENT = LazyPattern(
    r"(?:\bgot|\bfound|\breceived|\bgiven|\binput(?:_value)?|\bbut|\bnot|\bwas|实际|收到|而不是|而非|不是|当前)"
    r"\W{0,6}(?:(?:role|is|was|为|是)\W{0,4})?(?:system|developer)",
    re.IGNORECASE | re.ASCII,
)
#: Fields of a body in which servers say what is wrong, and those that say where.
_SAYS = frozenset({"message", "detail", "error", "error_message", "msg", "errors", "reason", "error_msg"})
_PLACES = ("loc", "param", "path", "field", "instancePath", "input")
#: So long a text is a page or an echo, and no sentence.
_LONGEST_CLAUSE = 400


def refuses_system(clauses: Iterable[str]) -> bool:
    """Whether it is the system message that is not taken, by the clauses of what a server says."""
    return any(map(_refuses, clauses))


def wants_turns(text: str) -> bool:
    """Whether it is the order of the speakers that is not taken."""
    return bool(_WANTS_TURNS.search(text))


def refuses_roles(text: str, said: object) -> bool:
    """Whether an error's body says that a system message, or the order of the speakers, is not taken; `said`
    is the body as JSON, where it is some."""
    return wants_turns(text) or refuses_system(clauses_of(text if said is None else said))


def clauses_of(said: object, place: str = "", depth: int = 0) -> Iterator[str]:
    """The clauses of what a server says of a request, each with the place that it is told of; nothing of what
    it echoes."""
    if isinstance(said, str):
        for clause in _ENDS.split(said):
            if clause.strip() and len(clause) <= _LONGEST_CLAUSE:
                yield f"{place} {clause}" if place else clause
    elif isinstance(said, list) and depth <= 4:
        for one in said:
            yield from clauses_of(one, place, depth + 1)
    elif isinstance(said, Mapping) and depth <= 4:
        place = _place(said) or place
        for name, value in said.items():
            if name in _SAYS:
                yield from clauses_of(value, place, depth + 1)


def _place(said: Mapping[str, Any]) -> str:
    """Where a part of the request is that is not taken, and what stands there, if that is its role."""
    found = [said[name] for name in _PLACES if name in said]
    words = [str(one[-1]) if isinstance(one, list) and one else str(one) for one in found]
    short = [word for word in words if len(word) <= 60]
    return " ".join(short) if any(_ROLE.search(word) for word in short) else ""


def _refuses(clause: str) -> bool:
    if _OTHERWISE.search(clause):
        return False
    # A list of what is taken may name the system role, too.
    beside = _NAMES.sub(lambda found: " " if _SPEAKERS.search(found[0]) else found[0], clause)
    if _SYSTEM.search(beside) and _NOT_TAKEN.search(beside):
        return True
    listed = _LISTS.search(clause)
    if listed is None or not _ROLE.search(clause) or not _SPEAKERS.search(clause):
        return False
    behind = _SENT.sub("", clause[listed.start() :])
    return "system" not in behind.lower() and "系统" not in behind
