"""What words behind a name show: that somebody speaks, a rating, a title, or that a sample follows."""

from __future__ import annotations

import re

from usbrec.patterns import LazyPattern

#: Words of the first and second person and of thanks, in the languages that names of speakers have.
_PERSONS = LazyPattern(
    r"\b(?:i|i['’](?:m|ve|d|ll)|me|my|mine|we|us|our|you|your|you['’]\w+|let['’]?s|thanks|thank|please|sorry"
    r"|ich|mir|mich|meine?[rmns]?|wir|uns|du|dir|danke|bitte"
    r"|je|moi|nous|vous|merci|yo|gusta\w*|quiero|gracias|busco|eu|gosto|quero|obrigad[oa]"
    r"|io|mi|piace|piacciono|vorrei|grazie|ik|mij|mijn|jij|jullie|bedankt|dank"
    r"|mnie|lubię|chcę|dziękuję|ben|bana|benim|teşekkürler|istiyorum|seviyorum|já|mám|chci|děkuji|jag|tack|jeg|tak|takk"
    r"|minä|haluan|kiitos|saya|aku|terima kasih"
    r"|я|мне|меня|мой|моя|мы|нам|ты|вы|вам|спасибо|люблю|хочу|мені|дякую|أنا|أحب|أريد|شكرا)\b"
    r"|\b[jJ]['’]\w|[我你您]|[谢謝]|私|僕|俺|ください|好き|ありがとう|저는|제가|나는|좋아|감사|주세요",
    re.IGNORECASE,
)
_FIRST = LazyPattern(
    r"\b(?:i|i['’](?:m|ve|d|ll)|me|my|we|us|thanks|thank|please|ich|mir|mich|mein\w*|danke|bitte|je|moi|merci|yo|me|gracias"
    r"|eu|obrigad[oa]|io|mi|grazie|ik|mij|mijn|bedankt|я|мне|меня|спасибо)\b|\bj['’]\w|我|私|僕|저|나",
    re.IGNORECASE,
)
#: What somebody asks who wants something recommended, and nobody who recommends.
_REQUEST = LazyPattern(
    r"\b(?:do you have|have you got) (?:any (?:other|more)\b|another\b|one\b|more\b"
    r"|[^?\n]{0,60}\(\d{4}\))"
    r"|\b(?:can|could|would|will) you (?:please )?(?:recommend|suggest|find|give|show|name)\b"
    r"|\bwhat (?:else )?(?:do|would|can|could) you (?:recommend|suggest|have)\b"
    r"|\b(?:something|anything) (?:else|\w+er|more|less|like)\b|\bany(?: other)? (?:others?|more)\b"
    r"|\bi(?:['’]m| am) (?:looking|after|searching)\b|\bi(?:['’]d| would) (?:like|love|prefer)\b"
    r"|\bi(?:['’]ve| have)? (?:already )?(?:liked|loved|want|need|seen|read|watched|enjoyed|hated)\b"
    r"|\b(?:pouvez-vous|peux-tu|avez-vous|as-tu) ",
    re.IGNORECASE,
)
#: What somebody asks who recommends.
_OFFERS = LazyPattern(
    r"\b(?:would you (?:like|love|prefer|rather|want)|do you (?:want|like|prefer|need|know|feel)|are you"
    r"|did you|you(?:['’]d)? (?:need|want|like|prefer)"
    r"|(?:shall|should|may|can|could) i|in mind|favou?rites?|preferences?)\b"
    r"|\A\W*anything else\W*\Z",
    re.IGNORECASE,
)
#: How a wish or an answer begins that names no person.
_BEGINS = LazyPattern(
    r"[\"“„«'「*_\s]*(?:something|anything|more|another|what|which|how|why|where|who|is|are|does|do|did|can|could|yes|no"
    r"|nope|yeah|yep|ok|okay|hi|hello|hey|sure|great|nice|cool|sounds|thx|try|watch|not|maybe|any|but|and|seen|loved"
    r"|etwas|ja|nein|was|wie|gibt|oui|non|sí|si|sim|não|nee)\b[\s,!.?]",
    re.IGNORECASE,
)
_NUMBER = r"\d+(?:[.,]\d+)?"
#: `8.2/10`, `4.5 stars`, `85 %`, `rated 4.5`, `★★★`, `PG-13`
_RATING = LazyPattern(
    rf"[*_(~]*\s*(?:(?:rat(?:ing|ed)|scored?|bewertung|note|nota|valutazione|оценка|评分|評価|평점)\b"
    rf"[ \t:=]*)?"
    rf"(?:{_NUMBER}[ \t]*(?:%|★|/[ \t]*{_NUMBER}|(?:out[ \t]+)?of[ \t]+{_NUMBER}|von[ \t]+{_NUMBER}"
    rf"|sur[ \t]+{_NUMBER}"
    r"|stars?\b|points?\b|sterne\b|punkte\b|étoiles\b|estrellas\b|stelle\b|sterren\b|звёзд\w*|分|점|星)?"
    r"|[★☆⭐]+|\*{3,5}|(?:PG|FSK|USK|PEGI)[- ]?\d+)(?P<tail>[^\n]*)",
    re.IGNORECASE,
)
_TAIL = LazyPattern(
    r"[\s.;,)*_|☆★⭐]*\Z|[ \t]*[-–—(|;,.][^\n]*"
    r"|[ \t]+(?:and|or|on|in|by|from|auf|bei|sur|en)\b[^\n]*",
    re.I,
)
_YEAR = LazyPattern(r"\(\d{4}\)")
_TITLE = LazyPattern(
    r"[ \t]*(?:[-•+*][ \t]+|\d{1,2}[.)][ \t]+)?[*_\"“«]{0,2}[^\s.!?][^.!?\n]{0,80}\(\d{4}\)"
    r"[*_\"”».,; \t]*(?::[^\n]*)?"
)
_SHOWS = LazyPattern(
    r"\b(?:reviews?|ratings?|quot\w+|samples?|examples?|scenes?|dialogues?|dialogs?|excerpts?|lines?|transcripts?|script"
    r"|exchange|comments?|said|wrote|writes?|critics?|opinions?|rezension\w*|bewertung\w*|beispiel\w*|szenen?|zitat\w*"
    r"|kritik\w*|critiques?|avis|exemples?|scènes?|extrait|reseñas?|ejemplos?|escenas?|recensioni?|esempio|scena"
    r"|отзывы?|пример|сцена)\b|评论|評論|例|台词|レビュー|セリフ|리뷰|예시|대사",
    re.IGNORECASE,
)
_ASKS = LazyPattern(
    r"\b(?:let me know|tell me|you(?:r)? (?:think|turn|choice|answer|reply)|do you"
    r"|turn|round|next|runde|tour|turno"
    r"|sag(?:en sie)? mir|dis-moi|dites-moi|dime|dígame|dimmi)\b",
    re.IGNORECASE,
)


