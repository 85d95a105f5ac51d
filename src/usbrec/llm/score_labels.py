"""Labels of scores: what stands before a number that an answer gives, and says that it is the answer.

"Score: 1" and "Final score: 1" are, "Maximum: 2", "Films: 2" and "Target score: 2" are none. A number behind
a word that is no label here is not read: a vote that is not read is counted, and one that is misread is not.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal

from usbrec.patterns import LazyPattern

LABELS = frozenset(
    {
        *("score", "rating", "grade", "answer", "vote", "verdict", "result", "evaluation", "judgement"),
        *("judgment", "assessment", "points", "point", "mark", "response", "output", "satisfaction", "value"),
        *("relevance", "quality", "overall", "final", "decision", "choice", "digit", "ieval", "reply"),
        *("helpfulness", "usefulness", "interest", "persuasiveness", "fit"),
        *("gesamtbewertung", "gesamturteil"),
        *("bewertung", "punktzahl", "punkte", "note", "antwort", "wertung", "urteil", "ergebnis"),
        *("zufriedenheit", "évaluation", "réponse", "résultat", "satisfacción", "puntuación", "puntaje"),
        *("calificación", "nota", "respuesta", "evaluación", "resultado", "pontuação", "avaliação"),
        *("resposta", "punteggio", "voto", "valutazione", "risposta", "risultato", "beoordeling", "cijfer"),
        *("antwoord", "waardering", "betyg", "poäng", "svar", "karakter", "poeng", "ocena", "wynik"),
        *("odpowiedź", "hodnocení", "skóre", "odpověď", "hodnotenie", "odpoveď", "pontszám", "értékelés"),
        *("válasz", "scor", "notă", "punctaj", "răspuns", "pisteet", "arvosana", "vastaus"),
        *("оценка", "балл", "баллы", "ответ", "рейтинг", "оцінка", "бал", "відповідь", "оцена", "отговор"),
        *("βαθμολογία", "απάντηση", "puan", "skor", "cevap", "yanıt", "değerlendirme", "điểm", "nilai"),
        *("jawaban", "التقييم", "الدرجة", "النتيجة", "الإجابة", "امتیاز", "پاسخ", "ציון", "תשובה", "अंक"),
        *("स्कोर", "उत्तर", "คะแนน", "评分", "得分", "分数", "打分", "评价", "答案", "回答", "評分", "分數"),
        *("評価", "スコア", "点数", "得点", "점수", "평점", "평가", "답변", "답"),
    }
)
#: Words beside a label that say whose score it is, or that it is the last word.
_BESIDE = frozenset(
    {
        *(
            "final",
            "overall",
            "general",
            "my",
            "your",
            "user",
            "seeker",
            "judge",
            "model",
            "assigned",
            "given",
        ),
        *(
            "mein",
            "meine",
            "meinen",
            "finale",
            "finaler",
            "finales",
            "endgültige",
            "endgültiges",
            "ma",
            "mon",
        ),
        *("finala", "mi", "minha", "meu", "mia", "mio", "globale", "global", "mijn", "mitt"),
        *("итоговая", "итоговый", "финальная", "окончательная", "окончательный", "моя", "мой", "общая"),
    }
)
#: Aspects and things that a score may be of.
_ASPECTS = frozenset(
    {
        *("relevance", "quality", "satisfaction", "helpfulness", "usefulness", "interest", "persuasiveness"),
        *("fit", "task", "completion", "recommendation", "conversation", "dialogue", "dialog", "explanation"),
        *("efficiency", "understanding", "interestingness", "ieval", "reply", "response", "answer"),
        *("evaluation", "judgement", "judgment", "assessment", "verdict", "score", "rating"),
    }
)
#: Labels that also count other things: only whose they are may stand beside them.
_COUNTS = frozenset({"point", "points", "value", "mark", "digit", "choice", "note"})
#: Signs before a label in scripts without blanks: final, overall, my.
_JOINED = ("最终", "最終", "总体", "總體", "综合", "我的", "최종", "종합")
#: Words beside a label that say what the scale is, and not the score.
_OF_THE_SCALE = frozenset(
    {
        "max",
        "maximum",
        "maximal",
        "min",
        "minimum",
        "minimal",
        "range",
        "scale",
        "possible",
        "highest",
        "skala",
    }
    | {"lowest", "of", "out", "threshold", "limit", "previous", "expected", "target", "perfect", "ideal"}
    | {
        "best",
        "worst",
        "rubric",
        "échelle",
        "escala",
        "scala",
        "schaal",
        "шкала",
        "maximale",
        "máximo",
        "máxima",
    }
)
#: Those of them that name its upper end or the whole of it, its lower end, and what a score is held against.
_UPPER = frozenset(
    {"max", "maximum", "maximal", "maximale", "máximo", "máxima", "highest", "best", "possible", "perfect"}
    | {"range", "scale", "skala", "rubric", "échelle", "escala", "scala", "schaal", "шкала", "out", "of"}
)
_LOWER = frozenset({"min", "minimum", "minimal", "lowest", "worst"})
#: What stands beside a name of the scale, and names no other thing.
_BESIDE_SCALE = frozenset(
    {"on", "a", "an", "the", "from", "to", "is", "with", "and", "between", "stars", "star", "used", "points"}
)
#: Names of numbers that are no scores, beside those that say what the scale is.
_COUNTED = frozenset(
    {"confidence", "certainty", "count", "number", "num", "year", "id", "index", "turn", "turns", "round"}
    | {"rounds", "films", "movies", "titles", "items", "books", "songs", "messages", "length", "weight"}
    | {"probability", "rank", "tokens", "step", "steps", "recommendations", "questions", "points", "version"}
)
#: Labels under which an object may hold words beside its score.
_IN_WORDS = frozenset(
    {"answer", "verdict", "result", "evaluation", "judgement", "judgment", "assessment", "response", "output"}
    | {
        "reply",
        "note",
        "overall",
        "final",
        "decision",
        "choice",
        "urteil",
        "ergebnis",
        "antwort",
        "respuesta",
    }
    | {"réponse", "risposta", "resposta", "ответ", "评价", "評価", "평가", "回答", "答案"}
)
#: Objects under such a name hold no answer.
_ASIDE = frozenset(
    {
        *("example", "examples", "sample", "samples", "demo", "previous", "prior", "earlier"),
        *("former", "template", "format", "schema", "reference", "baseline", "expected", "target"),
        *("ideal", "input", "request", "rubric", "last", "old", "initial", "draft", "definition", "criteria"),
    }
)
#: Fields that say that there is no answer, and what they say where there is one.
_FAILURES = frozenset(("error", "errors", "exception", "refusal", "refused", "failure"))
_BESIDE_FAILURE = frozenset(("message", "msg", "code", "type", "reason", "detail", "details", "description"))
_SUCCESSES = frozenset(("success", "successful", "succeeded", "ok", "valid", "applicable", "readable"))
_STAND_INS = frozenset(("placeholder", "default", "fallback", "dummy", "mock"))
_STATES = frozenset(("status", "state", "outcome"))
_FAILED = frozenset(("error", "failed", "failure", "refused", "invalid", "incomplete", "cancelled"))
_NOTHING = frozenset(("", "0", "no", "none", "null", "false", "n/a", "-", "no error", "ok"))
_CAMEL = LazyPattern(r"(?<=[a-z])(?=[A-Z])")


def is_label(text: str) -> bool:
    """Whether a text, of one word or a few, is the label of a score: "score", "final answer", "my rating"."""
    words = _words(text)
    if not 0 < len(words) <= _MOST_WORDS:
        return False
    if len(words) > 1 and words[0] in LABELS and set(words[1:]) <= _BESIDE:
        # "Note finale", "puntuación final".
        return True
    *beside, last = words
    last = next((last.removeprefix(sign) for sign in _JOINED if last.startswith(sign)), last)
    may_be = _BESIDE if last in _COUNTS else _BESIDE | _ASPECTS
    return last in LABELS and set(beside) <= may_be


def names_aspect(text: str) -> bool:
    """Whether a text is made of words of scoring alone, such as an aspect that has a score of its own."""
    words = _words(text)
    return 0 < len(words) <= _MOST_WORDS and set(words) <= LABELS | _ASPECTS | _BESIDE


def is_field(name: str) -> bool:
    """Whether a field's name says that it holds a score: "score", "final_score", "satisfactionRating"."""
    return is_label(_CAMEL.sub(" ", name))


