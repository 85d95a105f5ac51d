"""How well titles are linked and masked in ten languages, on sentences made from frames.

    python bench/languages.py [--part PART] [--sentences 200] [--seed 0] [--show LANGUAGE|all] [--lower]
    python bench/languages.py --speed

bench/sentences/<language>.toml holds frames and words in parts that share none. The linker was made on all
parts but `report`; most others have been reported once, and then developed on (docs/log/languages.md). A
catalogue of a language holds the titles that all patterns give with all words (titles inside of other titles
among them), the everyday words that the sentences without a title name after the bar, and 2,000 films of
../shared/data where they lie there. Of the sentences half have one title, a fifth several, three in ten none;
half of those with a title stand before or behind an everyday sentence, in which words are titles that are not
meant. In frames with "!" (marks, a year) everyday words are titles too, drawn one time in four: without marks
nobody could tell them. Years are drawn from 1950 to 2019, a title has one.

A sentence in which another title runs over the end of a meant one has two readings, and is drawn again.

`unlisted` tells how many of the everyday words of a part stand on none of the linker's lists: what it does
with these is what lists cannot do.

A mention is right where its title, in normal form, stands in the sentence as often. Intervals are Wilson's,
95 %, and too narrow: a sentence is drawn more than once. Masked: the share of sentences with titles, without
the everyday ones, in which no title is spelt any more after `TitleMatcher.mask`.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
import re
import sys
import time
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.dialogue import Item
from usbrec.items import Linker, TitleMatcher, normalise_title
from usbrec.items.linking.ambiguity import Ambiguity, in_dictionary
from usbrec.items.linking.everyday_caseless import caseless_ambiguity
from usbrec.items.linking.languages import CASELESS, caseless, of_latin, russian
from usbrec.items.scripts import folded
from usbrec.items.titles import words
from usbrec.keys import derive_seed

FRAMES = Path(__file__).parent / "sentences"
FILMS = Path(__file__).parents[1].parent / "shared/data/catalogue/wikidata_movies_cc0.csv"
LANGUAGES = ("en", "de", "es", "fr", "ru", "ar", "zh", "ja", "ko", "th")
_GLUED = {"을": "를", "이": "가", "은": "는", "과": "와", "이랑": "랑"}
_FORMS = ("t", "acc", "gen", "pre")
_SLOT = re.compile(r"\{(t|u|v|y|acc|gen|pre)\}")
_OTHER_FILMS = 2_000


@dataclass(frozen=True)
class Sentence:
    text: str
    titles: tuple[str, ...]
    alone: str = ""
    """The text without the everyday sentence beside it."""


@dataclass(frozen=True)
class Half:
    """Titles (each with its forms, the first one first), everyday words and frames of one part."""

    language: str
    titles: tuple[tuple[str, ...], ...]
    everyday: tuple[str, ...]
    one: tuple[str, ...]
    several: tuple[str, ...]
    none: tuple[str, ...]

    @classmethod
    def read(cls, language: str, half: str) -> Half:
        told: Mapping[str, Any] = parts(language)[half]
        made = {
            glued(pattern.replace("{a}", a).replace("{b}", b), language)
            for pattern in told["patterns"]
            for a in told["first"]
            for b in told["second"]
        }
        titles = [(title,) for title in sorted(made)]
        titles += [tuple(part.strip() for part in forms.split(";")) for forms in told.get("inflected", ())]
        none, everyday = [], set()
        for line in told["none"]:
            sentence, _, words = line.partition("|")
            none.append(sentence.strip())
            everyday |= {word.strip() for word in words.split(",")}
        return cls(
            language,
            tuple(titles),
            tuple(sorted(everyday)),
            tuple(told["one"]),
            tuple(told["several"]),
            tuple(none),
        )

    def catalogue(self, seed: int) -> tuple[Item, ...]:
        names = [*(forms[0] for forms in self.titles), *self.everyday]
        items = [
            Item(f"{self.language}{place}", name, year_of(name, seed)) for place, name in enumerate(names)
        ]
        return (*items, *other_films())

    def sentences(self, count: int, seed: int) -> Iterator[Sentence]:
        draw = random.Random(derive_seed(seed, "languages", self.language))
        for place in range(count):
            kind = place % 10
            if kind < 5:
                made = self._of_one_reading(draw, self.one, seed)
            elif kind < 7:
                made = self._of_one_reading(draw, self.several, seed)
            else:
                yield Sentence(" ".join(draw.sample(self.none, 2)), ())
                continue
            if draw.random() < 0.5:
                around = [made.text, draw.choice(self.none)]
                draw.shuffle(around)
                made = Sentence(" ".join(around), made.titles, made.text)
            yield made

    def _of_one_reading(self, draw: random.Random, frames: Sequence[str], seed: int) -> Sentence:
        """A sentence in which no other title runs over the end of one that is meant."""
        while True:
            made = self._with_titles(draw, draw.choice(frames), seed)
            if not self._crossed(made):
                return made

    def _crossed(self, made: Sentence) -> bool:
        meant = [
            (start, start + len(title)) for title in made.titles if (start := made.text.find(title)) >= 0
        ]
        for forms in self.titles:
            start = made.text.find(forms[0])
            while start >= 0:
                end = start + len(forms[0])
                over = [(a, b) for a, b in meant if a < end and start < b]
                if over and not any(a <= start and end <= b for a, b in over):
                    return True
                start = made.text.find(forms[0], start + 1)
        return False

    def _with_titles(self, draw: random.Random, frame: str, seed: int) -> Sentence:
        marked = frame.startswith("!")
        slots = _SLOT.findall(frame)
        inflecting = any(slot in _FORMS[1:] for slot in slots)
        named: dict[str, tuple[str, ...]] = {}
        for name in [slot for slot in dict.fromkeys(slots) if slot != "y"]:
            if inflecting:
                named[name] = draw.choice([forms for forms in self.titles if len(forms) > 1])
            elif marked and draw.random() < 0.25:
                named[name] = (draw.choice(self.everyday),)
            else:
                named[name] = draw.choice(self.titles)
        text = frame.removeprefix("!")
        for name, forms in named.items():
            form = forms[_FORMS.index(name)] if name in _FORMS else forms[0]
            text = text.replace(f"{{{name}}}", f"{form}\0", 1)
        first = next(iter(named.values()))[0]
        text = glued(text.replace("{y}", str(year_of(first, seed))), self.language).replace("\0", "")
        return Sentence(text, tuple(forms[0] for forms in named.values()), text)


def unlisted(language: str, everyday: Sequence[str]) -> int:
    """How many everyday words the linker has on no list of its language."""
    if language in CASELESS or language == "ko":
        levels = [caseless_ambiguity([word.norm for word in words(title)]) for title in everyday]
        listed = caseless().ordinary
        keys = [folded(title)[0].replace(" ", "") for title in everyday]
        return sum(
            level is not Ambiguity.MARKED and key not in listed
            for level, key in zip(levels, keys, strict=True)
        )
    if language == "en":
        return sum(not all(in_dictionary(word.norm) for word in words(title)) for title in everyday)
    known = russian() if language == "ru" else of_latin(language)
    return sum(not all(known.is_ordinary(word.norm) for word in words(title)) for title in everyday)


def parts(language: str) -> Mapping[str, Any]:
    return tomllib.loads((FRAMES / f"{language}.toml").read_text("utf-8"))


def glued(text: str, language: str) -> str:
    """The Korean particles that follow a vowel, and French "de" with what comes behind."""
    if language == "ko":
        for closed, open_ in _GLUED.items():
            while (place := text.find(f"{{{closed}}}")) >= 0:
                before = next(
                    letter for letter in reversed(text[:place]) if letter.isalnum() or "가" <= letter <= "힣"
                )
                last = unicodedata.normalize("NFD", before)[-1]
                particle = closed if "\u11a8" <= last <= "\u11ff" else open_
                text = text[:place] + particle + text[place + len(closed) + 2 :]
    if language == "fr":
        text = re.sub(r"\{de\}Le ", "du ", text)
        text = re.sub(r"\{de\}Les ", "des ", text)
        text = re.sub(r"\{de\}(?=[AEIOUÀÉÈH])", "d'", text).replace("{de}", "de ")
    return text


def year_of(title: str, seed: int) -> int:
    return 1950 + derive_seed(seed, "year", title) % 70


def other_films() -> tuple[Item, ...]:
    if not FILMS.is_file():
        return ()
    with FILMS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:_OTHER_FILMS]
    return tuple(Item(row["imdbID"], row["Title"], int(row["Year"])) for row in rows)


def wilson(right: int, of: int) -> tuple[float, float, float]:
    share, z = right / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return share, max(0.0, middle - spread), min(1.0, middle + spread)


@dataclass
class Counts:
    named: int = 0
    linked: int = 0
    right: int = 0
    with_titles: int = 0
    masked: int = 0


def measure(
    language: str, half: str, count: int, seed: int, show: bool = False, lower: bool = False
) -> Counts:
    """Link and mask `count` sentences of one half of a language; `lower` takes all capitals away."""
    made = Half.read(language, half)
    linker = Linker(made.catalogue(seed))
    counts = Counts()
    for sentence in made.sentences(count, seed):
        wanted = Counter(normalise_title(title) for title in sentence.titles)
        text = sentence.text.lower() if lower else sentence.text
        found = Counter(normalise_title(mention.title) for mention in linker.link(text))
        right = (wanted & found).total()
        counts.named += wanted.total()
        counts.linked += found.total()
        counts.right += right
        if sentence.titles:
            counts.with_titles += 1
            hidden = TitleMatcher(sentence.titles).mask(sentence.alone, "…")
            counts.masked += not any(title in hidden for title in sentence.titles)
        if show and wanted != found:
            lost, extra = wanted - found, found - wanted
            sys.stdout.write(f"  missed {list(lost)} extra {list(extra)} | {sentence.text}\n")
    return counts


def speed() -> None:
    """A sentence of Chinese and one of Japanese among 20,000 titles."""
    draw = random.Random(0)
    for language in ("zh", "ja"):
        made = Half.read(language, "develop")
        letters = sorted({letter for forms in made.titles for letter in forms[0] if letter.isalpha()})
        items = [
            Item(str(place), "".join(draw.choices(letters, k=draw.choice((2, 3, 4, 5, 6, 8, 12)))), 2000)
            for place in range(20_000)
        ]
        linker = Linker(items)
        texts = [
            " ".join((draw.choice(made.one).removeprefix("!"), draw.choice(made.none))).format(
                t=draw.choice(items).title, y=2000
            )
            for _ in range(1_000)
        ]
        for text in texts[:100]:
            linker.link(f"{text} ")
        began = time.process_time()
        for text in texts:
            linker.link(text)
        taken = (time.process_time() - began) / len(texts) * 1000
        print(f"{language}: {taken:.2f} ms a text of {sum(map(len, texts)) // len(texts)} characters")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument(
        "--part",
        default="report",
        help="a part of bench/sentences/*.toml; languages that lack it are left out (default: report)",
    )
    parser.add_argument("--sentences", type=int, default=200, help="a language (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", default="", help="print what went wrong in this language, or in all")
    parser.add_argument("--lower", action="store_true", help="sentences without capitals")
    parser.add_argument("--speed", action="store_true", help="time instead")
    options = parser.parse_args(arguments)
    if options.speed:
        speed()
        return
    for language in LANGUAGES:
        show = options.show in (language, "all")
        if options.part not in parts(language):
            continue
        everyday = Half.read(language, options.part).everyday
        counts = measure(language, options.part, options.sentences, options.seed, show, options.lower)
        recall, low, high = wilson(counts.right, counts.named)
        precision, least, most = wilson(counts.right, counts.linked)
        print(
            f"{language}  recall {recall:.3f} [{low:.3f}, {high:.3f}] of {counts.named}   "
            f"precision {precision:.3f} [{least:.3f}, {most:.3f}] of {counts.linked}   "
            f"masked {counts.masked / counts.with_titles:.3f} of {counts.with_titles}   "
            f"unlisted {unlisted(language, everyday)} of {len(everyday)}"
        )


if __name__ == "__main__":
    main()
