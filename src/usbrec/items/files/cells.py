"""Cell reading: text without HTML, and the names in lists of texts or objects, as JSON or as Python text.

Nothing is evaluated. A text that opens like a list is parsed within limits of size and depth; one that then
cannot be read is a :class:`BrokenCell`, and is not taken apart at its commas.
"""

from __future__ import annotations

import ast
import functools
import html
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from usbrec.items.titles import collapse
from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern
from usbrec.storage import parse_json

#: Cells beyond these are broken.
LONGEST, DEEPEST = 1_000_000, 8

#: Keys of an object that hold its name, the first that says something.
NAME_KEYS = (
    "name", "title", "label", "value", "text", "term", "tag", "genre", "category", "keyword", "fullname",
    "displayname", "englishname", "originalname",
)  # fmt: skip
_UNKNOWN = frozenset({"", "n/a", "na", "nan", "none", "null", "unknown", "-", "\\n"})
_QUOTES = frozenset("'\"")
_LONGEST_UNKNOWN = max(map(len, _UNKNOWN))
_NOTHING_LISTED = LazyPattern(
    r"\(?(?:no|none) (?:genres?|categor(?:y|ies)|tags?|styles?)(?: listed)?\)?|\(none\)"
)
# Keys whose values name nothing that is said in a conversation.
_NO_NAME = LazyPattern(
    r".*id|.*(?:url|path|href|link|uri)|iso.*|code|type|slug|gender|order|count|rank|score"
)
_LANGUAGE = LazyPattern(r"[a-z]{2}(?:[-_][A-Za-z]{2})?")
_STRING = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_STRINGS = LazyPattern(_STRING, re.DOTALL)
_STRING_THEN = LazyPattern(rf"({_STRING})(\s*(?=['\"]))?", re.DOTALL)
# Chinese and Japanese lists have marks of their own; a slash is part of a name ("AC/DC", "Sci-Fi/Fantasy")
# unless blanks or such letters stand around it.
_SEPARATORS = {
    ",|;": LazyPattern(r"[,|;，；、｜]|\s[/>›»]\s|(?<=[\u3040-\u9fff])/(?=[\u3040-\u9fff])"),
    "|;": LazyPattern("[|;；｜]"),
}
# The same where no slash stands.
_WIDE_SEPARATORS = {",|;": LazyPattern(r"[,|;，；、｜]|\s[>›»]\s"), "|;": _SEPARATORS["|;"]}
# "Garden > Tools > Rakes" is a path of categories.
_PLAIN_SEPARATORS = {",|;": LazyPattern(r"[,|;]|\s>\s"), "|;": LazyPattern("[|;]")}
_EMPTY = LazyPattern(r"\s*(?:\[\s*\]|\{\s*\}|\(\s*\))\s*")
_MARK = "\x01"
_SKELETON = LazyPattern(rf"[\[\](){{}},:\s\w.+\-{_MARK}]*")
# numpy and Python name the kind of a collection: array(['a', 'b'], dtype=object).
_CALLED = LazyPattern(r"[A-Za-z][\w.]*\(\s*(?P<inside>[\[{].*[\]}])\s*(?:,\s*dtype=[^,]*)?\)", re.DOTALL)
#: What opens a list of texts, or of objects: "(2 pack) blue" opens none.
_LISTED = LazyPattern(r"[\[{]|\(\s*['\"]|[A-Za-z][\w.]*\(\s*[\[{]")
_ARRAY = LazyPattern(r"[A-Za-z][\w.]*\(\s*[\[{]")
_PLAIN_LIST = LazyPattern(r"\[[^\[\]'\"]*,[^\[\]'\"]*\]")
_WORDS = {"nan": None, "NaN": None, "inf": None, "null": None, "true": True, "false": False}
_TAG = LazyPattern(
    r"""<!--.*?-->
      | <(script|style)\b[^<>]*>.*?</\1\s*>
      | </?(?:a|abbr|acronym|address|article|aside|b|big|blockquote|body|br|caption|center|cite|code|dd|del
          |div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|li
          |link|main|mark|meta|nav|ol|p|pre|q|s|section|small|source|span|strike|strong|sub|sup|table|tbody|td
          |tfoot|th|thead|title|tr|tt|u|ul|video|wbr)
          # Its attributes, of which "a<b and c>d" has none:
          (?:\s+(?:allowfullscreen|async|autoplay|checked|compact|controls|defer|disabled|hidden|loop|multiple
          |muted|noshade|nowrap|open|readonly|required|reversed|selected)\b)*
          (?:\s+[a-z][\w:.@-]*\s*=[^<>]*)?\s*/?\s*>""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_INLINE = LazyPattern(
    r"</?(?:a|abbr|b|big|cite|code|em|font|i|mark|q|s|small|span|strong|sub|sup|tt|u|wbr)\b", re.I
)


class BrokenCell(ValueError):
    """A cell that opens like a list and cannot be read as one, or an object without a name. `kept` is what
    could be read of it."""

    def __init__(self, problem: str, kept: str = "") -> None:
        super().__init__(problem)
        self.kept = kept


def text_of(value: Any, unknown: frozenset[str] = _UNKNOWN) -> str:
    """One value as trimmed text; "" for what stands for nothing. Of lists and objects, their names."""
    if isinstance(value, str):
        text = " ".join(value.split())
        if text[:2] == '="' and text[-1] == '"' and len(text) > 2:  # as Excel keeps zeros before a number
            text = text[2:-1].strip()
        if text.isascii() and "&" not in text:
            return "" if len(text) <= _LONGEST_UNKNOWN and text.lower() in unknown else text
    elif isinstance(value, bool) or value is None:
        return ""
    elif isinstance(value, (int, float)):
        text = str(value)
    elif isinstance(value, (list, Mapping)):
        try:
            return ", ".join(names_in(value))
        except BrokenCell:
            return ""
    else:
        return ""
    # A lone surrogate (half an emoji, escaped in JSON) can be neither stored nor hashed.
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    if "&" in text:
        text = unescaped(text)
    return "" if len(text) <= _LONGEST_UNKNOWN and text.casefold() in unknown else text


def further_text(value: Any) -> str:
    """What a column that means nothing to us holds; of lists and objects in a cell, their names. Raises
    BrokenCell, with what could be read as its `kept`, for a list that cannot be read to its end."""
    if isinstance(value, str) and value[:1].isalnum() and ("(" not in value or not _ARRAY.match(value)):
        return text_of(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping) and (told := amount_in(value) or _measures(value) or hours_in(value)):
        return told
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping):
        return further_text(value[0])
    if isinstance(value, list | Mapping):
        return ", ".join(names_in(value))
    if isinstance(value, str) and _EMPTY.fullmatch(value):
        return ""
    written = text_of(value)
    if isinstance(value, str) and _LISTED.match(written):
        return _listed(written)
    return written


def _listed(written: str) -> str:
    """What a text that opens like a list or an object holds."""
    try:
        found = _structure(written)
        if isinstance(found, Mapping) and (told := amount_in(found) or _measures(found) or hours_in(found)):
            return told
        if found is not None:
            return ", ".join(_names(found, {}, 1))
    except BrokenCell as problem:
        whole = [_unquoted(one[0]) for one in _STRINGS.finditer(written)]
        if written[0] != "{" and whole:
            kept = ", ".join(whole)
            raise BrokenCell(f"{problem}; kept of it: {kept[:80]!r}", kept) from problem
        return written
    if _PLAIN_LIST.fullmatch(written):  # "[steel, cord]"
        return written[1:-1].strip()
    return written


def amount_in(value: Mapping[Any, Any]) -> str:
    """An amount of money that an object holds, {"amount": 5, "currency": "EUR"}, as a text, else ""."""
    folded = {str(key).casefold(): entry for key, entry in value.items()}
    currency = next(
        (
            folded[key]
            for key in ("currency", "currencycode", "currency_code", "pricecurrency")
            if key in folded
        ),
        "",
    )
    number = next((folded[key] for key in ("amount", "value", "price") if key in folded), None)
    if not isinstance(currency, str) or isinstance(number, bool) or not isinstance(number, int | float | str):
        return ""
    return f"{number} {currency}" if currency.strip() else ""


def _measures(value: Mapping[Any, Any]) -> str:
    """What an object of numbers says, {"width": 3, "height": 4}, as a text, else ""."""
    numbers = [entry for entry in value.values() if isinstance(entry, int | float)]
    if not value or len(numbers) < len(value) or all(entry in (0, 1) for entry in numbers):
        return ""
    return ", ".join(f"{key}: {entry}" for key, entry in value.items())


def hours_in(value: Mapping[Any, Any]) -> str:
    """Opening hours by day, {"Monday": "9:00-17:00", "Sunday": "closed"}, as a text of the days on which
    something is open; "" for any other object."""
    days = [_days().get(str(key).casefold().rstrip(".")) for key in value]
    if not value or None in days:
        return ""
    told = []
    for day, entry in zip(days, value.values(), strict=True):
        entries = entry if isinstance(entry, list | tuple) else [entry]
        spans = [text for one in entries if (text := text_of(one)).casefold() not in _closed()]
        if spans:
            told.append(f"{day} {' and '.join(spans).replace(', ', ' and ')}")
    return ", ".join(told)


@functools.cache
def _days() -> Mapping[str, str]:
    """How each day is told, by how it is written, in small letters."""
    return {one: day for day, written in shared("columns")["days"].items() for one in written.split()}


@functools.cache
def _closed() -> frozenset[str]:
    return frozenset(shared("columns")["hours"]["closed"])


def names_in(value: Any, keys: dict[str, None] | None = None, separators: str = ",|;") -> list[str]:
    """The names in a cell: of a list, of objects, or of one text that separates them by `separators`.

    `keys` hears which keys of objects held a name. Raises BrokenCell.
    """
    keys = {} if keys is None else keys
    if not isinstance(value, str):
        return _names(value, keys, 0)
    written = text_of(value)
    if not written:
        return []
    slashed = "/" in written
    plain = written.isascii() and not slashed
    between = (_PLAIN_SEPARATORS if plain else _SEPARATORS if slashed else _WIDE_SEPARATORS)[separators]
    if written[0] in '[{("' or written[-1] == ")":
        found = _structure(written)
        if found is not None:
            return _names(found, keys, 1)
        if written[0] == "[" and written[-1] == "]":
            written = written[1:-1]
    elif between.search(written) is None:
        return [] if _is_nothing(written) else [_unquoted(written)]
    pieces = between.split(written)
    if not plain or "&" in written:
        pieces = list(map(text_of, pieces))
    else:  # trimmed already but at the ends, and nothing to unescape
        pieces = [
            "" if len(part) <= _LONGEST_UNKNOWN and part.lower() in _UNKNOWN else part
            for part in map(str.strip, pieces)
        ]
    parts = [_unquoted(part) if part[:1] in _QUOTES else part for part in pieces]
    return [part for part in parts if part and (part[0] not in "(nN" or not _is_nothing(part))]


def _is_nothing(text: str) -> bool:
    return text[0] in "(nN" and _NOTHING_LISTED.fullmatch(text.casefold()) is not None


def _unquoted(text: str) -> str:
    return text[1:-1].strip() if len(text) > 2 and text[0] == text[-1] and text[0] in "'\"" else text


def _names(value: Any, keys: dict[str, None], depth: int) -> list[str]:
    if depth > DEEPEST:
        raise BrokenCell(f"lists or objects nested more than {DEEPEST} deep")
    if isinstance(value, list | tuple):
        return [name for entry in value for name in _names(entry, keys, depth + 1)]
    if isinstance(value, Mapping):
        return _named(value, keys, depth)
    text = text_of(value)
    if text and text[0] in "[{" and isinstance(value, str):
        found = _structure(text)
        if found is not None:
            return _names(found, keys, depth + 1)
    return [text] if text and not _is_nothing(text) else []


def _named(value: Mapping[Any, Any], keys: dict[str, None], depth: int) -> list[str]:
    """The name of an object; of one without a key for it, the names that its keys or values are."""
    folded = {re.sub(r"[\s_\-]+", "", str(key)).casefold(): key for key in reversed(list(value))}
    there = [folded[key] for key in NAME_KEYS if key in folded]
    for key in there:
        if found := _names(value[key], keys, depth + 1):
            keys[str(key)] = None
            return found
    if there or not value:
        return []
    texts = [str(key) for key in value]
    if is_by_language(value):
        return _names(value.get("en", next(iter(value.values()))), keys, depth + 1)
    inside = list(value.values())
    if not any(map(_NO_NAME.fullmatch, folded)):
        if all(isinstance(entry, str) for entry in inside):  # {"/m/02kdv5l": "Action"}
            return [name for entry in inside for name in _names(entry, keys, depth + 1)]
        if all(isinstance(entry, int | float) for entry in inside):  # {"Action": 1, "Drama": 0}
            return [
                name for text, entry in zip(texts, inside, strict=True) if entry for name in names_in(text)
            ]
    raise BrokenCell(f"an object in which no key holds a name ({', '.join(texts[:6])})")


def is_by_language(value: Mapping[Any, Any]) -> bool:
    """Whether the keys of an object are languages: {"en": "High Sea", "de": "Hohe See"}."""
    spoken = "en" in value or len(value) > 1
    return spoken and all(isinstance(text, str) and _LANGUAGE.fullmatch(text) for text in value)


def titles_in(value: Any) -> list[str]:
    """The names in a cell of titles, those in other languages behind the first. Raises BrokenCell."""
    if not isinstance(value, Mapping) or not is_by_language(value):
        return names_in(value)
    first = _names(value, {}, 0)
    return [*first, *(name for entry in value.values() for name in _names(entry, {}, 1) if name not in first)]


def _structure(written: str) -> Any:
    """The list, object or text that a cell writes; None where it is plain text. Raises BrokenCell."""
    if called := _CALLED.fullmatch(written):
        written = called["inside"]
    opening = written[0]
    if opening not in '[{("' or (opening == "(" and not _STRINGS.search(written)):
        return None
    if len(written) > LONGEST:
        raise BrokenCell(f"a list of more than {LONGEST:,} characters")
    try:
        return parse_json(written)
    except ValueError:
        pass
    if opening == '"':
        return None
    try:
        return _python(written)
    except BrokenCell:
        raise
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pass
    # "[Action, Drama]", "[REC] 2" and "(who's who)" are plain texts in brackets.
    closing = {"[": "]", "{": "}", "(": ")"}[opening]
    if opening == "(" or (opening == "[" and closing in written and not re.search(r"['\"{}]", written)):
        return None
    cut = "" if written.endswith(closing) else ", and it is cut off"
    raise BrokenCell(f"neither a list in JSON nor one in Python{cut}")


def _python(written: str) -> Any:
    """What Python's repr of lists, objects, sets, texts and numbers says, and numpy's of texts."""
    if _MARK in written:
        raise ValueError("a control character")
    skeleton = _STRINGS.sub(_MARK, written)
    if not _SKELETON.fullmatch(skeleton):
        raise ValueError("more than lists, objects, texts and numbers")
    depth = deepest = 0
    for mark in skeleton:
        depth += (mark in "[{(") - (mark in "]})")
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise BrokenCell(f"lists or objects nested more than {DEEPEST} deep")
    if re.search(rf"{_MARK}\s*{_MARK}", skeleton):  # numpy sets blanks alone between texts
        written = _STRING_THEN.sub(lambda match: match[1] + ("" if match[2] is None else ", "), written)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes that Python does not know
        tree = ast.parse(written, mode="eval")
    return _literal(tree.body)


def _literal(node: ast.expr) -> Any:
    """Like ast.literal_eval, but sets keep their order, and "nan" is nothing."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | None):
        return node.value
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_literal(entry) for entry in node.elts]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {str(_literal(key)): _literal(value) for key, value in pairs if key is not None}
    if isinstance(node, ast.Name) and node.id in _WORDS:
        return _WORDS[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return node.operand.value
    raise ValueError("no literal")


def unescaped(text: str) -> str:
    """`text` with its HTML entities as characters, those that were escaped twice, too."""
    for _ in range(2):
        if "&" not in text:
            break
        try:
            text = html.unescape(text)
        except ValueError:  # a character reference of thousands of digits
            break
    return collapse(text)


def without_html(text: str) -> str:
    """`text` without tags, comments, scripts and entities of HTML; "a < b" and "<3" stay as they are."""
    if "&" in text:
        text = unescaped(text)
    if "<" in text:
        text = collapse(_TAG.sub(lambda tag: "" if _INLINE.match(tag[0]) else " ", text))
    return text


_TAGGED = LazyPattern(r"[a-z]{2}:([^\W\d_][^\s,;|:]*)")


def without_languages(text: str) -> str:
    """The words of tags that name their language, as Open Food Facts writes them: "en:palm-oil,en:vegan" says
    "palm oil, vegan". Any other text stays as it is."""
    parts = [one.strip() for one in text.split(",")]
    tags = [_TAGGED.fullmatch(one) for one in parts]
    return ", ".join(tag[1].replace("-", " ") for tag in tags if tag) if all(tags) else text


#: What ends a line of a cell, or an entry of a list in it; and what entries begin with.
_LINES = LazyPattern(r"\n|<br\s*/?>|</li>|</p>", re.IGNORECASE)
_BULLET = LazyPattern(r"[-*•·–]\s+")
_LONGEST_ENTRY = 40


def in_one_line(text: str) -> str:
    """A cell without tags; several short lines, or entries of a list, with commas between."""
    pieces = [piece for one in _LINES.split(text) if (piece := without_html(one).strip())]
    entries = [_BULLET.sub("", piece, count=1).rstrip(" ,;") for piece in pieces]
    listed = len(entries) > 1 and all(len(one) <= _LONGEST_ENTRY and one[-1:] not in ".!?" for one in entries)
    return ", ".join(entries) if listed else " ".join(pieces)


def first_of(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, whatever its case, in order."""
    names = list(names)
    if len(names) < 2:
        return tuple(names)
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found.values())
