"""Phrases of constraints: a language's word lists as patterns, and the numbers in a text with their units."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from usbrec.items.constraints.column_types import TypedColumn, name_words
from usbrec.items.files.amounts import number_of
from usbrec.lexicon import LANGUAGES, words
from usbrec.patterns import LazyPattern

#: Stand around the place of a number in a text whose numbers were taken out.
OPEN, CLOSE = "\ue000", "\ue001"
PLACE = rf"{OPEN}(\d+){CLOSE}"
_DIGITS = r"(?:\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?)"
_NUMBER = LazyPattern(rf"(?<![\w.,/])(?<![^\W\d_]-){_DIGITS}(?:\s?[kK](?!\w))?(?:[.,]-+)?")
_CENTS_BEHIND = LazyPattern(r"(?<![\d.,])(\d{1,4})\s?(euro|eur|€)\s?(\d\d)(?![\d.,%]|\s?(?:euro|eur|€))")
#: What may be one of several currencies, and which: "50 dollars" and "50 kr" do not say whose.
_SHARED = {
    "$": frozenset({"AUD", "CAD", "NZD", "HKD", "SGD", "MXN"}),
    "KR": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "¥": frozenset({"JPY", "CNY"}),
}
#: So many digits have amounts; more are an article's number.
_MOST_DIGITS = 12


@dataclass(frozen=True)
class Amount:
    """A number in a text: `currency` is the sign of its currency where one is said, `year` says that it is
    written like one."""

    value: float
    currency: str = ""
    year: bool = False


@dataclass(frozen=True)
class Phrases:
    """The word lists of one language."""

    language: str
    lists: Mapping[str, Any]

    def one_of(self, *uses: str) -> str:
        """A pattern for a phrase of these lists, the longest first; none matches where they are empty."""
        return _pattern(phrase for use in uses for phrase in self.lists.get(use, ()))

    def said(self, use: str, text: str) -> bool:
        return self.regex(use).search(text) is not None

    def regex(self, use: str) -> re.Pattern[str]:
        return _compiled(self.language, use)

    @functools.cached_property
    def currencies(self) -> Mapping[str, str]:
        return {said: sign.upper() for sign, every in self.lists["currencies"].items() for said in every}


def says(use: str, text: str) -> bool:
    """Whether a text (in lower case) has a phrase of this list, in any language."""
    return use in begun(text) and any(each.regex(use).search(text) for each in all_phrases())


def opens(use: str, text: str) -> bool:
    """Whether a text begins with a phrase of this list, in any language."""
    return use in begun(text) and any(each.regex(use).match(text) for each in all_phrases())


def ends(use: str, text: str) -> bool:
    """Whether a text ends with a phrase of this list, in any language."""
    return use in begun(text) and any(_at_end(each.language, use).search(text) for each in all_phrases())


@functools.cache
def _at_end(language: str, use: str) -> re.Pattern[str]:
    return re.compile(rf"{phrases_of(language).one_of(use)}\s*$")


def is_phrase(use: str, text: str) -> bool:
    """Whether a text is a phrase of this list and no more, in any language."""
    return " ".join(text.split()) in _listed(use)


@functools.cache
def _listed(use: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for each in all_phrases() for phrase in each.lists.get(use, ()))


@functools.lru_cache(maxsize=512)
def begun(text: str) -> frozenset[str]:
    """The lists that may have a phrase in a text (in lower case): those of which some phrase begins with a
    word that stands in it. It is looked up once, where each list would search the text."""
    uses, always = _first_words()
    found = set(always)
    for word in _WORD.findall(text):
        if word in uses:
            found |= uses[word]
    return frozenset(found)


_WORD = LazyPattern(r"\w+")


@functools.cache
def _first_words() -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """The lists by the first words of their phrases, and those with a phrase that begins with none."""
    uses: dict[str, set[str]] = {}
    always: set[str] = set()
    for phrases in all_phrases():
        for use, listed in phrases.lists.items():
            for phrase in listed if isinstance(listed, list) else ():
                word = _WORD.match(phrase)
                if word is None:
                    always.add(use)
                else:
                    uses.setdefault(word[0], set()).add(use)
    return {word: frozenset(of) for word, of in uses.items()}, frozenset(always)


def _pattern(phrases: Iterable[str]) -> str:
    ordered = sorted({phrase for phrase in phrases if phrase}, key=lambda phrase: (-len(phrase), phrase))
    if not ordered:
        return r"(?!)"
    spaced = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in ordered)
    return rf"(?<!\w)(?:{spaced})(?!\w)"


@functools.cache
def _compiled(language: str, use: str) -> re.Pattern[str]:
    return re.compile(phrases_of(language).one_of(use))


@functools.cache
def phrases_of(language: str) -> Phrases:
    """The word lists of a language, as texts are when they are read: in lower case, "ß" as "ss"."""
    return Phrases(language, _folded(words(language, "constraints")))


def _folded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key.casefold(): _folded(inner) for key, inner in value.items()}
    return [entry.casefold() for entry in value] if isinstance(value, list) else value


def column_name(column: str, language: str) -> str:
    """A column's name in a language, where the lexicon has one; else as the catalogue writes it."""
    named: Mapping[str, str] = words(language, "columns")
    return named.get(name_words(column).replace("_", " "), column.replace("_", " "))


