"""Names of speakers, and turns announced in further forms than a name and a colon.

`User> `, `User - `, `User says: `, `The user: `, `"User": "..."` and `{"role": "user", ...}` announce a turn,
and so does a name that other things have as well (`You: `, `Viewer: `, `System: `, `Verkäufer: `). For all of
these it takes somebody who speaks behind them, and a text before them that has come to an end.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator

from usbrec.patterns import LazyPattern
from usbrec.prompts.numbered import MAY_BE_NUMBERED, numbered_forms, one_of
from usbrec.prompts.speech import in_first_person, in_person, is_rating, is_title, requests, speaks

#: What chat templates and logs call a seeker before their turn, and a recommender.
SEEKERS = (
    "user|human|seeker|customer|client|nutzer(?:in)?|benutzer(?:in)?|kund(?:e|in)|usuari[oa]|utilisat(?:eur|rice)"
    "|client[ea]|utente|usuári[oa]|gebruiker|klant|użytkowni(?:k|czka)|kullanıcı|uživatel|användare|bruger|bruker"
    "|käyttäjä|felhasználó|utilizator|pengguna|пользователь(?:ница)?|клиент|покупатель|користувач|المستخدم|العميل|ผู้ใช้|ลูกค้า"
    "|用户|用戶|客户|客戶|顾客|顧客|ユーザー|お客様|사용자|고객"
)
RECOMMENDERS = (
    "recommender|recomm(?:ender|endation) (?:system|engine|bot|agent|model)|assistant|assistent|asistente"
    "|assistante|assistente|ассистент|助手|アシスタント|어시스턴트|recomendador|recommandeur|raccomandatore"
    "|empfehlungssystem|système de recommandation|sistema (?:de recomenda(?:ción|ção)|di raccomandazione)"
    "|推荐(?:系统|助手|者)|推薦(?:系統|助手)|レコメンダー|추천 ?시스템|рекомендательная система"
)
#: What the names of speakers have in them, in small letters; most replies hold none.
STEMS = (
    *("user", "human", "seeker", "custom", "client", "nutzer", "kund", "usu", "util", "utente", "gebruiker"),
    *("klant", "ytkowni", "kullan", "uživatel", "användare", "bruger", "bruker", "käyttäjä", "felhaszn"),
    *(
        "pengguna",
        "пользователь",
        "клиент",
        "покупатель",
        "користувач",
        "المستخدم",
        "العميل",
        "ผู้ใช้",
        "ลูกค้า",
        "用",
        "客",
        "顾",
        "顧",
        "ユーザー",
    ),
    *(
        "사용자",
        "고객",
        "recommender",
        "assist",
        "asist",
        "ассистент",
        "助手",
        "アシスタント",
        "어시스턴트",
    ),
)
#: Names of both that other things have as well.
_LIKE_SEEKERS = (
    "viewer|reader|listener|player|shopper|buyer|guest|visitor|person|asker|(?:movie|film|book)[ -]seeker"
    "|zuschauer(?:in)?|leser(?:in)?|käufer(?:in)?|spectateur|spectatrice|lect(?:eur|rice)|acheteu(?:r|se)"
    "|espectador|lector|comprador|spettatore|lettore|acquirente|kijker|lezer|koper|зритель|читатель"
)
_LIKE_RECOMMENDERS = (
    "seller|salesperson|salesman|saleswoman|sales assistant|shop assistant|clerk|agent|advis[oe]r|consultant"
    "|expert|model|system prompt|librarian|verkäufer(?:in)?|berater(?:in)?|fachberater(?:in)?|vendeu(?:r|se)"
    "|conseill(?:er|ère)|vendedora?|asesora?|venditore|venditrice|commessa|verkoper|verkoopster|adviseur|sprzedawca"
    "|doradca|säljare|sælger|selger|продавец|продавщица|консультант|店员|店員|推荐人|판매원|점원"
)
#: What whoever answers a seeker is called, too; somebody has to speak behind it.
_LIKE_RECOMMENDERS += "|chatgpt|gpt(?:-?[345]\\w{0,3})?|claude|gemini|copilot|llm|recsys|rec ?bot|crs|rs|r"
_MACHINES = "tool|function|observation|tool result|tool response|tool output"
_NAMES = "|".join((SEEKERS, RECOMMENDERS, _LIKE_SEEKERS, _LIKE_RECOMMENDERS, _MACHINES, "system"))
#: Anybody who takes turns, as the name of a field.
ANYBODY = (
    rf"(?:(?:the )?(?:{SEEKERS}|{RECOMMENDERS}|{_LIKE_SEEKERS}|{_LIKE_RECOMMENDERS}|{_MACHINES}|system)"
    "|you|me|a|AI|bot|output|response|completion)"
)
_SURE = rf"(?:(?P<seeker>{SEEKERS})|(?P<recommender>{RECOMMENDERS}))"
_LIKE = (
    rf"(?:(?P<seeker>{_LIKE_SEEKERS}|(?P<asked>q|question))|(?P<recommender>{_LIKE_RECOMMENDERS}|answer|a)|(?P<other>system|(?P<found>{_MACHINES}))"
    r"|(?P<you>you)|(?P<me>me))"
)
#: A picture beside a name: a person, a robot, a balloon.
_PICTURE = "[\u2190-\u2bff\U0001f000-\U0001faff][\u200d\u20e3\ufe0f\u2190-\u2bff\U0001f000-\U0001faff]{0,6}"
_COUNTED = r"(?:turn|round|runde|tour|turno)[ \t]?#?\d{1,2}"
#: What else may stand before a name, and behind it before the colon.
_LEAD = (
    rf"(?:{_PICTURE}[ \t]*|\d\ufe0f?\u20e3[ \t]*|[-•+][ \t]+|>{{1,3}}[ \t]*|\$[ \t]+|`|[「『【〔]"
    rf"|#\d{{1,3}}[ \t]+"
    rf"|<(?:b|strong|p|li|em)>|\[?\d{{1,2}}:\d\d(?::\d\d)?\]?[ \t]*(?:[-–—][ \t]*)?"
    rf"|(?P<number>\d{{1,2}})[.)][ \t]+[*_]{{0,2}}"
    rf"|[(\[]?(?:{_COUNTED}|\d{{1,2}})[)\]][ \t]*[*_]{{0,2}}"
    rf"|{_COUNTED}[ \t]*[(:–—-][ \t]*|\{{\{{[ \t]*|[-=~]{{2,}}[ \t]*)"
)
_TAIL = (
    rf"(?:[」』】〕`]|</(?:b|strong|em)>|（[^（）\n]{{1,10}}）|[ \t](?-i:[A-C])|[ \t_]?#?\d{{1,2}}"
    rf"|[ \t]?{_PICTURE}|[ \t]?[(\[][^()\[\]\n]{{1,20}}[)\]]|[ \t]?\}}\}}|\))"
)


@functools.cache
def _more_forms() -> tuple[str, ...]:
    """Forms with more around the name; looked for only where a part of a name stands in a reply."""
    return (
        rf"(?P<led>(?:{_LEAD}{{1,2}}{_SURE}{_TAIL}?|{_SURE}{_TAIL})[*_]{{0,2}}[ \t]?[:：]"
        rf"[*_]{{0,2}}(?:</(?:b|strong|em|p)>)?[ \t]*)",
        rf"(?P<line>(?:[-=~#{{]{{1,4}}[ \t]*)?(?:(?:the|next)[ \t])?{_SURE}"
        rf"(?:(?:['’]s)?[ \t]{one_of('messages')})?(?:[ \t]?\d{{1,2}})?"
        r"[ \t]*[-=~*_#\])}:]{1,6}[ \t]*\n\s*)",
        r"(?P<pair>(?P<seeker>u|input|prompt|query)[*_]{0,2}[ \t]?:[*_]{0,2}[ \t]+"
        r"(?=[^\n]*\n\s*[*_]{0,2}(?:a|r|b|s|output|response|reply|completion)[*_]{0,2}[ \t]?:[ \t]?))",
    )


@functools.cache
def _forms() -> tuple[str, ...]:
    return (
        rf"(?P<arrow>{_SURE}[*_]{{0,2}}(?:>{{1,3}}|[ \t]?(?:=>|->|→|»))[ \t]*)",
        rf"(?P<dash>{_SURE}[*_]{{0,2}}(?:[ \t]+[-–—|]|[–—])[ \t]+)",
        rf"(?P<paren>(?<=[(\[])(?:the[ \t])?{_SURE}[)\]][*_]{{0,2}}[ \t]+)",
        rf"(?P<doing>{_SURE}(?:[ \t]?[(\[]|,[ \t])(?!rating)(?:\w{{2,12}}ing|\w{{2,12}}ly|thinks|says|asks"
        rf"|replies|responds|continues|reply|response|aside)(?:[ \t][^()\[\]\n]{{1,20}})?"
        rf"[)\]]?[*_]{{0,2}}[ \t]?[:：][*_]{{0,2}}[ \t]*)",
        rf"(?P<says>(?:the[ \t]|next[ \t]){{0,2}}{_SURE}(?:['’]s)?[ \t]{one_of('says')}[*_]{{0,2}}[ \t]*"
        rf"[:：,，][*_]{{0,2}}[ \t]*)",
        rf"(?P<the>(?:the|(?:the[ \t])?(?:simulated|mock|next|virtual|fictional|hypothetical|imaginary))"
        rf"[ \t]{_SURE}[*_]{{0,2}}[ \t]?[:：][*_]{{0,2}}[ \t]*)",
        rf"(?P<key>(?:[{{,][ \t]*+)?[\"'“]{_SURE}[\"'”][ \t]*[:：][ \t]*)",
        rf"(?P<role>\{{[ \t]*[\"']role[\"'][ \t]*:[ \t]*[\"'](?:{_SURE}|(?P<other>system|tool))[\"'])",
        rf"(?P<like>{_LIKE}[*_]{{0,2}}[ \t\u00a0\u202f]?[:：][*_]{{0,2}}[ \t]*)",
    )


#: What a pair of an input and an output has in it, which names nobody.
_PAIRED = LazyPattern(r"\n[ \t*_(\[]*(?:u|input|prompt|query)[*_]*[ \t]?:")
#: A sign that every form has near the beginning of a line, however it is written. To look for it first spares
#: most replies the forms, whose compiling takes longer than all else that is done with a reply.
_NEAR = LazyPattern(
    lambda: (
        r"^[^\n]{0,120}?(?:[:：>→»|–—，]|[ \t]-|"
        rf"\b{one_of('says')}[*_]{{0,2}}[ \t]*,)|^[ \t]*(?:>[ \t]?)?(?:[*_]{{0,3}}[(\[（【]|[-=~]{{2}}|[#{{])"
    ),
    re.I | re.M,
)
#: "Turn 2 (User)", with nothing else in the line.
_NUMBER_BESIDE = LazyPattern(r"\d[ \t]?[(\[][^\W\d]")
#: What a text ends with before another takes a turn.
_ENDED = (*".!?…)\"'”»*_。！？」》}", "|>")


@functools.cache
def _announced(of: tuple[str, ...]) -> re.Pattern[str]:
    counts: dict[str, int] = {}

    def once(found: re.Match[str]) -> str:
        counts[found[1]] = counts.get(found[1], 0) + 1
        return f"(?P<{found[1]}_{counts[found[1]]}>"

    forms = re.sub(r"\(\?P<(\w+)>", once, "|".join(of))
    return re.compile(rf"^[ \t]*+(?:>[ \t]?+)?[*_(\[]{{0,3}}+(?:{forms})(?=\S)(?P<value>[^\n]*)", re.I | re.M)


def announced(reply: str, seat: str) -> Iterator[tuple[int, int, str]]:
    """Where turns in these forms begin, where the words of each begin, and whose they are ("seeker",
    "recommender", or "other" of neither)."""
    if not _may_announce(reply):
        return
    lower = reply.lower()
    named = seat == "seeker" or _PAIRED.search(lower) is not None or any(stem in lower for stem in STEMS)
    ways: tuple[tuple[str, ...], ...] = (_forms(), _more_forms()) if named else (_forms(),)
    if named and MAY_BE_NUMBERED.search(reply) is not None:
        ways += (numbered_forms(_SURE),)
    for found in itertools.chain.from_iterable(_announced(way).finditer(reply) for way in ways):
        groups = {name.rsplit("_", 1)[0] for name, text in found.groupdict().items() if text is not None}
        before = reply[: found.start()].rstrip()
        if groups & _OF_TURNS and not before.endswith(_ENDED):
            # A form, a title or a sample of a dialogue may begin so.
            continue
        if before[-1:] in (":", "：") or ("led" in groups and _is_among_shown(before)):
            continue
        if "asked" in groups and _OF_QUESTIONS.search(before) is not None:
            continue
        if not _takes_a_turn(found["value"].strip(), groups):
            continue
        yield found.start(), found.start("value"), _whose(groups, seat)


def _is_among_shown(before: str) -> bool:
    """Whether a line further up in the paragraph leads to words of users: reviews, one below the other."""
    return _SHOWN_ABOVE.search(before.rpartition("\n\n")[2]) is not None


_SHOWN_ABOVE = LazyPattern(rf"[:：][ \t]*\n(?:[^\n]*\n)*?\W*(?:{SEEKERS})\b", re.IGNORECASE)
#: The forms that a text before them has to have come to an end for.
_OF_TURNS = frozenset(
    {"like", "dash", "paren", "doing", "says", "the", "led", "line", "pair", "acts", "counted"}
)


def _may_announce(reply: str) -> bool:
    """Whether a sign of a form stands in a reply. In the first line of a text a name before a turn is a mark
    alone, in all forms but those with an arrow or quotation marks: of one paragraph no more is looked at."""
    text = reply.strip()
    if "\n" not in text and not any(arrow in text for arrow in ">→»"):
        return text.lstrip(" \t*_([")[:1] in ("{", '"', "'", "“", ",")
    return _NEAR.search(reply) is not None or _NUMBER_BESIDE.search(reply) is not None


def _whose(groups: set[str], seat: str) -> str:
    if "me" in groups:
        return seat
    if "you" in groups:
        return "recommender" if seat == "seeker" else "seeker"
    return next(iter(groups & {"seeker", "recommender", "other"}))


def _takes_a_turn(value: str, groups: set[str]) -> bool:
    """Whether somebody speaks behind their name in this form."""
    if "role" in groups:
        return True
    words = value.strip("\"'“”„«»,}] ")
    if "acts" in groups and "more" not in groups:
        return not is_rating(words)
    if is_rating(words) or (_is_name(words) and not groups & {"found", "key"}):
        return False
    told = _is_speech(words) or (_SENTENCE.fullmatch(words) is not None and not words[0].islower())
    quoted = value[:1] in tuple("\"'“„«")
    if "key" in groups:
        return quoted and (told or _FOUND.search(words) is not None)
    if "arrow" in groups:
        return speaks(words) or not words[:1].islower()
    if groups & {"number", "line", "pair"}:
        # Others do something in a list of steps, too.
        return in_first_person(words) or words.endswith(("?", "？"))
    if groups & {"dash", "paren"}:
        return in_person(words) and not words[:1].islower()
    if "like" not in groups:
        # What a user says in quotation marks may be a review.
        return told and not ("the" in groups and quoted)
    if "other" in groups:
        return told or _OF_THE_USER.search(words) is not None or _FOUND.search(words) is not None
    if "asked" in groups:
        # Whoever recommends asks questions as well, and answers those that many ask.
        return words.endswith(("?", "？")) and requests(words)
    return (told and " " in words) if "recommender" in groups else _in_first_person(words)


def _is_name(words: str) -> bool:
    """Whether words are a title with its year, and no sentence that ends in one."""
    if not is_title(words) or words.endswith((".", "!")) or _ANSWER.match(words) is not None:
        return False
    return _SMALL_WORD.search(words.partition("(")[0]) is None


_ANSWER = LazyPattern(r"(?:yes|yeah|no|ok|okay|sure|thanks|great|ja|nein|oui|non|sí|sì)[,!.]", re.IGNORECASE)
_SMALL_WORD = LazyPattern(
    r"\s(?!(?:the|and|for|with|from|von|der|die|das|des|und|les|del|que|una?)\b)[a-zß-ÿ]{3,}"
)


def _is_speech(words: str) -> bool:
    return in_person(words) or speaks(words)


def _in_first_person(words: str) -> bool:
    """Whether the words are somebody's own, a question or an answer: "You: your taste" is about the other."""
    if in_person(words):
        return in_first_person(words) or words.endswith(("?", "？"))
    return speaks(words)


#: What questions with their answers stand below: a heading for them, or the first of them.
_OF_QUESTIONS = LazyPattern(
    r"\b(?:faqs?|q ?& ?a|trivia|quiz|questions|answers)\b|^\W*(?:q|question)\W*[:：]", re.I | re.M
)
_OF_THE_USER = LazyPattern(r"\bthe (?:user|seeker|customer|assistant|conversation)\b", re.IGNORECASE)
#: What a tool gives back: data, or titles with their years.
_FOUND = LazyPattern(r"\A[\[{]|\(\d{4}\)")
_SENTENCE = LazyPattern(r"(?:\S+[ \t]+){2,}\S*[.!?…][\"'”*_]*|[^\x00-\u2fff]{4,}.*")
