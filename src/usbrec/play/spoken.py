"""Whether a text is said to the other, or thought: what may stand above a final answer.

Models find an answer in writing, and call it final behind that. But "You could take Heat (1995) or
Ran (1985). Final answer: the first one" is said from its first word on, and the titles are recommended.
"""

from __future__ import annotations

import re

from usbrec.llm.headings import of_the_user, weighs
from usbrec.patterns import LazyPattern

#: Whoever is told something. "Je" and "te" are left out: they are "I" in French, and "to" in Dutch.
_ADDRESSED = LazyPattern(
    r"(?i:\b(?:you|your|yours|du|dich|dir|dein\w{0,2}|jij|jou|jouw|toi|vous|votre|vos|ustedes|usted|você|vocês"
    r"|ты|тебя|тебе|вы|вас|вам|ваш\w*|pan[iu]?)\b)"
    r"|(?<=[^.!?\s] )(?:Sie|Ihnen|Ihr\w{0,2})\b|[你您]|あなた|당신"
    r"|(?i:\bte (?:gust|recom|suger|propon|propos|conseil|aconsej)\w+)"
)
#: Whoever recommends, in words, or begins a sentence with what the other is to do.
_RECOMMENDS = LazyPattern(
    r"\bi(?:['’]d| would|['’]ll) "
    r"(?:say|suggest|recommend|go with|go for|pick|choose|watch|read|take|start with)\b"
    r"|\bi (?:recommend|suggest)\b|\bmy (?:pick|recommendation|suggestion|advice)s? (?:is|are|would be|:)"
    r"|(?:\A|[.!?]\s+|\n[ \t*•-]*)(?:try|watch|check out|go with|go for|how about|what about)\s"
    r"|\b(?:empfehle|empfehlen würde|schlage \w+ vor)\b|\brecommande\b"
    r"|\bje (?:te |vous )?(?:conseille|suggère|propose)"
    r"|\b(?:recomiendo|recomendaría|sugiero|aconsejo|recomendo|recomendaria)\b"
    r"|\b(?:sugiro|consiglio|consiglierei|suggerisco)\b"
    r"|\b(?:raad .{1,60} aan|beveel .{1,60} aan|aanraden)\b"
    r"|\b(?:рекомендую|советую|порекомендовал\w?|раджу)\b"
    r"|\b(?:polecam|polecił[ab]ym|doporučuji|doporučuju|odporúčam|preporučujem|препоръчвам)\b"
    r"|\b(?:rekommenderar|anbefaler|suosittelen|ajánlom|ajánlanám|recomand|προτείνω|συνιστώ)\b"
    r"|\b(?:öneririm|tavsiye ederim|rekomendasikan|sarankan)\b|gợi ý|đề xuất|khuyên|แนะนำ"
    r"|أوصي|أنصح|أقترح|پیشنهاد می|توصیه می|ממליצ|推荐|推薦|おすすめ|お勧め|オススメ|추천",
    re.IGNORECASE,
)
#: How nobody speaks to another.
_THINKS = LazyPattern(
    r"\bhmm+\b|\blet(?: me|['’]s) think\b|\bstep \d|^[ \t*_#>]*(?:thought|observation|action|reasoning)[*_]*:"
    r"|\btoo obvious\b|我(?:应该|需要|可以|要|得)|應該|应该",
    re.IGNORECASE | re.MULTILINE,
)
_SMALL = "a|an|the|of|and|or|in|on|at|to|for|from|by|with|de|la|le|les|du|des|der|die|das"
_SMALL += "|und|et|y|e|el|los|van|von"
_WORD = rf"(?:[^\W_a-zß-ÿ][^\s,.:;?!()]*[.,:]?|(?:{_SMALL})|&)"
_TITLE = rf"[*_\"“«]*{_WORD}(?: {_WORD})*[*_\"”»]* \(\d{{4}}\)[*_]*"
#: Lines of titles with their years, and nothing that is said of them but a name for them all.
_YEAR = LazyPattern(r"\(\d{4}\)")
_AND = r"(?:, (?:and |or )?| and | or | und | oder | et | ou | y | o | e )"
_TITLES = LazyPattern(
    rf"\s*(?:[ \t]*(?:[*•-]+[ \t]+|\d+[.)][ \t]+)?(?:[\w' ]{{1,40}}: )?"
    rf"{_TITLE}(?:{_AND}{_TITLE})*[.!]?\s*(?:\n|\Z))+\s*"
)


def is_spoken(text: str) -> bool:
    """Whether a text speaks to the other, recommends, or tells of titles without weighing them, and is no
    thought about the other."""
    if of_the_user(text):
        return False
    if _THINKS.search(text) is not None:
        return False
    return any(
        one is not None
        for one in (_ADDRESSED.search(text), _RECOMMENDS.search(text), _TITLES.fullmatch(text))
    ) or (_YEAR.search(text) is not None and not weighs(text))
