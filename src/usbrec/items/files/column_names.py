"""Column names: what the columns of a catalogue are called, in several languages, and what is left of a name
without the kind of item that it names ("hotel_name", "Produktbeschreibung").

The names stand in ``lexicon/columns.toml``.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping

from usbrec.lexicon import any_of, shared
from usbrec.patterns import LazyPattern

#: Of "product_count" and "album_id" what is left without the kind says nothing of the item itself.
_NOT_LEFT = frozenset(
    {"count", "plays", "sales", "reviews", "date", "stars", "star", "name", "style", "text"}
)
_TOKEN = LazyPattern(r"[^\W_]+")
_CAMEL = LazyPattern(r"(?<=[^\W\d_A-ZÄÖÜ])(?=[A-ZÄÖÜ])")
#: What is left of words that end with a title's: those of which little else is written.
_SURELY = ("name", "title", "titel", "bezeichnung", "titulo", "titre", "nombre", "名称", "名")


def column_key(name: str) -> str:
    """A column's name without case, accents and what is neither a letter nor a digit; itself where nothing
    is left: "Art.-Nr." is "artnr"."""
    if not name.isascii():
        apart = unicodedata.normalize("NFKD", name)
        name = unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))
    return re.sub(r"[\W_]+", "", name).casefold() or name.strip()


@functools.cache
def usual_names() -> Mapping[str, tuple[str, ...]]:
    """The usual names of each attribute's columns as keys, in order of preference. For people all that are
    there count, in this order: most important first."""
    return {attribute: _keys(names) for attribute, names in shared("columns")["names"].items()}


@functools.cache
def _all_names() -> frozenset[str]:
    further = (name for use in shared("columns")["further"] for name in further_names(use))
    return frozenset((*(name for names in usual_names().values() for name in names), *further))


def any_use(key: str) -> bool:
    """Whether columns of this key mean something by their name."""
    return key in _all_names() or any(named_with_kind(key, use) for use in usual_names())


@functools.cache
def further_names(use: str) -> frozenset[str]:
    """The usual names of further columns of a use, as keys: "stock"."""
    return frozenset(_keys(shared("columns")["further"][use]))


def _keys(names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(column_key, names.split())))


@functools.cache
def _words(use: str) -> frozenset[str]:
    return frozenset(_keys(shared("columns")["title"][use]))


@functools.cache
def _kinds() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before a name ("wein" and "produkts"), and behind one ("delproducto")."""
    kinds, between = (any_of(sorted(_words(use), key=len, reverse=True)) for use in ("kinds", "between"))
    return re.compile(rf"{kinds}(?:e?[sn])?"), re.compile(rf"{between}{{0,2}}{kinds}(?:e?[sn]|e)?")


def _without_kind(key: str, names: Iterable[str]) -> bool:
    """Whether a key is one of these names with the name of a kind of item before or behind it."""
    # Most keys hold none, and the expressions take milliseconds to compile.
    return any(
        (key.endswith(name) and _kinds()[0].fullmatch(key.removesuffix(name)) is not None)
        or (key.startswith(name) and _kinds()[1].fullmatch(key.removeprefix(name)) is not None)
        for name in names
        if key != name
    )


def named_with_kind(key: str, attribute: str) -> bool:
    """Whether a key names an attribute of one kind of item: "wine_id", "Produktbeschreibung"."""
    if attribute == "title":
        return _without_kind(key, _words("words"))
    names = [name for name in usual_names()[attribute] if name not in _NOT_LEFT]
    return _without_kind(key, names) and not any(key.startswith(word) for word in _words("not_alone"))


def names_a_kind(key: str) -> bool:
    """Whether a key is what one item is called: "game", "Artikel"."""
    return key in _words("kinds") and key not in _words("not_alone")


def may_name_a_kind(key: str) -> bool:
    """Whether a key is what one item is called, or else where or in what an item is: "event", "Werk"."""
    return key in _words("kinds")


def names_a_place(key: str) -> bool:
    """Whether a key is an item's kind that is as often the place of another: "venue", "Hotel"."""
    return key in _words("places")


def names_a_work(key: str) -> bool:
    """Whether a key is that of works that have authors: "book", "obra"."""
    return key in _words("works")


def may_name_a_person(key: str) -> bool:
    """Whether a key is a name's without saying whose: "name", "nombre"."""
    return key in _words("persons")


def is_part_of_a_name(key: str) -> bool:
    """Whether a key is a part of a person's name: "first_name", "apellido"."""
    return key in _words("parts")


def title_language(name: str) -> bool:
    """Whether a column's name is a title's with a language behind it: "title_en", "Name (de)"."""
    tokens = _tokens(name)
    return len(tokens) == 2 and tokens[0] in _words("words") and tokens[1] in _words("languages")


def of_something_else(name: str) -> bool:
    """Whether a column's name says that it is no item's title: "host_name", "Vorname", "image"."""
    others = _words("others")
    key = column_key(name)
    if not others.isdisjoint(_tokens(name)) or key in others:
        return True
    return any(
        key.endswith(word) and {key.removesuffix(word), key.removesuffix(word).rstrip("sn")} & others
        for word in _words("words")
    )


def ends_like_a_title(name: str) -> bool:
    """Whether a column's name has a title's word in it and nobody else's: "Sortenname"."""
    key = column_key(name)
    return key.endswith(_SURELY) and not of_something_else(name)


def _tokens(name: str) -> list[str]:
    return [column_key(token) for token in _TOKEN.findall(_CAMEL.sub(" ", name))]
