"""Seeker phrases: the sentences of seekers by rules and of made-up dialogues, per language and kind of item.

They stand in the lexicon (``lexicon/<language>/seekers.toml``); a file of the user's own in the same format
replaces what it has, list by list.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.dialogue import FactKind
from usbrec.errors import ConfigError
from usbrec.items.kinds import KINDS, Kind
from usbrec.lexicon import LANGUAGES, USUAL, whole_words, words
from usbrec.patterns import LazyPattern
from usbrec.play.seekers.facts import Fact, and_join

#: Sentences by what they are for, and by which fact they tell or ask for. What they may contain.
_NOUN, _TOLD = ("{noun}", "{a}"), ("{}",)
_LISTS: Mapping[str, tuple[str, ...]] = {
    "greetings": (),
    "wants": _NOUN,
    "liked": _TOLD,
    "closings": (),
    "terse_liked": _TOLD,
    "opens": _NOUN,
    "offers": _TOLD,
    "accept": (),
    "decline": (),
    "leave": (),
    "nothing_left": (),
    "likes": (),
    "undecided": (),
    "asks_about": (),
    "asks_for": (),
    "small_talk": (),
}
_BY_FACT: Mapping[str, tuple[str, ...]] = {
    "told": _TOLD,
    "terse": _TOLD,
    "terse_vague": _TOLD,
    "asks": _NOUN,
    "hints": _TOLD,
    "vague_hints": _TOLD,
}
_FACTS: tuple[FactKind, ...] = ("genre", "era", "person", "style", "item", "value")
_TEXTS = ("language", "conjunction", "decade", "older", "newer")
_FIELD = LazyPattern(r"\{[^{}]*\}")

#: What stands before the last word of a column's name.
_LAST_WORD = re.compile(r"^.*[\s_-]")

#: What a file of sentences has, checked.
Table = Mapping[str, Any]


@dataclass(frozen=True)
class Phrases:
    """The sentences in one language about one kind of item; lists hold at least one."""

    language: str
    kind: Kind
    table: Table

    def choices(self, name: str) -> tuple[str, ...]:
        """The sentences for an occasion, such as "accept"."""
        return tuple(self.table[self.kind][name])

    def about(self, name: str, fact: Fact) -> tuple[str, ...]:
        """The sentences that tell this fact, or ask for its kind, as `name` has it; the straight ones where
        there are no vague ones."""
        tables = self.table[self.kind]
        if fact.kind == "value" and name in ("told", "hints"):
            for pattern, sentences in _columns(self)[:]:
                # "Flower colour" is a colour.
                if pattern.fullmatch(fact.column) or pattern.fullmatch(_LAST_WORD.sub("", fact.column)):
                    return sentences
        found = tables[name].get(fact.kind) or tables[name.removeprefix("vague_")].get(fact.kind)
        return tuple(found or tables["hints"]["value"])

    def asked_for(self) -> Iterator[tuple[FactKind, re.Pattern[str]]]:
        """Which words of a question ask for which kind of fact."""
        return iter(_asked_for(self))

    def joined(self, parts: Sequence[str]) -> str:
        return and_join(parts, self.table["conjunction"])

    def decade(self, year: int) -> str:
        return str(self.table["decade"]).replace("{}", str(year // 10 * 10))

    def age(self, *, old: bool) -> str:
        """Older or newer than most."""
        return str(self.table["older" if old else "newer"])

    def noun(self, english: str) -> str:
        """What one item is called, by its English word where the language has another."""
        return str(self.table.get("nouns", {}).get(english.casefold(), english))

    def fill(self, choices: Sequence[str], noun: str) -> tuple[str, ...]:
        """Sentences with the word for an item in them; without those whose article nobody knows."""
        articles = self.table.get("articles")
        article = ("an" if noun[0].lower() in "aeiou" else "a") if articles is None else articles.get(noun)
        kept = [one for one in choices if article is not None or "{a}" not in one]
        # Not str.format: a noun of the user's own may hold braces.
        return tuple(one.replace("{a}", article or "").replace("{noun}", noun) for one in kept)


@functools.lru_cache(maxsize=64)
def phrases(language: str, kind: Kind = "items", own: Path | None = None) -> Phrases:
    """The sentences of a language for a kind of item; a file `own` goes before the lexicon where it is of
    that language. Raises ConfigError for a file that cannot be used, KeyError for a language without
    sentences."""
    table = dict(words(language, "seekers"))
    if own is not None and (given := read_phrases(own)).get("language", USUAL) == language:
        table = _over(table, given)
    for name in KINDS:
        table[name] = _over(table["items"], table.get(name, {}))
    return Phrases(language, kind, table)


def _over(below: Table, above: Table) -> dict[str, Any]:
    """Two tables in one: what `above` has goes before."""
    found = dict(below)
    for name, value in above.items():
        found[name] = _over(found.get(name, {}), value) if isinstance(value, Mapping) else value
        if name == "columns":
            # Of two patterns that fit a column the one above counts, so it is looked at first.
            found[name] = {**value, **{one: found[name][one] for one in found[name] if one not in value}}
    return found


@functools.lru_cache(maxsize=64)
def _asked(language: str, kind: Kind, told: tuple[tuple[FactKind, tuple[str, ...]], ...]) -> Any:
    return tuple((fact, whole_words(sentences)) for fact, sentences in told)


def _asked_for(phrases: Phrases) -> tuple[tuple[FactKind, re.Pattern[str]], ...]:
    table = phrases.table[phrases.kind]["asked_for"]
    # In this order, because a question may hold words of several.
    order: tuple[FactKind, ...] = ("person", "era", "genre", "value")
    told = tuple((fact, tuple(table[fact])) for fact in order if fact in table)
    found: tuple[tuple[FactKind, re.Pattern[str]], ...] = _asked(phrases.language, phrases.kind, told)
    return found


def _columns(phrases: Phrases) -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    table = phrases.table[phrases.kind].get("columns", {})
    return [(re.compile(pattern, re.IGNORECASE), tuple(said)) for pattern, said in table.items()]


def read_phrases(path: Path) -> Table:
    """What a file of the user's own holds, checked. Raises ConfigError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file of seekers' sentences (seekers.templates).") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML in UTF-8 ({error}).") from None
    if problems := list(problems_of(table)):
        listed = "\n".join(f"  {problem}" for problem in problems[:20])
        raise ConfigError(f"{path}: unusable sentences\n{listed}\ndocs/seekers.md describes the format.")
    return table


