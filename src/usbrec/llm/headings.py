"""Headings of reasoning: the words above thoughts and above the reply, in the languages that models think in.

Both have to be there, in this order, and the answer begins with the first: with a colon, in the brackets of
East Asian headings, or on lines of their own, bold or with #. A block of quoted lines under such a heading
holds thoughts, too, as front ends show them that have no other place.
"""

from __future__ import annotations

import re

#: What stands above thoughts in words.
HEADINGS = (
    *("thinking", "thought", "thoughts", "thought process", "reasoning", "analysis"),
    *("思考", "思考过程", "思考過程", "思考プロセス", "思维过程", "推理", "推理过程", "推理過程", "分析"),
    *("内心独白", "考え", "推論", "생각", "생각 과정", "사고 과정", "추론"),
    *("gedanken", "gedankengang", "denkprozess", "überlegung", "überlegungen", "analyse"),
    *("gedachten", "denkproces", "overweging", "overwegingen", "redenering"),
    *("réflexion", "réflexions", "raisonnement", "pensée", "pensées"),
    *("pensamiento", "pensamientos", "razonamiento", "reflexión", "análisis"),
    *("pensamento", "pensamentos", "raciocínio", "reflexão", "análise"),
    *("pensiero", "pensieri", "ragionamento", "riflessione", "analisi"),
    *("мысли", "размышление", "размышления", "рассуждение", "рассуждения", "анализ", "ход мыслей"),
)
#: And above the reply.
REPLIES = (
    r"(?:final )?(?:answer|response|reply)",
    r"(?:最终|最後の?|最終)?(?:回答|答案|回复|回覆|答复|答え|返答|返信)",
    r"(?:최종 )?(?:답변|대답|응답|답)",
    r"(?:endgültige |finale )?antwort",
    r"(?:definitief |definitieve )?antwoord",
    r"réponse(?: finale)?",
    r"(?:respuesta|resposta)(?: final)?",
    r"risposta(?: finale)?",
    r"(?:окончательный |итоговый )?ответ",
)
WORDS = rf"(?:{'|'.join(sorted(map(re.escape, HEADINGS), key=len, reverse=True))})"
_REPLY = rf"(?:{'|'.join(REPLIES)})"
#: A colon with what makes it bold; the wide one needs no blank behind it.
COLON = r"[*_]*[ \u00a0\u202f]?(?::[*_]*(?:\s|\Z)|：[*_]*)"
LINE_HEADING = rf"\s*(?:#{{1,6}}[ \t]*[*_]{{0,2}}|[*_]{{2}}){WORDS}[*_]{{0,2}}"
BRACKETED = rf"\s*+[*_#]*[ \t]*[【［\[]{WORDS}[】］\]]"
_REPLY_LINE = rf"\n[ \t]*(?:#{{1,6}}[ \t]*)?[*_]{{0,2}}{_REPLY}[:：]?[*_]{{0,2}}[:：]?[ \t]*\n"
#: A heading of thoughts at the beginning, with what follows it up to the reply's own.
WITH_COLON = re.compile(
    rf"[\s*#_]*{WORDS}{COLON}(?P<thought>.*?)\n[ \t*#_]*{_REPLY}{COLON}(?P<said>.*)", re.I | re.S
)
ON_LINES = re.compile(rf"{LINE_HEADING}[ \t]*\n(?P<thought>.*?){_REPLY_LINE}(?P<said>.*)", re.I | re.S)
IN_BRACKETS = re.compile(
    rf"{BRACKETED}(?P<thought>.*?)[【［\[]{_REPLY}[】］\]][:：]?(?P<said>.*)", re.I | re.S
)
#: What the reply's heading ends with, for streams.
ENDS = rf"{_REPLY}(?:{COLON}|[:：]?[*_]*[:：]?[*_]*\s|[】］\]])"
#: Quoted lines under a heading, or with it on the first of them.
_QUOTED_HEADING = rf"[*_#]*[ \t]*{WORDS}(?:\.{{3}}|…|[:：])?[*_]*[:：]?[ \t]*\n"
QUOTED = re.compile(
    rf"\s*+(?:{_QUOTED_HEADING}\s*+|>[ \t]*{_QUOTED_HEADING})(?P<thought>(?:>[^\n]*(?:\n|\Z))+)(?P<said>.*)",
    re.I | re.S,
)