def spoken_elsewhere(column: TypedColumn) -> list[str]:
    """What languages call a column otherwise than the catalogue does, as texts are when they are read."""
    own = column.name.replace("_", " ").casefold()
    told = (column_name(column.name, language).casefold() for language in LANGUAGES)
    return [name for name in dict.fromkeys(told) if name != own]


def all_phrases() -> tuple[Phrases, ...]:
    """The word lists of every language whose rules are complete."""
    return tuple(phrases_of(language) for language in LANGUAGES)


@functools.cache
def _currency_pattern() -> tuple[str, Mapping[str, str]]:
    signs = {said: sign for phrases in all_phrases() for said, sign in phrases.currencies.items()}
    ordered = sorted(signs, key=len, reverse=True)
    pattern = "|".join(
        ("" if not said[0].isalpha() else r"(?<!\w)")
        + re.escape(said)
        + ("" if not said[-1].isalpha() else r"(?!\w)")
        for said in ordered
    )
    return pattern, signs


def one_currency(one: str, other: str) -> bool:
    """Whether two currencies, as they are written, may be the same; one that is not said may be any."""
    a, b = _sign_of(one), _sign_of(other)
    return not a or not b or a == b or b in _SHARED.get(a, ()) or a in _SHARED.get(b, ())


def currency_beside(text: str, start: int, end: int) -> str:
    """The currency that stands right before or behind a number in a text; "" for none."""
    # To look whether it may stand there is a tenth of the work.
    signs, found = _signs(), None
    begin = max(0, start - _LONGEST_CURRENCY)
    if text[begin:start].rstrip().casefold().endswith(signs):
        found = _currency_before().search(text, begin, start)
    behind = text[end : end + _LONGEST_CURRENCY].lstrip(",-").lstrip()
    if found is None and behind.casefold().startswith(signs):
        found = _currency_behind().match(text, end)
    return "" if found is None else found["currency"]


#: Characters of the longest currency with the blank beside it, or more.
_LONGEST_CURRENCY = 24


@functools.cache
def _signs() -> tuple[str, ...]:
    return tuple(_currency_pattern()[1])


def _sign_of(written: str) -> str:
    said = " ".join(written.casefold().split())
    return _currency_pattern()[1].get(said, said.upper())


@functools.cache
def _currency_before() -> re.Pattern[str]:
    return re.compile(rf"(?P<currency>{_currency_pattern()[0]})\s?$", re.IGNORECASE)


@functools.cache
def _currency_behind() -> re.Pattern[str]:
    behind = _currency_pattern()[0].replace(r"(?<!\w)", "")
    return re.compile(rf"(?:,-)?[\s-]?(?P<currency>{behind})", re.IGNORECASE)


@functools.cache
def _amount_pattern() -> re.Pattern[str]:
    currency, _ = _currency_pattern()
    # Behind digits a currency may follow without a blank: "50eur".
    behind = currency.replace(r"(?<!\w)", "")
    return re.compile(rf"(?:(?P<before>{currency})\s?)?{PLACE}(?:\s?(?P<behind>{behind}))?")


@functools.lru_cache(maxsize=512)
def take_amounts(text: str) -> tuple[str, tuple[Amount, ...]]:
    """`text` (in lower case) with a mark in place of each amount, and the amounts in their order. Digits that
    are part of a word, such as a model's number, stay as they are."""
    text = text.replace(OPEN, " ").replace(CLOSE, " ")
    if not _may_have_number(text):
        return text, ()
    # "12 Euro 50" is one amount.
    text = _CENTS_BEHIND.sub(r"\1,\3 \2", text)
    values: list[tuple[float, bool]] = []

    def digits(match: re.Match[str]) -> str:
        written = match[0]
        behind = text[match.end() : match.end() + 1]
        plain = re.sub(r"[.,]-+$", "", written)
        thousand = plain[-1:] == "k"
        number = number_of(plain.rstrip("k").strip(), thousands=True)
        if number is None or sum(map(str.isdigit, plain)) > _MOST_DIGITS or behind in {"/", "_"}:
            return written
        if (letters := _LETTERS.match(text, match.end())) and not _is_unit(letters[0], text[letters.end() :]):
            return written
        values.append(
            (number * (1000 if thousand else 1), re.fullmatch(r"(?:18|19|20)\d\d", written) is not None)
        )
        return f"{OPEN}{len(values) - 1}{CLOSE}"

    marked = _NUMBER.sub(digits, text)
    if _may_say_number(text):
        marked = _take_words(marked, values)
    if not values:
        return marked, ()
    _, signs = _currency_pattern()
    amounts: list[Amount] = []

    def amount(match: re.Match[str]) -> str:
        value, year = values[int(match[2])]
        said = match["before"] or match["behind"] or ""
        amounts.append(Amount(value, signs.get(said, ""), year and not said))
        return f"{OPEN}{len(amounts) - 1}{CLOSE}"

    return _amount_pattern().sub(amount, marked), tuple(amounts)


