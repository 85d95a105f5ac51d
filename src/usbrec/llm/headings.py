"""Headings of reasoning: the words above thoughts and above the reply, in the languages that models think in.

What stands under "Analysis" or "Plan" may be a part of the reply as well, and so may what stands above a
"Recommendation" or a "Message": it is thought where it speaks of the user, or where two people talk and it
speaks to none of them. How headings are written stands in llm/sections.py.
"""

from __future__ import annotations

import functools
import re

from usbrec.patterns import LazyPattern

#: What stands above thoughts in words, a line a language or a few close ones.
HEADINGS = (
    *("thinking", "thought", "thoughts", "thought process", "thinking process", "reasoning", "analysis"),
    *("reasoning process", "chain of thought", "inner monologue", "internal monologue"),
    *("thinking out loud", "thinking aloud", "reasoning steps", "мышление", "процесс мышления"),
    *("思考", "思考过程", "思考過程", "思考プロセス", "思维过程", "推理", "推理过程", "推理過程", "分析"),
    *("内心独白", "考え", "推論", "생각", "생각 과정", "사고 과정", "추론"),
    *("gedanken", "gedankengang", "denkprozess", "überlegung", "überlegungen", "analyse"),
    *("gedachten", "denkproces", "overweging", "overwegingen", "redenering", "gedachtegang"),
    *("réflexion", "réflexions", "raisonnement", "pensée", "pensées"),
    *("pensamiento", "pensamientos", "razonamiento", "reflexión", "análisis", "pensaments", "raonament"),
    *("pensamento", "pensamentos", "raciocínio", "reflexão", "análise", "razoamento"),
    *("pensiero", "pensieri", "ragionamento", "riflessione", "riflessioni", "analisi"),
    *("мысли", "размышление", "размышления", "рассуждение", "рассуждения", "анализ", "ход мыслей"),
    *("думки", "роздуми", "міркування", "хід думок", "размисли", "разсъждение", "разсъждения"),
    *("размишљање", "расуђивање", "misli", "razmišljanje", "rasuđivanje", "razmislek"),
    *("myśli", "przemyślenia", "rozumowanie", "rozważania", "tok myślenia"),
    *("myšlenky", "úvaha", "úvahy", "uvažování", "přemýšlení", "myšlienky", "uvažovanie"),
    *("tankar", "tankegång", "resonemang", "tanker", "tankegang", "ræsonnement", "overvejelser"),
    *("resonnement", "overveielser", "hugsanir", "ajatukset", "ajattelu", "päättely", "pohdinta"),
    *("mõtted", "mõttekäik", "domas", "spriedums", "mintys", "mąstymas"),
    *("gondolatok", "gondolatmenet", "gondolkodás", "érvelés", "gânduri", "gândire", "raționament"),
    *("σκέψη", "σκέψεις", "συλλογισμός", "συλλογισμοί"),
    *(
        "düşünce",
        "düşünceler",
        "düşünme",
        "düşünme süreci",
        "düşünce süreci",
        "akıl yürütme",
        "muhakeme",
        "düşüncə",
    ),
    *("تفكير", "التفكير", "أفكار", "الأفكار", "الاستدلال", "عملية التفكير"),
    *("تفکر", "افکار", "فکر", "استدلال", "سوچ", "خیالات", "מחשבות", "מחשבה", "חשיבה", "הרהורים"),
    *("विचार", "सोच", "चिंतन", "तर्क", "विचार प्रक्रिया", "চিন্তা", "ভাবনা", "যুক্তি"),
    *("சிந்தனை", "எண்ணங்கள்", "ఆలోచన", "ఆలోచనలు", "ആലോചന", "ಯೋಚನೆ", "વિચાર", "ਵਿਚਾਰ"),
    *("suy nghĩ", "quá trình suy nghĩ", "suy luận", "lập luận", "ความคิด", "การคิด", "กระบวนการคิด"),
    *("pemikiran", "pikiran", "penalaran", "berpikir", "proses berpikir", "proses pemikiran", "fikiran"),
    *("proceso de pensamiento", "processus de réflexion", "processus de pensée", "processo di pensiero"),
    *("processo de pensamento", "pensando", "процесс размышления", "процесс мысли", "мысль", "думаю"),
    *("nachdenken", "gedanke", "denken", "myślenie", "proces myślowy", "myšlení", "myslenie"),
    *("tankeprocess", "tankeproces", "tankeprosess", "ajatusprosessi", "gondolkodási folyamat"),
    *("思路", "想法", "内心想法", "思考内容", "考察", "사고과정", "생각과정"),
    *("pag-iisip", "mawazo", "fikra", "gedagtes", "redenasie"),
)
#: Those that people write in a reply as well; the further ones are headings alone, and no tags or asides.
_FURTHER = (
    *(
        "plan",
        "planning",
        "rationale",
        "reflection",
        "reflections",
        "strategy",
        "scratchpad",
        "justification",
    ),
    *("begründung", "strategie", "justificación", "motivazione", "onderbouwing", "обоснование", "план"),
    *("理由", "计划", "計画", "反思", "이유", "계획"),
)
SOFT = frozenset({"analysis", "分析", "analyse", "análisis", "análise", "analisi", "анализ", *_FURTHER})
#: And above the reply.
REPLIES = (
    r"(?:final )?(?:answer|response|reply)",
    r"(?:最终|最後の?|最終)?(?:回答|答案|回复|回覆|答复|答え|返答|返信|返事)",
    r"(?:최종 )?(?:답변|대답|응답|답장|답)",
    r"(?:endgültige |finale )?antwort",
    r"(?:definitieve? |finale? )?(?:antwoord|antwoorde)",
    r"réponse(?: finale)?",
    r"(?:respuesta|resposta)(?: final)?",
    r"risposta(?: finale)?",
    r"(?:окончательный |итоговый )?ответ",
    r"(?:остаточна )?відповідь|(?:окончателен |краен )?отговор|(?:коначан |коначни )?одговор",
    r"(?:konačan |konačni |končni )?odgovor|(?:ostateczna |końcowa )?odpowiedź",
    r"(?:konečná |finální )?odpověď|(?:konečná |finálna )?odpoveď",
    r"(?:slutligt |slutgiltigt |endeligt |endelig |endelege )?svar|(?:lopullinen )?vastaus",
    r"(?:lõplik )?vastus|(?:galīgā )?atbilde|(?:galutinis )?atsakymas|(?:végső )?válasz",
    r"răspuns(?:ul)?(?: final)?",
    r"(?:τελική )?απάντηση|(?:nihai |son )?(?:cevap|yanıt)|(?:yekun )?cavab",
    r"(?:الإجابة|إجابة|الجواب|جواب|الرد|رد)(?: النهائية?)?|پاسخ(?: نهایی)?|(?:حتمی )?جواب|תשובה(?: סופית)?",
    r"(?:अंतिम |अन्तिम )?(?:उत्तर|जवाब)|(?:চূড়ান্ত )?উত্তর|(?:இறுதி )?பதில்|(?:తుది )?సమాధానం|ഉത്തരം|ಉತ್ತರ"
    r"|જવાબ|ਜਵਾਬ",
    r"(?:câu )?trả lời(?: cuối cùng)?|đáp án|phản hồi|คำตอบ(?:สุดท้าย)?",
    r"(?:jawaban|jawapan)(?: akhir)?|tanggapan|respons|sagot|jibu",
)
#: Names that other things have as well, which stand above a reply where thoughts stand above them.
LOOSE_REPLIES = (
    r"(?:final )?(?:recommendations?|suggestions?|message|output|utterance|speech)|says?",
    r"empfehlung|nachricht|ausgabe|recommandation|recomendación|mensaje|recomendação|mensagem",
    r"raccomandazione|messaggio|aanbeveling|bericht|рекомендация|сообщение|推荐|推薦|おすすめ|输出|추천",
)
WORDS = rf"(?:{'|'.join(sorted(map(re.escape, HEADINGS), key=len, reverse=True))})"
#: All words that stand above thoughts.
ABOVE = (*HEADINGS, *_FURTHER)
#: Words that stand before both: whose thoughts they are, or that nobody is to read them.
OWNERS = (
    *("my", "internal", "inner", "private", "hidden", "initial", "the", "mein", "meine", "mijn", "mes", "ma"),
    *("mon", "mis", "mi", "meus", "minha", "minhas", "mina", "mitt", "mine", "moje", "moja", "мои", "мой"),
)
#: What the first step of an outline of thoughts is called: "Analyze the user's request".
FIRST_STEPS = (
    *("analyze", "analyse", "understand", "deconstruct", "interpret", "parse", "identify", "assess"),
    *("analysiere", "analysieren", "verstehen", "analyser", "comprendre", "analizar", "entender", "analisar"),
    *("分析", "理解"),
)
FIRST_STEP = (
    rf"(?:(?:{'|'.join(FIRST_STEPS)}) (?:(?:the|die|den|der|das|la|le|el|a|o|user|seeker|person|core|key"
    r"|current|user['’]s|users['’]?|seeker['’]s|person['’]s|customer['’]s) )*(?:l['’])?"
    r"(?:request|query|input|message|question|prompt|intent|needs?|goals?|preferences?|context|constraints?|task"
    r"|anfrage|frage|eingabe|bitte|demande|requête|solicitud|petición|pregunta|pedido|solicitação)"
    r"|(?:分析|理解)(?:用户|使用者)?的?(?:请求|需求|问题|输入|要求|查询))"
)
_FIRST_WORD = LazyPattern(r"[\W_]*+([^\W_]+)")
#: How headings begin by their first words, and the other ways in which answers announce thoughts.
_BEGINNINGS: dict[str, list[str]] = {"here": [""], "im": ["im_start"], "think": ["think\n"]}
for _one in ABOVE:
    if (_found := _FIRST_WORD.match(_one)) is not None:
        _BEGINNINGS.setdefault(_found[1], []).append(_one)