def holds_words(name: str) -> bool:
    """Whether a label may have words behind it where the score stands elsewhere ("verdict", "answer")."""
    words = _words(_CAMEL.sub(" ", name))
    return bool(words) and words[-1] in _IN_WORDS


def is_no_score(name: str) -> bool:
    """Whether a name says that its number is none: one of the scale ("maximum", "target_score"), or another
    count ("films", "confidence")."""
    words = _words(_CAMEL.sub(" ", name))
    return not _OF_THE_SCALE.isdisjoint(words) or (
        bool(words) and words[-1] in _COUNTED and not is_label(" ".join(words))
    )


def is_aside(name: str) -> bool:
    """Whether what a field of this name holds is no answer: an example, an earlier score, what was asked."""
    return not _ASIDE.isdisjoint(_words(_CAMEL.sub(" ", name)))


def is_failure(name: str, value: Any) -> bool:
    """Whether a field says that there is no answer: an error that is not empty, a status of failure."""
    first, *more = _words(_CAMEL.sub(" ", name)) or [""]
    if first in _SUCCESSES and not more:
        return value is False or (isinstance(value, str) and value.strip().casefold() in ("false", "no"))
    if first.removeprefix("is") in _STAND_INS or (first == "is" and len(more) == 1 and more[0] in _STAND_INS):
        return value is True
    if first in _STATES and not more:
        return isinstance(value, str) and value.strip().casefold() in _FAILED
    if first not in _FAILURES or not _BESIDE_FAILURE.issuperset(more):
        return False
    nothing = isinstance(value, str) and value.strip().casefold() in _NOTHING
    return bool(value) and not nothing


def scale_words(name: str) -> Literal["high", "low", "aim"] | None:
    """What of the scale a name names: its upper end or the whole of it ("maximum", "out of"), its lower end,
    or a score to hold this one against ("target score"). None where it names another thing, such as the
    longest list ("max items")."""
    words = {word.strip("()[]") for word in _words(_CAMEL.sub(" ", name)) if not word[0].isdecimal()} - {""}
    named = words & _OF_THE_SCALE
    if not named or not words - named <= LABELS | _ASPECTS | _BESIDE | _BESIDE_SCALE:
        return None
    if named == {"of"} and len(words) > 1:
        # "Quality of the reply".
        return None
    if named & _LOWER and not named & {"range", "scale"}:
        return "low"
    if named & _UPPER:
        return "high"
    return "aim" if words & LABELS else None


_MOST_WORDS = 3


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", text).casefold()
    # A vowel sign of अंक is no letter and no boundary.
    return [word for word in re.split(r"[\s_\-./]+", plain) if word]
