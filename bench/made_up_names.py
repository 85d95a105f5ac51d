"""Made-up names and claims in replies: how many a grounded recommender lets through, and what it spoils.

    python bench/made_up_names.py [--half developed|reported|held-out|second|third|fourth|
                                      fifth|fifth-kept|sixth|sixth-kept]
        [--naming checked|strict|constrained|slots|strict-slots|closed] [--replies 3000] [--seed 0]

Replies are scripted: frames (bench/made_up_frames.py) filled with names that are known to be real or made up
because they were drawn from the catalogue or built here. Nothing of what checks replies is used to build or
to
count them: a made-up reply is let through when what is said still has the made-up words in it, a good one is
spoilt when anything else than it is said. One draw, no second; intervals are Wilson's, 95 %. Films are the
demo's catalogue, products docs/examples/headphones.csv.

With `constrained` a reply has its items as they are to be written, and what the grammar does not let a model
write is neither let through nor said: a good reply of that kind counts as spoilt. With `slots` it has their
numbers in brackets in their place; a made-up name stands there in words.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import math
import random
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import made_up_frames
import made_up_frames_fifth
import made_up_frames_fourth
import made_up_frames_held_out
import made_up_frames_second
import made_up_frames_sixth
import made_up_frames_third
from rich.console import Console
from rich.table import Table

from usbrec.dialogue import Conversation, Turn
from usbrec.items import AttributeRetriever, Similarity, load_catalogue
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ScriptedModel
from usbrec.llm.grammar import OPENINGS
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.grounded import SLOT_WAYS, Grounded, Naming
from usbrec.play.language_model import LanguageModel, PromptTemplate
from usbrec.play.protocol import Sampling
from usbrec.prompts import Prompts

DEMO = Path(str(resources.files("usbrec.data") / "demo" / "catalogue.csv"))
SHOP = Path(__file__).resolve().parent.parent / "docs" / "examples" / "headphones.csv"

GERMAN_COLOURS = {
    "black": "schwarz", "blue": "blau", "green": "grün", "grey": "grau", "red": "rot", "sand": "sandfarben",
    "white": "weiß",
}  # fmt: skip
#: The categories that say how a headphone is worn; the others say what it is for.
WORN = ("on-ear", "over-ear", "in-ear")


@dataclass(frozen=True)
class Script:
    """A reply, how its name or claim was built, and the words that must not be said (None: a good reply)."""

    text: str
    kind: str
    wrong: str | None
    seeker: str
    #: The items of the catalogue that it names, by title and year.
    items: tuple[tuple[str, str], ...] = ()

    def written(self, names: Sequence[str]) -> str:
        """The reply with these names for its items, in their order; a made-up name stays as it is."""
        named = self.wrong if self.wrong and not self.kind.startswith("wrong ") else None
        kept = (start := self.text.find(named), start + len(named)) if named else (-1, -1)
        spots: list[tuple[int, int, str]] = []
        for (title, year), name in zip(self.items, names, strict=True):
            pattern = rf"(?<!\w){re.escape(title)}(?: \({re.escape(year)}\))?(?!\w)"
            # A title in small letters is looked for where it does not stand as the catalogue has it.
            found = list(re.finditer(pattern, self.text)) or re.finditer(pattern.lower(), self.text)
            for one in found:
                taken = [kept, *((begin, end) for begin, end, _ in spots)]
                if all(one.end() <= begin or one.start() >= end for begin, end in taken):
                    spots.append((*one.span(), name))
        text = self.text
        for begin, end, name in sorted(spots, reverse=True):
            text = text[:begin] + name + text[end:]
        return text


def plain(text: str) -> str:
    """What decides whether two names are the same one: letters and digits, without case and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in folded if character.isalnum())


def initialled(name: str) -> str:
    """A person's name with an initial in place of the first one."""
    first, _, rest = name.partition(" ")
    return f"{first[0]}. {rest}" if rest else name


def words_of(text: str) -> str:
    """A text's words in small letters, a space around each."""
    found = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(found)} "


def halved(book: Any, half: int) -> SimpleNamespace:
    """Every second entry of each list of a set of frames."""

    def part(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: part(listed) for name, listed in value.items()}
        return value[half::2]

    return SimpleNamespace(**{name: part(value) for name, value in vars(book).items() if name.isupper()})