for _one in FIRST_STEPS:
    _BEGINNINGS.setdefault(_one, []).append(_one)
_NUMBERED = LazyPattern(r"\s*\d[.)]\s*")
#: The user as models speak of them while they think, and what they tell themselves to do.
_THEM = (
    r"\bthe (?:user|person|seeker|customer|client|asker)\b|\bthey (?:want|like|liked|seem|ask|prefer)\b"
    r"|\b(?:der|dem|den|die) (?:nutzer|nutzerin|person|kund\w+)\b"
    r"|\bde gebruiker\b|\bl['’]utilisat\w+|\bel usuario\b|\bo usuário\b|\bl['’]utente\b|пользовател"
    r"|用户|使用者|對方|对方|ユーザー|사용자"
)
_OF_THEM = LazyPattern(_THEM, re.IGNORECASE)
_TO_DO = LazyPattern(r"\bi (?:need|should|must|will|could|have to)\b", re.IGNORECASE)
#: Whoever is told something, in the languages of the soft headings; "Sie" and "Ihr" with their capitals.
_ADDRESSED = LazyPattern(
    r"(?i:\b(?:you|your|yours|du|dich|dir|dein\w{0,2}|je|jij|jou|jouw|tu|te|toi|ton|tes|vous|votre|vos|ti|tus"
    r"|usted|você|seu|sua|lei|tuo|tua|ты|тебя|тебе|вы|вас|вам|ваш\w*)\b)|\b(?:Sie|Ihnen|Ihr\w{0,2})\b|[你您]|あなた|당신"
)


