"""Scores said in sentences: which numbers of a text are given as a score, and what takes a score back.

An explanation names years, counts and titles, and none of them is a rival of the score beside it. A number
is one where it is said to be the score: behind a label or a verb of rating ("the score is 0", "I give 0"), at
the beginning of a sentence that ends or is explained there ("0, because"), with an article ("a 2"), or as the
outcome of a thought ("so zero"). A score that is taken back gives none, nor does a judge that says that it
cannot judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from usbrec.llm.number_words import A_SIGN, A_WORD, SIGNS, VALUES
from usbrec.llm.option_forms import folded
from usbrec.llm.score_labels import LABELS
from usbrec.patterns import LazyPattern

_NUMBER = LazyPattern(rf"(?P<digits>\d+(?:[.,]\d+)*)|(?P<word>{A_WORD})|(?P<sign>{A_SIGN})", re.IGNORECASE)
_SENTENCES = LazyPattern(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n")
#: A label just before a number.
_AFTER_LABEL = LazyPattern(
    rf"(?<![^\W\d_])(?:{'|'.join(sorted(map(re.escape, LABELS), key=len, reverse=True))})"
    r"[\W_]*(?:(?:is|was|of|are|to|a|an|at|be|as|it|would|should|must|then|now|only|actually|rather|really"
    r"|therefore|thus|becomes?|remains?|stays?|ist|wäre|es|est|serait|sería|è|é|seria|som|är|er|это|равна)"
    r"[\W_]+){0,4}\Z",
    re.IGNORECASE,
)
#: The same in scripts without blanks between words, and a verb of giving.
_AFTER_SIGNS = LazyPattern(
    r"(?:[评評][分价價]|得分|分[数數]|打分|答案|スコア|点数|得点|점수|평점|평가|给|給|打)"
    r"(?:[应應该該当當为為是改只出它他她个個]|は|を|が|은|는|이|가|을|를|\W){0,6}\Z"
)
#: Words of rating, before a number in its sentence.
_RATING = LazyPattern(
    r"\b(?:scor(?:e[sd]?|ing)|rat(?:e[sd]?|ings?)|grad(?:e[sd]?|ing)|votes?|voted|verdict|mark(?:s|ed)?|points?"
    r"|g(?:ive[ns]?|ave|iving)|assign\w*|award\w*|judge?ments?|evaluat\w+|assess\w*|settle|go(?:ing)? with"
    r"|i(?:['’]d| would) say|deserv\w+|merits?|earn(?:s|ed)|downgrad\w+|upgrad\w+|lower(?:ed|ing)?|raised?"
    r"|bewert\w*|punkt\w*|note|gebe|gibt|vergeb\w*|wertung|urteil|notes?|noter\w*|donn\w+|mets|attribu\w+"
    r"|évalu\w+|puntu\w+|punt(?:o|aje)s?|calific\w+|doy|otorg\w+|nota|pontu\w+|dou|avali\w+|punteggio|voto"
    r"|valut\w+|assegn\w+|cijfer|beoorde\w+|geef|punten|betyg|оцен\w+|балл\w*|ставлю|поставл\w+|даю|daję"
    r"|ocen\w+)\b",
    re.IGNORECASE,
)
#: What a thought ends with, before its number.
_SO = LazyPattern(
    r"\b(?:so|therefore|thus|hence|then|rather|instead|actually|make (?:it|that)|more like|closer to|nope?"
    r"|wait|sorry|also|daher|deshalb|donc|alors|así que|luego|portanto|quindi|perciò|dus"
    r"|итак|поэтому|значит"
    r"|(?:should|must|would|it|that|this) (?:be|is|was)|(?:it|that)['’]s)"
    r"[\s,:–—]*(?:(?:it|that)(?:['’]s| is)|this is|i(?:['’]d)? say|the|only|just|really|be)?\W*\Z"
    r"|(?:所以|因此|应[该为]|应该是|改为|よって|したがって|따라서)\W*\Z",
    re.IGNORECASE,
)
#: A word or a few and a comma, such as "Hmm,", before a number that ends the sentence.
_AFTER_COMMA = LazyPattern(r"\A\W*(?:[^\W\d]+\W+){0,3}[^\W\d]+,\s*\Z")
_ARTICLE = LazyPattern(r"\b(?:an?|eine?[nmrs]?|une?|una|um|uma|een|et|ett)\s+\W*\Z", re.IGNORECASE)
#: The beginning of a sentence, also behind a label of something else.
_BEGINS = LazyPattern(r"(?:\A|[^\W\d]\W*[:：])[^\w:：]*\Z")
#: What shows that a number stands for itself: the end, a stop, a reason, or the unit of scores.
_FOR_ITSELF = LazyPattern(
    r"[*_`\"'“”‘’)\]}\s]*(?:\Z|[.,;:!?。，；：！？…](?!\d)|[–—/-](?!\w))"
    r"|\s*(?:[分점](?!钟|鐘|の)|点(?!钟|鐘))"
    r"|\s+[–—-]\s"
    r"|\s+(?:because|since|as|for|given|due|is|at|here|overall|points?|instead|now|weil|denn|da|parce|car|porque"
    r"|pues|perché|omdat|want|потому|так|punkte?|points?|puntos?|pontos?|punti|punten|балл\w*)\b",
    re.IGNORECASE,
)
_UNIT = LazyPattern(r"\s*(?:分(?!钟|鐘|の|之)|점)")
#: What numbers a thing: "turn 1", "film 2".
_NUMBERS_A_THING = LazyPattern(
    r"\b(?:turns?|rounds?|messages?|parts?|steps?|seasons?|episodes?|volumes?|chapters?|lines?|films?|movies?"
    r"|items?|titles?|books?|songs?|options?|questions?|utterances?|responses?)\W*\Z",
    re.IGNORECASE,
)
_OF_A_TITLE = LazyPattern(r"[\w.,!?]\s+[\"“*_]*[A-Z][^\W\d_]+ \Z")
#: A counted thing behind a number; short words ("of", "for"), and `_NO_THING`, are none.
_COUNTED_THING = LazyPattern(
    r"-[^\W\d_]{2}"
    r"|(?:\s+of\s+\d+)?\s+(?P<word>[^\W\d_]{4,})"
    r"|\s+of\s+(?:the|these|those|them|its|his|her|their|our)\b"
)
_COUNTED_SIGN = LazyPattern(r"\s*[部本个個首款件次轮輪回編편개번권]")
_NO_THING = frozenset(
    {
        *("because", "since", "though", "although", "with", "from", "that", "this"),
        *("which", "while", "when", "overall", "here", "would", "could", "should"),
        *("points", "point", "stars", "star", "maximum", "only", "given", "they"),
        *("there", "where", "before", "after", "instead", "rather", "then", "seems"),
        *("means", "weil", "denn", "punkte", "punkten", "punkt", "sterne", "parce", "puisque"),
        *("porque", "perché", "poiché", "omdat", "want", "punten", "puntos", "pontos"),
        *("punti", "потому", "поскольку", "балла", "баллов", "relevance", "quality", "satisfaction"),
        *("interest", "rating", "score", "scale", "grade", "marks", "total"),
    }
)
#: A year, an id and their kin are above; a score of any scale is not.
LARGEST_SCORE = 100
_NEAR, _NEARER = 80, 24
_TAKEN_BACK = LazyPattern(
    r"\b(?:on second thoughts?|scratch that|strike that|my mistake|correction\b|changed? my mind"
    r"|take (?:that|it|this) back|disregard (?:that|this|the above)"
    r"|i (?:made|was) (?:a |an )?(?:mistaken?|error|wrong)"
    r"|(?:let me|i(?:['’]ll| will| must| should| need to| have to)) "
    r"(?:reconsider|re-?evaluate|rethink|re-?assess|re-?rate|revise|correct)"
    r"|zweiten gedanken|korrektur|ich korrigiere|je (?:me )?corrige|je rectifie|me corrijo"
    r"|mi correggo|поправка)\b"
    r"|^[^\w\n]*(?:(?:oh|hmm+|no|but|aber)\W+)*"
    r"(?:wait|hold on|moment|warte|attende[zr]|espera|aspetta|подожди\w*)\b"
    r"(?=\s*[,.:!?…–—-]|\s*$)"
    r"|更正|等等，|等一下|不对|不對|訂正|待って|정정",
    re.IGNORECASE | re.MULTILINE,
)
_UNABLE = (
    r"(?:can ?not|can['’]t|could not|couldn['’]t|won['’]t|will not|must decline to|decline to|refuse to"
    r"|(?:am |are )?(?:unable|not able|not in a position) to)"
)
_SUBJECT = (
    r"(?:judge?ment|conversation|dialog(?:ue)?|reply|response|recommend(?:ation|er)|exchange|request|case)"
)
#: What a judge says that cannot judge at all; not, that it cannot give more.
_CANNOT = LazyPattern(
    rf"(?:(?:\b(?:i|we)\b|['’]m\b|^[^\w\n]*|[.!?]\s+)[^.!?\n]{{0,25}}?{_UNABLE}"
    r"|\b(?:impossible|not possible) to)\s+"
    r"(?:\w+ly\s+)?(?:"
    r"(?:judge|evaluate|assess|rate|score|grade|determine)"
    rf"(?:\s+(?:this|the|that|your|any)(?:\s+\w+)?\s+{_SUBJECT}"
    r"(?!\s+(?:as|any|higher|more|above|better|well|favou?rably|positively)\b)"
    r"|(?:\s+(?:this|that|it))?(?=\W*[.,;!?]|\W*\Z|\s+(?:because|since|without)\b))"
    r"|(?:provide|give|offer|assign|produce|make)\s+(?:you\s+)?(?:(?:an?|any|the|this|my)\s+)?"
    r"(?!higher|better|full|top|perfect|good|positive|more|lower)(?:\w+\s+)?"
    r"(?:scores?|ratings?|evaluations?|assessments?|judge?ments?|grades?|verdict)\b"
    r"|(?:assist|help|comply)(?:\s+you)?(?=\s+with\s+(?:this|that|the)\b|\W*[.!?]|\W*\Z))"
    r"|\b(?:no|empty|missing) (?:conversation|dialog(?:ue)?|transcript)\b[^.!?\n]{0,20}"
    r"\b(?:to (?:judge|evaluate|rate|score|assess)|provided|given|found|supplied|available)\b"
    r"|\b(?:conversation|dialog(?:ue)?|transcript) (?:is|was|seems) (?:empty|missing|cut off|not there)\b"
    r"|\bich kann\b[^.!?\n]{0,60}\bnicht (?:bewerten|beurteilen|einschätzen)"
    r"|\b(?:je ne peux pas|no puedo|non posso|não posso)\s+(?:l['’])?"
    r"(?:évaluer|juger|noter|evaluar|juzgar|puntuar|valutare|giudicare|avaliar|julgar)"
    r"|не могу (?:оценить|судить)|无法(?:评估|评价|评分|判断)|無法評|評価できません|평가할 수 없",
    re.IGNORECASE | re.MULTILINE,
)


def scores_said(text: str, options: Sequence[str]) -> Iterator[str]:
    """The numbers that a text gives as a score in its sentences; those of words as digits."""
    for sentence in _SENTENCES.split(_without_scale(folded(text), options)):
        for found in _NUMBER.finditer(sentence):
            digits = found["digits"]
            number = digits or str(SIGNS.get(found[0]) or VALUES.get(found[0].casefold(), 0))
            start, end = found.span()
            before, behind = sentence[max(0, start - _NEAR) : start], sentence[end : end + _NEAR]
            # A sign of Chinese is part of many a word.
            if found["sign"] and not (_AFTER_SIGNS.search(before) and _FOR_ITSELF.match(behind)):
                continue
            if _is_said(before, behind, in_digits=digits is not None, is_option=number in options):
                yield number


def _is_said(before: str, behind: str, *, in_digits: bool, is_option: bool) -> bool:
    labelled = _AFTER_LABEL.search(before) or _AFTER_SIGNS.search(before)
    itself = _FOR_ITSELF.match(behind) is not None
    if labelled and (itself or (in_digits and is_option)):
        return True
    if is_of_a_thing(before, behind) or not (in_digits or itself):
        return False
    if not is_option:
        # A score of another scale.
        return itself and _RATING.search(before[-_NEARER:]) is not None
    if in_digits and _UNIT.match(behind):
        return True
    if itself and (_BEGINS.search(before) or _AFTER_COMMA.search(before)):
        return True
    return any(rule.search(before) for rule in (_RATING, _ARTICLE, _SO))


def is_of_a_thing(before: str, behind: str) -> bool:
    """Whether the number between is how many of something there are, or a part of a name."""
    if any(sign.isascii() and sign.isalpha() for sign in (before[-1:], behind[:1])):
        return True
    if _NUMBERS_A_THING.search(before) or _OF_A_TITLE.search(before) or _COUNTED_SIGN.match(behind):
        return True
    thing = _COUNTED_THING.match(behind)
    return thing is not None and (thing["word"] or "").casefold() not in _NO_THING


def takes_back(text: str) -> bool:
    """Whether a text takes back what was said before it: "wait", "on second thought"."""
    return _TAKEN_BACK.search(text.replace("’", "'")) is not None


def refuses(text: str) -> bool:
    """Whether a text says that its writer cannot judge at all."""
    return _CANNOT.search(text) is not None


def _without_scale(text: str, options: Sequence[str]) -> str:
    """The text without the scale of the options: "0-2", the end of "0/2" and of "0 out of 2"."""
    low, high = min(options, key=int), max(options, key=int)
    words = [word for word, value in VALUES.items() if value == int(high)]
    end = rf"(?:{'|'.join([high, *words])})"
    text = re.sub(rf"\b{low}\s*(?:-|–|—|~|to|bis|à|a)\s*{high}\b", "", text)
    ending = rf"(?:\s*/\s*|\s+(?:out\s+of|of|von|sur|de|su|van|из)\s+){end}\b(?!\s*[^\W\d_])"
    return re.sub(ending, " /", text, flags=re.IGNORECASE)