def as_marked(frame: str, name: str) -> str:
    """A name as the mark of a frame has it: `{t}` as it is, `{b}` without its year, `{l}` also in small
    letters."""
    if "{t}" in frame:
        return name
    bare = re.sub(r" \(\d{4}\)$", "", name)
    return bare.lower() if "{l}" in frame else bare


@dataclass(frozen=True)
class Shelf:
    """A catalogue as its file has it, and the frames to speak of it."""

    rows: Sequence[Mapping[str, Any]]
    frames: Sequence[str]
    quiet: Sequence[str]
    seekers: Sequence[str]
    products: bool
    titles: Sequence[str]

    def known(self) -> set[str]:
        # What stands behind a colon, or before it, is a name of the item too, and so it is behind its brand.
        parts = {part for title in self.titles for part in (title, *re.split(r"[:–] | - ", title))}
        if self.products:
            parts |= {f"{brand} {row['t']}" for row in self.rows for brand in row["people"]}
        return {plain(part) for part in parts}


def films(book: Any = made_up_frames) -> Shelf:
    with DEMO.open(encoding="utf-8") as file:
        rows = [
            {
                "t": row["Title"], "y": row["Year"], "g": row["Genre"].split(",")[0].strip().lower(),
                "people": [name.strip() for column in ("Director",
                "Cast") for name in row[column].split(",") if name.strip()],
                "d": row["Director"].split(",")[0].strip(),
                "cast": [name.strip() for name in row["Cast"].split(",") if name.strip()],
                "all": [name.strip() for column in ("Director", "Writer",
                "Cast") for name in row[column].split(",") if name.strip()],
            }
            for row in csv.DictReader(file)
        ]  # fmt: skip
    titles = [row["t"] for row in rows]
    rows = [row for row in rows if row["y"] and row["people"] and row["g"]]
    return Shelf(rows, book.FILMS, book.PLAIN_FILMS, book.SEEKERS_FILMS, False, titles)


def products(book: Any = made_up_frames) -> Shelf:
    with SHOP.open(encoding="utf-8") as file:
        rows = [
            {
                "t": " ".join(row["Name"].split()), "y": row["Year"], "g": row["Category"],
                "people": [row["Brand"].title()],
                "all": [row["Brand"].title()], "c": row["Colour"], "h": row["Battery Hours"],
                "stock": row["Stock"], "about": row["Description"],
                "price": re.sub(r"[^0-9.,]", "", row["Price"]).replace(",", "."),
            }
            for row in csv.DictReader(file)
        ]  # fmt: skip
    titles = Counter(row["t"] for row in rows)
    # What two items are called alike has no one price.
    rows = [row for row in rows if titles[row["t"]] == 1]
    return Shelf(rows, book.PRODUCTS, book.PLAIN_PRODUCTS, book.SEEKERS_PRODUCTS, True, list(titles))