@functools.lru_cache(maxsize=8)  # asked of the same answer by each way to read it
def may_head(answer: str) -> bool:
    """Whether an answer begins with words that thoughts are announced with; most do not."""
    found = _FIRST_WORD.match(answer, end.end() if (end := _NUMBERED.match(answer)) else 0)
    if found is not None and found[1].lower() in OWNERS:
        found = _FIRST_WORD.match(answer, found.end())
    if found is None:
        return False
    # No heading is longer.
    begun = answer[found.start(1) : found.start(1) + 40].lower()
    word = found[1].lower()
    # Where words stand without blanks, the first one has two letters.
    known = _BEGINNINGS.get(word) or _BEGINNINGS.get("" if word.isascii() else word[:2]) or []
    return any(begun.startswith(one) for one in known)


def is_reply_name(name: str) -> bool:
    """Whether a name without capitals is one of a reply."""
    return _REPLY_NAME.fullmatch(name) is not None


def of_the_user(text: str) -> bool:
    """Whether a text speaks of the user as models do while they think."""
    return _OF_THEM.search(text) is not None


def is_thought(heading: str, thought: str, reply: str, said: str, *, spoken: bool = False) -> bool:
    """Whether what stands under a heading is thought, and no part of the reply under a heading of its own.
    `spoken`: where two people talk, what speaks to neither is, too."""
    if _BYLINE.match(thought) is not None or (heading == "推理" and _TITLES.match(thought) is not None):
        # The heading is a title, or the genre "mystery" with its titles below.
        return False
    if _is_card(thought):
        return False
    soft, loose = heading.lower() in SOFT, _LOOSE_NAME.fullmatch(reply) is not None
    if not loose and (not soft or _FINAL.search(reply) is not None):
        return True
    if of_the_user(thought):
        return True
    addressed = _ADDRESSED.search(thought) is not None
    if _TO_DO.search(thought) is not None and not (loose and (soft or addressed)):
        return True
    if not spoken or addressed or (loose and soft) or not _stands_alone(said):
        return False
    if heading.lower() in OF_FILMS and not weighs(thought):
        # What people say of a film stands under "My thoughts", too.
        return False
    # With further headings behind it, it is one entry of a form.
    return _ENTRY.search(said) is None


def weighs(text: str) -> bool:
    """Whether a text weighs for itself what to say: it asks, doubts, tells itself what to do, turns down."""
    return _WEIGHS.search(text) is not None or _TO_DO.search(text) is not None


