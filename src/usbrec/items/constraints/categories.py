"""Category reader: which names of a catalogue's categories a clause asks for or excludes.

"Not from Sony, Bose or JBL", "red or blue", "for children", "it has to be boots". A name counts where one
column alone has it; a brand only behind a word such as "from" or "no", and a kind of item (`genres`) only
behind "has to be" and its like, because a liking is no demand.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from usbrec.items.constraints.certainty import allows
from usbrec.items.constraints.certificates import is_rated, on_side, side_of
from usbrec.items.constraints.choices import choice_behind, ends_choice
from usbrec.items.constraints.clauses import CLAUSE, WORD, holds
from usbrec.items.constraints.colours import colour_forms
from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.column_roles import is_harm, is_maker, is_origin
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.column_types import TypedColumn, name_words, spoken_name
from usbrec.items.constraints.name_forms import NOTHING_MORE, ends_there, forms_said, is_land, is_land_name
from usbrec.items.constraints.patterns import ConstraintPatterns
from usbrec.items.constraints.phrases import all_phrases, begun, ends, is_phrase, opens
from usbrec.items.constraints.statements import Kind, Statement
from usbrec.items.constraints.told_facts import asks_by, tells_doing, tells_kind, tells_of_thing
from usbrec.patterns import LazyPattern

#: Names of categories have at most so many words where they are looked for.
_NAME_WORDS = 4
#: Behind one of these, or a number, a negation goes no further.
_CUT = LazyPattern(r"[\d.,;:!?\ue000-\uf8ff]")
#: "Plastic-free", "plastikfrei"; and what is said not to be of a name: "Wesko is not a must".
_FREE_OF = LazyPattern(r"[\s-]?(?:free|frei|less|los)(?!\w)")
_IS_NOT = LazyPattern(
    r"\s*(?:(?:is|are|was|were|would be|would|does|do|ist|sind|wäre|wären|muss|müssen|braucht)"
    r"\s+(?:not|nicht|kein\w*|never|no)|isn't|aren't|wasn't|wouldn't|doesn't|don't)(?!\w)"
)
_RUN = LazyPattern(r"\w+")
_OR = LazyPattern(r"\W*(?:(?:ok|okay|well|hm+|also|na|naja)\W+)?(?:or|oder)(?!\w)")
_FROM, _TO = LazyPattern(r"(?<!\w)(?:from|von)\s+$"), LazyPattern(r"\s+(?:to|nach)\s+")
#: "No boots with heels" excludes those with both.
_NO, _WITH = LazyPattern(r"(?<!\w)(?:no|kein\w*)\s+$"), LazyPattern(r"\s+(?:with|without|mit|ohne)(?!\w)")
_CONTAINING = LazyPattern(
    r"(?<!\w)(?<!can )(?<!may )(?:with|containing|contains?|mit|enthält)\s+(?:some\s+)?$"
)
#: Behind one of these a single word may be whose an item is: "nothing by Queen".
_BY = frozenset({"by", "von"})
#: Plurals of shorter names are other words.
_SHORT_NAME = 5
#: "No nuts with gluten": none with both.
_AND_WITH = LazyPattern(r"\s+(?:with|mit)\s+(?:any\s+)?")
#: Columns with more different names are not looked for by them.
_MOST_NAMES = 20_000


class CategoryReader:
    """Reads the categories that clauses name; `stock` is read by others."""

    def __init__(
        self, table: ColumnTable, phrases: Sequence[ConstraintPatterns], stock: TypedColumn | None
    ) -> None:
        self.table = table
        self._phrases = phrases
        self._stock = stock

    @functools.cached_property
    def columns(self) -> list[TypedColumn]:
        return [
            column
            for column in self.table.columns
            if column.type == "category"
            and column.name != "people"
            and column is not self._stock
            and len(self.table.names(column.name)) <= _MOST_NAMES
        ]

    @functools.cached_property
    def _audiences(self) -> frozenset[str]:
        """Columns that say for whom an item is: "I have two kids" asks for nothing."""
        groups = [
            frozenset(names) for each in self._phrases for names in each.phrases.lists["audience"].values()
        ]
        known = frozenset().union(*groups)
        return frozenset(
            column.name
            for column in self.columns
            if any(folded(name) in known for name in self.table.names(column.name))
        )

    @functools.cached_property
    def _brand(self) -> TypedColumn | None:
        return next((one for one in self.table.columns if name_words(one.name) == "brand"), None)

    @functools.cached_property
    def vocabulary(self) -> Mapping[str, Mapping[str, str]]:
        """For each category's words, the columns that have it and how they write it."""
        known: dict[str, dict[str, str]] = {}
        for column in self.columns:
            for name in self.table.names(column.name):
                key = " ".join(WORD.findall(folded(name).replace("’", "'")))
                if key and key.count(" ") < _NAME_WORDS:
                    known.setdefault(key, {})[column.name] = name
            for form, name in colour_forms(self.table.names(column.name)).items():
                known.setdefault(form, {}).setdefault(column.name, name)
        for column in self.columns:
            for form, name in forms_said(column.name, self.table.names(column.name)).items():
                if form.count(" ") < _NAME_WORDS:
                    known.setdefault(form, {column.name: name})
        # Whose an item is, by more than one word; what others are called goes before.
        people = self.table.column("people")
        for name in self.table.names("people") if people is not None and people.name == "people" else ():
            key = " ".join(WORD.findall(folded(name).replace("’", "'")))
            if 0 < key.count(" ") < _NAME_WORDS and key not in known:
                known[key] = {"people": name}
        return known

    @functools.cached_property
    def _people(self) -> Mapping[str, str]:
        """Those whom an item is by whose name is one word: it may be any other, but behind "by"."""
        people = self.table.column("people")
        if people is None or people.name != "people":
            return {}
        keys = ((" ".join(WORD.findall(folded(one))), one) for one in self.table.names("people"))
        return {key: name for key, name in keys if key and " " not in key}

    @functools.cached_property
    def _starts(self) -> Mapping[str, int]:
        """For each word that a name of the vocabulary begins with, how many words the longest of them has."""
        starts: dict[str, int] = {}
        for name in self.vocabulary:
            first, *further = name.split()
            starts[first] = max(starts.get(first, 0), 1 + len(further))
        return starts

    def read(self, clause: str, before: str, after: str = "") -> list[Statement]:
        """The categories that a clause names: excluded, asked for, allowed again, or for whom it is. `before`
        and `after` are what its sentence says around it."""
        found: list[Statement] = []
        clause = self._without_other_words(clause)
        words = list(WORD.finditer(clause))
        position, taken = 0, 0
        listing, listed = self._listing(before, clause + after)
        wanted: dict[str, list[str]] = {}
        while position < len(words):
            length, columns = self._longest(words, position)
            if length < 2 and position and words[position - 1][0] in _BY:
                person = self._people.get(words[position][0])
                length, columns = (length, columns) if person is None else (1, {"people": person})
            if not length:
                position += 1
                continue
            start, end = words[position].start(), words[position + length - 1].end()
            told, behind = clause[taken:start], clause[end:]
            if "people" in columns and not taken and before.rstrip()[-1:] == ")":
                position += length  # "Lincoln (2012) directed by Steven Spielberg" tells whose it is
                continue
            named = words[position : position + length]
            if (
                "people" not in columns
                and not self._is_written(named)
                and not (NOTHING_MORE.fullmatch(behind) and self._mode(told) in ("exclude", "must"))
                and not _is_allergy(named[-1])
            ):
                position += 1  # "kettles from Wesko" are what is looked for
                continue
            if opens("fine", behind.lstrip()):
                # "White or red is fine, too" allows both.
                named_before = wanted if self._joined(told) else {}
                found += [
                    holds("released", self._typed(name), "=", other)
                    for name, others in named_before.items()
                    for other in others
                ]
                named_before.clear()
                found += [
                    holds("released", self._typed(name), "=", written) for name, written in columns.items()
                ]
            else:
                first = not told.strip() and taken == 0
                behind_mode = self._mode_behind(behind)
                mode = behind_mode or self._open(told, behind, columns) or self._mode(told, between=taken > 0)
                # "Not from France, white" goes on with another column.
                goes_on = (first or self._joined(told)) and (not listed or not listed.isdisjoint(columns))
                mode = mode or (listing if goes_on else None)
                if not first and listing == "both" and _AND_WITH.fullmatch(told):
                    mode = "open"
                listing, listed = mode, frozenset()
                if mode == "exclude" and _WITH.match(behind) and _NO.search(told):
                    listing = "both"
                found += self._by_mode(mode, columns, named, wanted, told, behind)
            position += length
            taken = end
        # "Or white" goes on with what was asked for before.
        kind: Kind = "also" if _OR.match(before + clause) or _OR.match(clause) else "holds"
        for name, names in wanted.items():
            column = self._typed(name)
            distinct = tuple(dict.fromkeys(names))
            found.append(
                holds(kind, column, "=", distinct[0])
                if len(distinct) == 1
                else holds(kind, column, "in", distinct)
            )
        found += self._for_whom(clause)
        return found

    def _without_other_words(self, clause: str) -> str:
        """The clause with blanks where a name of ours is another word: "ich weiß" says no colour."""
        if "no_names" in begun(clause):
            for each in all_phrases():
                clause = each.regex("no_names").sub(lambda found: " " * len(found[0]), clause)
        return clause

    def _by_mode(
        self,
        mode: str | None,
        columns: Mapping[str, str],
        words: Sequence[re.Match[str]],
        wanted: dict[str, list[str]],
        told: str,
        behind: str,
    ) -> Iterator[Statement]:
        """A name with what stands before and behind it; what is asked for goes into `wanted`."""
        brand = self._brand
        if mode == "open":
            return
        ignored = len(words) == 1 and (words[0][0].isdigit() or is_phrase("ignored", words[0][0]))
        # "Easy or medium": beside another name of its column it is one.
        listed = self._joined(told) and not wanted.keys().isdisjoint(columns)
        ignored = ignored and not (listed or self._goes_on(behind, columns))
        by_column = {
            name: written
            for name, written in columns.items()
            if told.rstrip().endswith(spoken_name(self._typed(name)))
            or (is_rated(told, behind) and on_side(written, self.table.names(name), "milder"))
        }
        if by_column:
            columns, ignored = by_column, False
        if brand is not None and brand.name in columns and (mode is not None or len(columns) == 1):
            if mode is None:
                return
            if mode == "exclude":
                yield holds("holds", brand, "!=", columns[brand.name])
            else:
                wanted.setdefault(brand.name, []).append(columns[brand.name])
            return
        # A name that several columns have says which one it means by none of its words.
        if len(columns) != 1 or ignored or (len(words[0][0]) < 2 and not by_column):
            return
        name, written = next(iter(columns.items()))
        if name == "people" and mode != "exclude":
            if (listed and name in wanted) or (
                asks_by(told)
                and not (behind.lstrip().startswith("?") and len(told.split()) == 1)  # "By Franz Kafka?"
                and not self._is_choice(name, told, behind, listed=listed)
            ):
                wanted.setdefault(name, []).append(written)  # "something by Franz Kafka"
            return
        # "No shoes over 60" excludes no shoes.
        demanded = mode == "must" or (mode == "exclude" and ends_there(behind) and not tells_kind(told))
        if name == "genres" and not demanded:
            return
        if ends("story_places", told) and is_origin(name):
            return  # "set in France"
        said = " ".join(word[0] for word in words)
        tongue = ends("tongue_before", told) or opens("tongue_behind", behind.lstrip(" -"))
        if tongue and is_origin(name) and said != folded(written) and not is_land_name(said):
            return  # "in French"
        if is_phrase("states_of_things", said) and not (
            spoken_name(self._typed(name)) in told
            or behind.lstrip().startswith(spoken_name(self._typed(name)))
        ):
            return  # "free parking"
        if mode == "exclude" and _WITH.match(behind) and _NO.search(told):
            return  # "no hotel without breakfast"
        side = side_of(told, behind)
        scaled = None if side is None else on_side(written, self.table.names(name), side)
        if scaled is not None:
            yield holds("holds", self._typed(name), "in", scaled)
        elif mode == "exclude":
            yield holds("holds", self._typed(name), "!=", written)
        elif self._is_choice(name, told, behind, listed=listed or name in wanted):
            wanted.pop(name, None)
            return  # "online or in Berlin"
        elif is_harm(name) and not (mode == "must" or _CONTAINING.search(told)):
            return  # "can contain nuts", "I love nuts": an allergen is no wish
        elif name not in self._audiences or by_column:
            wanted.setdefault(name, []).append(written)

    def _is_choice(self, name: str, told: str, behind: str, *, listed: bool) -> bool:
        """Whether something else than another name of the column would do as well as a name."""
        if not listed and ends_choice(told):
            return True
        place = choice_behind(behind)
        if place is None:
            return False
        words = list(WORD.finditer(behind, place))
        for position in range(min(len(words), 3)):
            length, columns = self._longest(words, position)
            if length:
                return name not in columns  # "black or dark blue"
        # "French or Italian" where nothing is Italian
        return not (is_origin(name) and is_land(words[0][0]))

    @property
    def harms(self) -> list[TypedColumn]:
        """The columns that say what an item has that some cannot have."""
        return [column for column in self.columns if is_harm(column.name)]

    def _listing(self, before: str, rest: str) -> tuple[str | None, frozenset[str]]:
        """Whether the clause before a comma ends in a list of excluded or wanted names that goes on here:
        "not from Sony, Bose or JBL". Two names without a word between them may be a correction ("not Sony,
        Bose"), which is left open; and the columns of the last name."""
        if not before or before.rstrip()[-1:] != ",":
            return None, frozenset()
        last = CLAUSE.split(before.rstrip().rstrip(","))[-1]
        words = list(WORD.finditer(last))
        for position in range(len(words)):
            length, columns = self._longest(words, position)
            if length and position + length == len(words):
                mode = self._mode(last[: words[position].start()])
                if mode == "exclude" and not self._is_long_list(before, rest):
                    return "open", frozenset(columns)
                return mode, frozenset(columns)
        return None, frozenset()

    def _is_long_list(self, before: str, rest: str) -> bool:
        """Whether names behind a comma are more than one, or there are more before it."""
        words = list(WORD.finditer(rest))
        length = self._longest(words, 0)[0] if words else 0
        if not length or before.count(",") > 1:
            return True
        told = rest[words[length - 1].end() :]
        following = words[length : length + 3]
        for position in range(len(following)):
            if self._longest(following, position)[0]:
                return self._joined(told[: following[position].start() - words[length - 1].end()])
        return False

    def _open(self, told: str, behind: str, columns: Iterable[str]) -> str | None:
        """ "open" where a name is said for another reason: what is only allowed, where somebody lives, what
        another thing is, and a way from one place to another; `columns` are those that have the name."""
        if tells_of_thing(told, [spoken_name(self._typed(one)) for one in columns]):
            return "open"
        if allows(told) or ends("own_places", told) or ends("beside_others", told):
            return "open"
        if (tells_doing(told) or ends("too_much_of", told)) and self._mode(told) != "exclude":
            return "open"
        if any(map(is_origin, columns)) and (
            ends("not_far", told) or (ends("nearby", told) and self._mode(told) != "exclude")
        ):
            return "open"  # "near Vienna"
        words = list(WORD.finditer(behind))
        leaves = _FROM.search(told) is not None and len(words) > 1 and words[0][0] in ("to", "nach")
        arrives = _TO.fullmatch(told) is not None
        return "open" if arrives or (leaves and self._longest(words, 1)[0]) else None

    def _mode(self, told: str, *, between: bool = False) -> str | None:
        """What words before a name say of it: "exclude", "must", "include", "open" where it may be that or
        another, or nothing. `between` says that they stand behind another name ("Saft als Tabletten")."""
        if (negated := self._negated(told)) is not None:
            return negated
        if between and is_phrase("rejects", told.strip()):
            return "exclude"
        uses = begun(told)
        if not uses.isdisjoint(("exclude", "negations")) and any(
            each.exclude_before.search(told) for each in self._phrases
        ):
            return "exclude"
        if "must" in uses and any(each.must_before.search(told) for each in self._phrases):
            return "must"
        if "include" in uses and any(each.include_before.search(told) for each in self._phrases):
            return "include"
        return None

    def _mode_behind(self, behind: str) -> str | None:
        """What words behind a name say of it: "plastic-free" and "plastic is out" exclude it, "is not ..."
        says nothing else of it."""
        if _FREE_OF.match(behind) or opens("not_fine", behind.lstrip()):
            return "exclude"
        return "open" if _IS_NOT.match(behind) else None

    def _negated(self, told: str) -> str | None:
        """What the last negation before a name says of it: "it should not be in" excludes, "not necessarily"
        leaves it open."""
        if "negations" not in begun(told):
            return None
        for each in all_phrases():
            negations = list(each.regex("negations").finditer(told))
            if not negations:
                continue
            rest = told[negations[-1].end() :]
            # "It's hard not to like Tom Hanks", "neither is Tom Hanks": of nobody that is not wanted.
            if opens("degrees", rest.lstrip()) or is_phrase("degrees_alone", rest.strip()):
                return "open"
            if each.said("hedges", rest) or ends("no_denial", told[: negations[-1].start()]):
                return "open"
            if opens("no_denial_behind", told[negations[-1].start() :]):
                return "open"
            others = WORD.search(each.regex("carriers").sub(" ", rest)) or _CUT.search(rest)
            if others is None:
                return "exclude"
        return None

    def _goes_on(self, behind: str, columns: Mapping[str, str]) -> bool:
        """Whether what stands behind a name goes on with another one of its column."""
        words = list(WORD.finditer(behind))[: 1 + _NAME_WORDS]
        for place in range(1, min(len(words), 3)):
            if self._joined(behind[: words[place].start()]):
                return not self._longest(words, place)[1].keys().isdisjoint(columns)
        return False

    def _joined(self, told: str) -> bool:
        """Whether what stands between two names makes a list of them."""
        plain = told.strip(" /&")
        return bool(plain) and (plain == "," or is_phrase("joins", plain.strip(" ,")))

    def _longest(self, words: Sequence[re.Match[str]], position: int) -> tuple[int, Mapping[str, str]]:
        first = words[position][0]
        starts = self._starts
        longest = starts.get(first) or starts.get(first.removesuffix("'s")) or starts.get(first[:-1]) or 0
        longest = longest or starts.get(f"{first}s", 0)
        if not longest and first.endswith("ies"):
            longest = starts.get(f"{first[:-3]}y", 0)
        for length in range(min(longest, len(words) - position), 0, -1):
            key = " ".join(word[0] for word in words[position : position + length])
            columns = self.vocabulary.get(key) or self.vocabulary.get(key.removesuffix("'s"))
            if columns:
                return length, columns
            # "No hardcovers", "no comedies"
            if key.endswith("s") and len(key) > _SHORT_NAME:
                one = f"{key[:-3]}y" if key.endswith("ies") else key[:-1]
                named = self.vocabulary.get(one, {})
                many = {name: written for name, written in named.items() if self._has_plural(name)}
                if many:
                    return length, many
            several = self.vocabulary.get(f"{key}s")
            if several and _is_allergy(words[position + length - 1]):
                return length, several
        return 0, {}

    def _is_written(self, words: Sequence[re.Match[str]]) -> bool:
        """Whether a name stands there as the catalogue has it, and not in the plural."""
        key = " ".join(word[0] for word in words)
        return key in self.vocabulary or key.removesuffix("'s") in self.vocabulary

    def _has_plural(self, column: str) -> bool:
        """Whether a category's names are of things: there are several of a binding, but of no maker."""
        return column not in (*self._audiences, "people") and not (
            is_maker(column) or is_origin(column) or self._colours(column)
        )

    @functools.cache  # noqa: B019 - one reader serves a run
    def _colours(self, column: str) -> bool:
        return bool(colour_forms(self.table.names(column)))

    def spared(self, clause: str) -> Iterator[Statement]:
        """The names that a clause says need not hold: "it doesn't have to be black"."""
        words = list(WORD.finditer(clause))
        for position in range(len(words)):
            length, columns = self._longest(words, position)
            for name, written in columns.items() if length else ():
                if len(columns) == 1 and not is_phrase("ignored", words[position][0]):
                    yield holds("spared", self._typed(name), "=", written)

    def named(self, text: str, columns: Sequence[TypedColumn], *, unwanted: bool) -> list[Statement]:
        """The names of these columns in an answer (in small letters) that is nothing else: wanted, or not."""
        found: dict[str, list[str]] = {}
        words, position = list(WORD.finditer(text)), 0
        while position < len(words):
            length, named = self._longest(words, position)
            for name, written in named.items() if length else ():
                plain = unwanted or name not in ("genres", "people")
                if plain and any(column.name == name for column in columns):
                    found.setdefault(name, []).append(written)
            position += length or 1
        if unwanted:
            return [
                holds("holds", self._typed(name), "!=", one) for name, names in found.items() for one in names
            ]
        return [
            holds("holds", self._typed(name), "=", names[0])
            if len(names) == 1
            else holds("holds", self._typed(name), "in", tuple(names))
            for name, names in found.items()
        ]

    def _for_whom(self, clause: str) -> Iterator[Statement]:
        if self._audience_words.isdisjoint(_RUN.findall(clause)):
            return
        for each in self._phrases:
            for match in each.audience.finditer(clause):
                mode = self._negated(clause[: match.start()])
                if mode == "open":
                    continue
                synonyms = next(
                    {name for one in self._phrases for name in one.phrases.lists["audience"].get(group, ())}
                    for group, pattern in each.groups
                    if pattern.fullmatch(match["who"])
                )
                for column in self.columns:
                    names = [name for name in self.table.names(column.name) if folded(name) in synonyms]
                    if names and column is not self._brand:
                        yield holds("holds", column, "not in" if mode else "in", tuple(names))
                        break

    @functools.cached_property
    def _audience_words(self) -> frozenset[str]:
        """The first words of those whom an item may be for."""
        groups = [names for each in all_phrases() for names in each.lists["audience"].values()]
        return frozenset(word[0] for names in groups for name in names if (word := _RUN.search(name)))

    def _typed(self, name: str) -> TypedColumn:
        column = self.table.column(name)
        assert column is not None, f"{name} is a column of the table"
        return column


def _is_allergy(word: re.Match[str]) -> bool:
    """Whether an allergy is named by a word and the next one: "a nut allergy"."""
    return opens("allergies", word.string[word.end() :].lstrip(" -"))