class Writer:
    """Writes replies about one shelf, from a half of the frames."""

    def __init__(self, shelf: Shelf, half: int | None, seed: int, book: Any = made_up_frames) -> None:
        # Without halves every frame is written from.
        self.shelf, self.book = shelf, book
        self.part = slice(None) if half is None else slice(half, None, 2)
        self.draw = random.Random(f"{seed} {half} {shelf.products}")
        self.known = shelf.known()
        self.frames = shelf.frames[self.part]
        self.quiet = shelf.quiet[self.part]
        self.years = {row["t"]: row["y"] for row in shelf.rows}
        self.used: tuple[tuple[str, str], ...] = ()

    def of(self, listed: Sequence[str]) -> str:
        return self.draw.choice(listed[self.part])

    def row(self, *, having: Sequence[str] = ()) -> Mapping[str, Any]:
        while True:
            row = self.draw.choice(self.shelf.rows)
            if all(row.get(name) for name in having):
                return row

    def filled(self, frame: str, row: Mapping[str, Any], **over: Any) -> str:
        price = row.get("price") or "99"
        values = {
            "t": row["t"], "r": self.row()["t"], "g": row["g"], "p": self.draw.choice(row["people"]),
            "y": row["y"],
            "price": price, "h": row.get("h"), "c": row.get("c"), "d": row.get("d", ""),
        }  # fmt: skip
        values["P"], values["D"] = initialled(values["p"]), initialled(values["d"])
        if "{a}" in frame or "{A}" in frame:
            values["a"] = self.draw.choice(row["cast"])
            values["A"] = initialled(values["a"])
        self.used = tuple(
            (values[name], row["y"] if name == "t" else self.years.get(values[name], ""))
            for name in ("t", "r")
            if f"{{{name}}}" in frame.replace("{b}", "{t}").replace("{l}", "{t}")
            and (name == "r" or not over.get("made_up"))
        )
        if "{n}" in frame:
            left = row["stock"] if row["stock"] not in ("", "0") else None
            values["n"] = left or str(self.draw.randrange(2, 30))
        values |= over
        values["b"] = values["l"] = as_marked(frame, values["t"])
        values["k"], values["C"] = values["price"].replace(".", ","), GERMAN_COLOURS.get(values["c"], "")
        return frame.format(**values)

    def needs(self, frame: str) -> list[str]:
        named = {"y": "y", "price": "price", "k": "price", "h": "h", "c": "c", "C": "c",
            "d": "d", "D": "d", "a": "cast", "A": "cast"}  # fmt: skip
        return [needed for name, needed in named.items() if "{" + name + "}" in frame]

    def good(self) -> Script:
        seeker = self.draw.choice(self.shelf.seekers)
        if self.draw.random() < 0.12:
            return Script(self.draw.choice(self.quiet), "names nothing", None, seeker)
        if self.shelf.products and self.draw.random() < 0.06:
            there = self.draw.random() < 0.5
            row = self.row(having=("stock",))
            while (row["stock"] == "0") == there:
                row = self.row(having=("stock",))
            return Script(
                self.filled(self.of(self.book.IN_STOCK if there else self.book.SOLD_OUT), row),
                "right stock",
                None,
                seeker,
            )
        frame = self.draw.choice(self.frames)
        row = self.row(having=self.needs(frame))
        title = row["t"]
        if not self.shelf.products and self.draw.random() < 0.5:
            title = f"{title} ({row['y']})"
        return Script(self.filled(frame, row, t=title), "real", None, seeker)

    # Made-up names

    def recombined(self) -> str:
        one, other = self.row(), self.row()
        if self.shelf.products:
            model = re.sub(rf"^{re.escape(other['people'][0])} ", "", other["t"], flags=re.IGNORECASE)
            return f"{one['people'][0]} {model}"
        first, second = one["t"].split(), other["t"].split()
        return " ".join([*first[: max(1, len(first) // 2)], *second[len(second) // 2 :]])

    def digit(self) -> str:
        if not self.shelf.products:
            return f"{self.row()['t']} {self.draw.randrange(2, 9)}"
        while True:
            title = self.row()["t"]
            places = [place for place, character in enumerate(title) if character.isdigit()]
            if places:
                place = self.draw.choice(places)
                return (
                    title[:place]
                    + str((int(title[place]) + self.draw.randrange(1, 9)) % 10)
                    + title[place + 1 :]
                )

    def elsewhere(self) -> str:
        return self.draw.choice(
            self.book.PRODUCTS_ELSEWHERE if self.shelf.products else self.book.FILMS_ELSEWHERE
        )

    def one_word(self) -> str:
        if self.draw.random() < 0.5:
            return self.draw.choice(self.book.WORDS)
        return "".join(self.draw.sample(self.book.SYLLABLES, 2 + self.draw.randrange(2))).capitalize()

    def numeral(self) -> str:
        number = self.draw.choice(
            (self.draw.randrange(11, 99), self.draw.randrange(100, 999), self.draw.randrange(1700, 2060))
        )
        if self.shelf.products:
            return f"{self.row()['people'][0]} {number}"
        return str(number)

    def foreign(self) -> str:
        word = self.draw.choice(self.book.FOREIGN)
        return f"{word} {self.draw.randrange(2, 9)}" if self.draw.random() < 0.3 else word

    def variant(self) -> str:
        if self.shelf.products:
            return f"{self.row()['t']} {self.draw.choice(self.book.EDITIONS)}"
        return f"{self.row()['t']}: {self.of(self.book.SEQUELS)}"

    def lower(self) -> str:
        return self.draw.choice((self.recombined, self.digit, self.elsewhere, self.one_word))().lower()

    def told(self, listed: Sequence[str]) -> str:
        """A name of a list, around a real one where it has a place for it, that no title has within it."""
        while True:
            row = self.row()
            name = self.draw.choice(listed).format(t=row["t"], b=row["people"][0])
            if not any(words_of(name) in words_of(title) for title in self.shelf.titles):
                return name

    def dated(self) -> str:
        """A title that is not in the catalogue, with a year."""
        while (
            plain(name := self.draw.choice((self.elsewhere, self.recombined, self.one_word))()) in self.known
        ):
            pass
        return f"{name} ({self.draw.randrange(1950, 2024)})"

    def named(self) -> Script:
        ways: dict[str, Callable[[], str]] = {
            "recombined": self.recombined, "another number": self.digit, "of elsewhere": self.elsewhere,
            "one word": self.one_word, "a numeral": self.numeral, "another script": self.foreign,
            "another edition": self.variant, "lower case": self.lower,
        }  # fmt: skip
        if not self.shelf.products:
            ways["with a year"] = self.dated
        listed = getattr(self.book, "PRODUCT_NAMES" if self.shelf.products else "FILM_NAMES", {})
        ways |= {kind: partial(self.told, names) for kind, names in listed.items()}
        kind = self.draw.choice(list(ways))
        while True:
            name = ways[kind]()
            if (
                plain(name) not in self.known
                and plain("the " + name) not in self.known
                and not self._titles(name)
            ):
                break
        frame = self.draw.choice(self.frames)
        row = self.row(having=self.needs(frame))
        text = self.filled(frame, row, t=name, made_up=True)
        return Script(text, kind, as_marked(frame, name), self.draw.choice(self.shelf.seekers))

    def _titles(self, name: str) -> bool:
        """Whether a made-up name happens to be real ones that follow each other or differ by an article."""
        bare = plain(re.sub(r"^(the|a|an) ", "", name.casefold()))
        return bare in {plain(re.sub(r"^(the|a|an) ", "", row["t"].casefold())) for row in self.shelf.rows}

    # Wrong claims

    def claim(self) -> Script:
        seeker = self.draw.choice(self.shelf.seekers)
        if not self.shelf.products:
            row = self.row()
            if self.draw.random() < 0.5:
                # What is true of another item of the same title is no wrong claim.
                alike = [one for one in self.shelf.rows if one["t"] == row["t"]]
                while (wrong := str(int(row["y"]) + self.draw.choice((-23, -12, -7, -4, 4, 6, 9, 15)))) in {
                    one["y"] for one in alike
                }:
                    pass
                return Script(
                    self.filled(self.of(self.book.WRONG_YEAR), row, y=wrong), "wrong year", wrong, seeker
                )
            while True:
                name = self.draw.choice(
                    (self.draw.choice(self.row()["all"]), self.draw.choice(self.book.PEOPLE))
                )
                right = [one["all"] for one in self.shelf.rows if one["t"] == row["t"]]
                if not any(name in names or initialled(name) in map(initialled, names) for names in right):
                    break
            frame, short = self.of(self.book.WRONG_PERSON), initialled(name)
            text = self.filled(frame, row, p=name, P=short)
            return Script(text, "wrong person", short if "{P}" in frame else name, seeker)
        further = [kind for kind in ("colour", "category") if hasattr(self.book, f"WRONG_{kind.upper()}")]
        kind = self.draw.choice(("price", "stock", "year", "brand", *further))
        if kind == "price":
            row = self.row()
            wrong = f"{self.draw.randrange(12, 480)}{self.draw.choice(('', '.90', '.99'))}"
            if row["price"] and abs(float(row["price"]) - float(wrong)) < 1.5:
                return self.claim()
            frame = self.of(self.book.WRONG_PRICE)
            text = self.filled(frame, row, price=wrong)
            wrong = wrong.replace(".", ",") if "{k}" in frame else wrong
            return Script(text, "wrong price", wrong, seeker)
        if kind == "stock":
            there = self.draw.random() < 0.5
            row = self.row()
            while row["stock"] and (row["stock"] == "0") != there:
                row = self.row()
            listed = self.book.IN_STOCK if there else self.book.SOLD_OUT
            text = self.filled(self.of(listed), row)
            return Script(text, "wrong stock", text, seeker)
        if kind in further:
            return self.feature(kind, seeker)
        row = self.row(having=("y",))
        if kind == "year":
            wrong = str(int(row["y"]) + self.draw.choice((-9, -5, -3, 2, 3, 5)))
            return Script(
                self.filled(self.of(self.book.WRONG_PRODUCT_YEAR), row, y=wrong), "wrong year", wrong, seeker
            )
        while (name := self.draw.choice((self.row()["people"][0], "Sony", "Bose", "Sennheiser"))) == row[
            "people"
        ][0]:
            pass
        text = self.filled(self.of(self.book.WRONG_BRAND), row, p=name)
        return Script(text, "wrong brand", name, seeker)

    def feature(self, kind: str, seeker: str) -> Script:
        """A colour or a category that an item has not, and that nothing else in the reply has."""
        frame = self.of(self.book.WRONG_COLOUR if kind == "colour" else self.book.WRONG_CATEGORY)
        mark = "c" if kind == "colour" else "g"
        while True:
            row, other = self.row(having=(mark,)), self.row(having=(mark,))
            # A headphone for sports may sit in the ears: what is no other of its kind is no wrong claim.
            alike = kind == "colour" or (row[mark] in WORN) == (other[mark] in WORN)
            text = self.filled(frame, row, **{mark: other[mark]})
            wrong = GERMAN_COLOURS[other[mark]] if "{C}" in frame else other[mark]
            about = f"{row['t']} {row['about']}".casefold()
            if row[mark] != other[mark] and alike and not holds(about, wrong):
                return Script(text, f"wrong {kind}", wrong, seeker)

    def scripts(self, count: int) -> list[Script]:
        """`count` replies: half good ones, a third with made-up names, the others with wrong claims."""
        found = []
        for place in range(count):
            self.used = ()
            script = (self.good if place % 2 else self.claim if place % 6 == 0 else self.named)()
            found.append(replace(script, items=self.used))
        return found


class Ordered:
    """The retriever, with the items that are to be shown first."""

    def __init__(self, inner: AttributeRetriever) -> None:
        self.inner = inner
        self.first: list[str] = []

    def rank(self, turns: Sequence[Turn], count: int, **settings: Any) -> list[tuple[str, float]]:
        others = [one for one in self.inner.rank(turns, count, **settings) if one[0] not in self.first]
        return [*((item_id, 1.0) for item_id in self.first), *others][:count]


def writable(text: str, names: Sequence[str]) -> bool:
    """Whether a model that is held to the grammar of titles can write a text."""
    word = r"[a-zß-öø-ÿ]+"
    title = (
        "(?:" + "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) + r")(?:['’]s)?"
    )
    opening = f"(?:{'|'.join(OPENINGS)})(?:'{word})?"
    rest = rf"(?: |, |; |: | - )(?:{word}(?:[-'’]{word})*|I(?:'{word})?|{title})"
    sentence = rf"(?:{opening}|{title})(?:{rest})*"
    return re.fullmatch(rf"{sentence}(?:[.!?] {sentence})*[.!?]?", text) is not None


async def said(
    shelf: Shelf, scripts: Sequence[Script], *, naming: Naming = "checked"
) -> list[tuple[str, str | None, Mapping[str, Any]]]:
    """What the model writes for each, what a grounded recommender says in its place (None: the model cannot
    write it), and the record of its grounding."""
    catalogue = load_catalogue(SHOP if shelf.products else DEMO)
    knowledge = Knowledge.of(catalogue, Similarity(), seed=0)
    retriever = Ordered(AttributeRetriever(catalogue, knowledge.linker, knowledge.similarity))
    grounding = Grounding(knowledge, retriever, Prompts(), 8, slots=naming in SLOT_WAYS)
    held = naming == "constrained" or naming in SLOT_WAYS
    # What is kept of a refused reply is its item, so that a model is taken to name what it was shown.
    shown_first = held or naming == "closed"
    by_title = {(item.title, str(item.year or "")): item for item in catalogue} if shown_first else {}
    waiting = ""
    model = ScriptedModel(lambda request: waiting)
    spoken = LanguageModel(model, PromptTemplate("S", "Hello!", format=grounding.format))
    recommender = Grounded(spoken, grounding, redraws=0, naming=naming)
    found: list[tuple[str, str | None, Mapping[str, Any]]] = []
    for script in scripts:
        items = [by_title[one] for one in script.items] if shown_first else []
        retriever.first = list(dict.fromkeys(item.id for item in items))
        turns = (Turn("seeker", script.seeker),)
        expected = waiting = script.text
        if held:
            names = [grounding.format.name(item) for item in items]
            expected = waiting = script.written(names)
        if naming in SLOT_WAYS:
            waiting = script.written([f"[{retriever.first.index(item.id) + 1}]" for item in items])
        if naming == "constrained":
            shown = [grounding.format.name(item) for item in grounding.candidates(turns)]
            if not writable(waiting, shown):
                found.append((expected, None, {}))
                continue
        drawn = await recommender.draw(Conversation(turns), Sampling())
        found.append((expected, drawn.replies[0].text, drawn.replies[0].grounding or {}))
    return found


def holds(text: str, wrong: str) -> bool:
    """Whether a text has these words, and not as a part of others: 37 is not in 373.99."""
    return re.search(rf"(?<![\w.,]){re.escape(wrong)}(?![\w]|[.,]\d)", text) is not None


def wrong_in(script: Script, written: str, text: str) -> bool:
    """Whether what is wrong about a reply is said: its wrong words, or all of it where these are all."""
    return text == written if script.wrong == script.text else holds(text, script.wrong or "")


def wilson(count: int, n: int) -> tuple[float, float]:
    if not n:
        return 0.0, 1.0
    z, share = 1.959964, count / n
    middle, spread = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - spread) / (1 + z * z / n)), (middle + spread) / (1 + z * z / n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--half",
        choices=(
            "developed",
            "reported",
            "held-out",
            "second",
            "third",
            "fourth",
            "fifth",
            "fifth-kept",
            "sixth",
            "sixth-kept",
        ),
        default="developed",
    )
    parser.add_argument(
        "--naming",
        choices=("checked", "strict", "constrained", "slots", "strict-slots", "closed"),
        default="checked",
        help="play.naming",
    )
    parser.add_argument("--replies", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print what was let through and what was spoilt")
    options = parser.parse_args()
    table = Table(
        "catalogue", "replies", "made up", "let through", "95 %", "good", "spoilt", "95 %", box=None
    )
    books = {
        "held-out": made_up_frames_held_out, "second": made_up_frames_second,
        "third": made_up_frames_third, "fourth": made_up_frames_fourth,
        "fifth": halved(made_up_frames_fifth, 0), "fifth-kept": halved(made_up_frames_fifth, 1),
        "sixth": halved(made_up_frames_sixth, 0), "sixth-kept": halved(made_up_frames_sixth, 1),
    }  # fmt: skip
    book = books.get(options.half, made_up_frames)
    half = {"developed": 0, "reported": 1}.get(options.half)
    for name, shelf in (("films", films(book)), ("products", products(book))):
        scripts = Writer(shelf, half, options.seed, book).scripts(options.replies)
        started = time.process_time()
        answers = asyncio.run(said(shelf, scripts, naming=options.naming))
        spent = (time.process_time() - started) / len(scripts)
        through: list[Script] = []
        spoilt: list[Script] = []
        kept, item_lost = 0, 0
        for script, (expected, text, grounding) in zip(scripts, answers, strict=True):
            if script.wrong is None:
                if grounding.get("fallback") or text != expected:
                    spoilt.append(script)
                    kept += any(title in (text or "") for title, _ in script.items)
                    # The first item is what a reply is about, a second one is what it is compared with.
                    item_lost += any(title not in (text or "") for title, _ in script.items[:1])
            elif text is not None and not grounding.get("fallback") and wrong_in(script, expected, text):
                through.append(script)
        unwritten = sum(text is None for _, text, _ in answers)
        if options.naming == "constrained":
            good_ones = sum(
                text is None for (_, text, _), one in zip(answers, scripts, strict=True) if not one.wrong
            )
            print(f"{name}: the grammar has no words for {unwritten} replies, {good_ones} of them good")
        bad = sum(script.wrong is not None for script in scripts)
        good = len(scripts) - bad
        spans = [
            f"[{low:.2%}, {high:.2%}]" for low, high in (wilson(len(through), bad), wilson(len(spoilt), good))
        ]
        table.add_row(
            name, str(len(scripts)), str(bad), f"{len(through)} ({len(through) / bad:.2%})", spans[0],
            str(good), f"{len(spoilt)} ({len(spoilt) / good:.2%})", spans[1],
        )  # fmt: skip
        if spoilt:
            print(f"{name}: of {len(spoilt)} spoilt replies {kept} still name an item that they named")
            low, high = wilson(item_lost, good)
            print(
                f"{name}: spoilt in item {item_lost} of {good} "
                f"({item_lost / good:.2%}) [{low:.2%}, {high:.2%}]"
            )
        print(f"{name}: {1000 * spent:.2f} ms of processor time a reply, catalogue read and model asked")
        kinds = Counter(script.kind for script in scripts)
        for kind, count in sorted(Counter(script.kind for script in (*through, *spoilt)).items()):
            print(f"{name}: {kind}: {count} of {kinds[kind]}")
        if options.show:
            for word, listed in (("THROUGH", through), ("SPOILT", spoilt)):
                for script in listed[:60]:
                    print(f"{word} [{script.kind}] {script.text!r}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
