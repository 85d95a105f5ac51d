"""Labels of scores: what stands before a number that an answer gives, and says that it is the answer.

"Score: 1" is one, "Maximum: 2" and "Films: 2" are none. A number behind a word that is no label here is not
read: a vote that is not read is counted, and one that is misread is not.
"""

from __future__ import annotations

import re
import unicodedata

LABELS = frozenset(
    {
        *("score", "rating", "grade", "answer", "vote", "verdict", "result", "evaluation", "judgement"),
        *("judgment", "assessment", "points", "point", "mark", "response", "output", "satisfaction", "value"),
        *("relevance", "quality", "overall", "final", "decision", "choice", "digit", "ieval", "reply"),
        *("helpfulness", "usefulness", "interest", "persuasiveness", "fit"),
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
#: Words beside a label that say what the scale is, and not the score.
_OF_THE_SCALE = frozenset(
    {"max", "maximum", "maximal", "min", "minimum", "minimal", "range", "scale", "possible", "highest"}
    | {"lowest", "total", "of", "out", "threshold", "limit", "average", "previous", "expected"}
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_label(word: str) -> bool:
    """Whether a word alone is the label of a score."""
    return _plain(word) in LABELS


def is_field(name: str) -> bool:
    """Whether a field's name says that it holds a score: "score", "final_score", "satisfactionRating"."""
    words = [_plain(word) for word in re.split(r"[\W_]+", _CAMEL.sub("_", name)) if word]
    return bool(words) and words[-1] in LABELS and not _OF_THE_SCALE.intersection(words)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()