def in_person(words: str) -> bool:
    """Whether somebody speaks in the first or second person, or thanks."""
    return _PERSONS.search(words) is not None


def in_first_person(words: str) -> bool:
    """Whether somebody speaks of themselves, or thanks."""
    return _FIRST.search(words) is not None


def requests(words: str) -> bool:
    """Whether somebody asks for something to be recommended."""
    return _REQUEST.search(words) is not None and _OFFERS.search(words) is None


def speaks(words: str) -> bool:
    """Whether somebody speaks: in person, or, outside of quotation marks, with a question or a wish."""
    if in_person(words) or words.lstrip()[:1] in tuple("\"“„«'「"):
        return in_person(words)
    return _BEGINS.match(f"{words} ") is not None or re.search(r"[?？][*_)]*\s*\Z", words) is not None


def is_rating(value: str, *, strict: bool = True) -> bool:
    """Whether a value is a rating, with at most a remark behind it that names no title and is nobody's;
    not `strict`: whatever the remark is."""
    found = _RATING.match(value)
    if found is None:
        return False
    tail = found["tail"]
    if not strict:
        return True
    if _TAIL.fullmatch(tail) is None or _YEAR.search(tail) is not None:
        return False
    return not speaks(tail) and re.match(r"[\s,.;–—-]*(?:like|and then|such as)\b", tail, re.I) is None


def is_title(line: str) -> bool:
    """Whether a line is a title with its year and nothing else."""
    return _TITLE.fullmatch(line.strip()) is not None


def shows(head: str) -> bool:
    """Whether a line before a colon says that something is shown: a review, a sample, a scene."""
    return (
        _SHOWS.search(head) is not None
        and re.search(r"\byour (?:review|rating|comment|opinion)", head) is None
    )


def asks(head: str) -> bool:
    """Whether a line before a colon asks the other to speak, or says that their turn comes."""
    return _ASKS.search(head) is not None