def is_muttered(text: str) -> bool:
    """Whether a text speaks of the user or to whoever writes it, and not to the other."""
    if of_the_user(text):
        return True
    return _ADDRESSED.search(text) is None and (weighs(text) or _MUTTERS.search(text) is not None)


def _is_card(thought: str) -> bool:
    """Whether there are ratings alone: "7/10", and "Style: 9/10" below it."""
    return _CARD.fullmatch(thought) is not None


def _stands_alone(said: str) -> bool:
    """Whether something is named: "Watch it" is about what stands above."""
    return _NAMED.search(said) is not None


#: What people say of a film under, too.
OF_FILMS = SOFT | {"thoughts", "thought", "gedanken", "réflexion", "réflexions", "reflexión", "мысли"}
#: How nobody speaks who has made up their mind.
_WEIGHS = LazyPattern(
    r"[?？]|\.\.\.|…|\bhmm+\b"
    r"|\b(?:maybe|perhaps|probably|wait|let me|let['’]s|not sure|candidates?|shortlist|options)\b"
    r"|\b(?:would|could|might|may|should) (?:also |well |just )?(?:fit|suit|work|do|be|match)\b"
    r"|\btoo (?!much fun|good\b)\w+"
    r"|\bi(?:['’]d| would) (?:say|rather|pick|choose|name|go)\b|\bi (?:should|think i)\b|\brather not\b"
    r"|\b(?:je (?:pense|dois|devrais)|peut-être|trop|ich (?:denke|muss|sollte|könnte)|vielleicht)\b"
    r"|\bzu (?!den|der|dem|die|das|einem?r?)\w+\b"
    r"|\b(?:debo|debería|tal vez|quizás?|demasiado|devo|dovrei|forse|troppo|talvez|misschien|ik moet)\b"
    r"|\b(?:может быть|наверное|слишком|надо|нужно)\b|可能|也许|太|应该|かも|すぎ|べき|아마|너무",
    re.IGNORECASE,
)
#: How a plan for a reply is written, and how thoughts begin.
_MUTTERS = LazyPattern(
    r"\b(?:ask|recommend|suggest|offer|mention|propose|respond|reply|clarify|greet)\b"
    r"|\A\s*(?:so|ok|okay|alright|right|first|well)\b|\bi\b",
    re.IGNORECASE,
)
#: Lines of ratings, the first one under the heading itself.
_NAMED_RATING = (
    r"[*_ \t]*(?:\d{1,3}(?:[.,]\d{1,2})?[ \t]*(?:/[ \t]*\d{1,3}|%|(?:out )?of \d{1,3}|stars?|points?|★)"
    r"|[★☆⭐]{1,10})"
    r"[*_.,; \t]*"
)
_CARD = LazyPattern(
    rf"\s*{_NAMED_RATING}(?:\n\s*(?:[-•*][ \t]+)?"
    rf"[*_]{{0,2}}[^\W\d_][\w ]{{0,30}}[*_]{{0,2}}[:：]{_NAMED_RATING})*\s*",
    re.IGNORECASE,
)
_NAMED = LazyPattern(
    r"\(\d{4}\)|[《『「\"“«][^\W\d_]|(?<=[^\W_] )[*_]{0,2}[^\W\d_a-zß-ÿ]|[^\W\d_][?？]|[\u3040-\ud7ff]"
)
#: Under a title stand its year or whoever wrote it.
_BYLINE = LazyPattern(
    r"[*_]{0,2}\s*(?:\(\d{4}\)|(?i:by|von|par|di|de|door)[ \t]+[^\W\d_a-zß-ÿ][^\n.!?]{0,60}"
    r"(?:\(\d{4}\)[ \t]*)?(?:\n|\Z))"
)
#: Under a title stand its year or whoever wrote it.
_BYLINE = LazyPattern(
    r"[*_]{0,2}\s*(?:\(\d{4}\)|(?i:by|von|par|di|de|door)[ \t]+[^\W\d_a-zß-ÿ][^\n.!?]{0,60}"
    r"(?:\(\d{4}\)[ \t]*)?(?:\n|\Z))"
)
_TITLES = LazyPattern(r"\s*(?:[《『「][^》』」\n]{1,80}[》』」][、，,和与と\s]*)+(?:\n|\Z)")
_ENTRY = LazyPattern(r"\n[ \t*#_•-]*\w+(?: \w+)?[*_]*[:：][*_]*(?:\s|\Z)")
_REPLY_NAME = LazyPattern(rf"(?:{'|'.join(REPLIES)})", re.IGNORECASE)
_LOOSE_NAME = LazyPattern(rf"(?:{'|'.join(LOOSE_REPLIES)})", re.IGNORECASE)
_FINAL = LazyPattern(r"final|最|최종|endgültig|definitie|окончательн|итогов", re.IGNORECASE)