def _may_have_number(text: str) -> bool:
    return _may_say_number(text) or _DIGIT.search(text) is not None


def _may_say_number(text: str) -> bool:
    """Whether a text (in lower case) may have a number in words: the pattern of them is slow."""
    return any(end in text for end in _GERMAN_ENDS) or not _counting_words().isdisjoint(
        _LETTERS.findall(text)
    )


_DIGIT = LazyPattern(r"\d")
#: One of these is in every German number of more than one part.
_GERMAN_ENDS = ("zig", "ssig", "hundert", "tausend")


_LETTERS = LazyPattern(r"[^\W\d_]+")


def _is_unit(letters: str, behind: str) -> bool:
    """Whether letters right behind a number are a unit or a currency, and no part of a model's name."""
    _, signs = _currency_pattern()
    return (len(letters) <= 3 or letters in signs) and not behind[:1].isdigit()


def _take_words(text: str, values: list[tuple[float, bool]]) -> str:
    """Marks in place of the numbers that are written as words, too."""

    def spoken(match: re.Match[str]) -> str:
        # "A hundred" is one number, "a four-star hotel" an article and another.
        article, said = "", match[0]
        if (before := _ARTICLE.match(said)) and _number_words().get(before["next"], 100) < 100:
            article, said = before["article"], said[before.end("article") :]
        value = _spoken(said)
        if value is None:
            return match[0]
        values.append((value, False))
        return f"{article}{OPEN}{len(values) - 1}{CLOSE}"

    return _spoken_pattern().sub(spoken, text)


def spoken_money(text: str) -> Iterator[tuple[int, int, float]]:
    """Where amounts of money stand whose number is written in words ("forty euros"), and how much."""
    lowered = text.lower()
    if len(lowered) != len(text) or not _may_say_number(lowered):
        return
    currency, _ = _currency_pattern()
    for match in _spoken_pattern().finditer(lowered.replace("ß", "s")):
        behind = re.match(rf"[\s-]?(?:{currency})", lowered[match.end() :])
        value = _spoken(match[0]) if behind else None
        if behind and value is not None:
            yield match.start(), match.end() + behind.end(), value


_ARTICLE = LazyPattern(r"(?P<article>(?:an?|eine?[nmr]?)\s+)(?P<next>[^\W\d_]+)")


@functools.cache
def _number_words() -> Mapping[str, int]:
    return {said: number for phrases in all_phrases() for said, number in phrases.lists["numbers"].items()}


def is_article(word: str) -> bool:
    """Whether a word (in lower case) says one thing of a kind: "an", "eine"."""
    return _number_words().get(word) == 1 or word == "an"


def is_number_word(word: str) -> bool:
    """Whether a word (in lower case) is a number that is no article: "four", "vier"."""
    return word in _counting_words() or word == "one"


@functools.cache
def _counting_words() -> frozenset[str]:
    """The words of numbers without "a" and "one", which say none where they stand without another."""
    return frozenset(said for said, number in _number_words().items() if number != 1)


@functools.cache
def _spoken_pattern() -> re.Pattern[str]:
    known = sorted(_number_words(), key=len, reverse=True)
    german = "[a-zäöüß]*(?:zig|ssig|hundert|tausend)(?:[a-zäöüß]*zig)?"
    one = rf"(?<!\w)(?:{'|'.join(map(re.escape, known))}|{german})(?!\w)"
    return re.compile(rf"{one}(?:(?:[\s-]+|\s+and\s+)(?:{one}))*")


def _spoken(said: str) -> float | None:
    """The number that words say; None where they say none, or only "a" and "one"."""
    total, current = 0, 0
    parts = [part for part in re.split(r"[\s-]+", said) if part != "and"]
    if len(parts) == 1 and _number_words().get(parts[0]) == 1:
        return None
    for part in parts:
        number = _number_words().get(part)
        if number is None:
            number = _german(part)
        if number is None:
            return None
        if number == 100 and len(parts) > 1:
            current = max(current, 1) * 100
        elif number == 1000 and len(parts) > 1:
            total, current = total + max(current, 1) * 1000, 0
        elif (
            current and not (current % 10 == 0 and number < 10) and not (current % 100 == 0 and number < 100)
        ):
            return None
        else:
            current += number
    return float(total + current)


def _german(word: str) -> int | None:
    """A German number in one word: "fünfundachtzig", "zweihundertfünfzig"."""
    known = _number_words()
    if word in known:
        return known[word]
    for mark, times in (("tausend", 1000), ("hundert", 100)):
        before, found, behind = word.partition(mark)
        if found:
            many = _german(before) if before else 1
            rest = _german(behind.removeprefix("und")) if behind else 0
            return None if many is None or rest is None else many * times + rest
    unit, joined, ten = word.partition("und")
    if joined and ten.endswith(("zig", "ssig")) and unit in known and ten in known and known[unit] < 10:
        return known[unit] + known[ten]
    return None