def problems_of(table: Table) -> Iterator[str]:
    """What is wrong with a file of sentences, a line each."""
    if (language := table.get("language", USUAL)) not in LANGUAGES:
        yield f"language: expected {' or '.join(LANGUAGES)}, found {language!r}"
    for name, value in table.items():
        if name in KINDS:
            yield from _problems_of_kind(name, value)
        elif name in ("nouns", "articles"):
            yield from _problems_of_texts(name, value)
        elif name not in _TEXTS:
            yield f"{name}: no such part. There are {', '.join((*_TEXTS, 'nouns', 'articles', *KINDS))}"
        elif not isinstance(value, str):
            yield f"{name}: expected a text, found {type(value).__name__}"
        elif name == "decade" and value.count("{}") != 1:
            yield "decade: must hold {} once, for the first year"


def _problems_of_kind(kind: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{kind}: expected a table of lists, found {type(value).__name__}"
        return
    for name, entry in value.items():
        place = f"{kind}.{name}"
        if name in _LISTS:
            yield from _problems_of_list(place, entry, _LISTS[name])
        elif name in _BY_FACT or name in ("asked_for", "columns"):
            if not isinstance(entry, Mapping):
                yield f"{place}: expected a table of lists, found {type(entry).__name__}"
                continue
            for fact, sentences in entry.items():
                if name != "columns" and fact not in _FACTS:
                    yield f"{place}.{fact}: no such fact. There are {', '.join(_FACTS)}"
                elif name == "asked_for" or (name == "columns" and not _compiles(fact)):
                    bad = [fact] if name == "columns" else [one for one in sentences if not _compiles(one)]
                    yield from (f"{place}.{fact}: {one!r} is no regular expression" for one in bad)
                else:
                    yield from _problems_of_list(f"{place}.{fact}", sentences, _BY_FACT.get(name, _TOLD))
        else:
            known = ", ".join((*_LISTS, *_BY_FACT, "asked_for", "columns"))
            yield f"{place}: no such list. There are {known}"


def _problems_of_list(place: str, sentences: Any, allowed: Sequence[str]) -> Iterator[str]:
    if not isinstance(sentences, list) or not sentences:
        yield f"{place}: expected a list of at least one sentence"
        return
    for sentence in sentences:
        if not isinstance(sentence, str) or not sentence.strip():
            yield f"{place}: expected texts, found {sentence!r}"
            continue
        fields = _FIELD.findall(sentence)
        if unknown := [field for field in fields if field not in allowed]:
            may = " and ".join(allowed) or "no placeholder"
            yield f"{place}: {sentence!r} holds {unknown[0]}; it may hold {may}"
        elif allowed == _TOLD and fields.count("{}") != 1:
            yield f"{place}: {sentence!r} must hold {{}} once, for what is told"


def _problems_of_texts(name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        yield f"{name}: expected a table of texts"


def _compiles(text: Any) -> bool:
    try:
        re.compile(text)
    except (re.error, TypeError):
        return False
    return True
