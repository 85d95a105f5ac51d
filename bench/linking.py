"""How well titles are linked, on the films that ReDial's workers tagged, and how fast among a million.

    python bench/linking.py [raw|train] [--catalogue tagged|known] [--show CONDITION]
    python bench/linking.py --speed SIZE
    python bench/linking.py --long

`raw`: the 200 dialogues in ReDial's own format, "@id" written out as the title; nothing was chosen on them.
`train`: contexts and answers of train_part, on which the linker was developed. Each text is read as written
and disturbed: in lower case, without years, with one typing error in every tag, and combinations. A mention
is right when its title in normal form, without year, is that of a tag in the same message; tags and mentions
are counted as often as they stand there. Three precisions: against the tags (strict: a film that a worker
named without tagging it counts as wrong), where every mention of a title counts that is tagged anywhere in
the same dialogue, and at the tags (of the mentions that overlap a tag, how many are right).

The catalogue: `known` is the 6,583 films of id2info.json, and tags outside it don't count for recall;
`tagged` (default) adds the tagged films that file lacks.

`--long` needs no data set: processor time of one message of a megabyte against the demo's catalogue, one that
repeats a title, and prose.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import statistics
import string
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from usbrec.data import load_samples
from usbrec.dialogue import Item
from usbrec.items import Catalogue, Linker, load_catalogue, normalise_title, split_title
from usbrec.keys import derive_seed

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
_YEAR = re.compile(r"\s*\(\d{4}\)\s*$")
_GENRES = re.compile(
    "action|comedy|horror|drama|scary|thriller|fantasy|music|adventure|mystery|documentary|crime|musical|sci-fi"
    "|animation|western|history|sport|short|romance|family|war"
)


@dataclass(frozen=True)
class Message:
    """A message, the spans `(start, end)` of its tags, and a number for its dialogue."""

    dialogue: str
    text: str
    tags: tuple[tuple[int, int], ...]

    def names(self) -> list[str]:
        return [self.text[start:end] for start, end in self.tags]

    def rewritten(self, change: Callable[[str], str]) -> Message:
        """The same message with every tag rewritten."""
        text, tags, position = "", [], 0
        for start, end in self.tags:
            text += self.text[position:start]
            tags.append((len(text), len(text) + len(change(self.text[start:end]))))
            text += change(self.text[start:end])
            position = end
        return Message(self.dialogue, text + self.text[position:], tuple(tags))


def raw_messages() -> list[Message]:
    messages = []
    for line in (SHARED / "redial_raw/train_sample.jsonl").read_text("utf-8").splitlines():
        dialogue = json.loads(line)
        mentioned = dialogue["movieMentions"] or {}
        for message in dialogue["messages"]:
            text, tags, position = "", [], 0
            for match in re.finditer(r"@(\d+)", message["text"]):
                if match[1] in mentioned:
                    text += message["text"][position : match.start()]
                    name = mentioned[match[1]].strip()
                    tags.append((len(text), len(text) + len(name)))
                    text += name
                    position = match.end()
            text += message["text"][position:]
            messages.append(Message(str(dialogue["conversationId"]), text, tuple(tags)))
    return messages


def train_messages() -> list[Message]:
    """Contexts and answers of train_part; tags are its entities and all that ReDial's list of films names."""
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    for line in (SHARED / "redial/train_part.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        rows[row["dialog_id"]].append(row)
    with (SHARED / "redial/movies_with_mentions.csv").open(encoding="utf-8") as file:
        films = {" ".join(row["movieName"].split()) for row in csv.DictReader(file)}
    messages = []
    for dialogue, said in rows.items():
        last = max(said, key=lambda row: row["turn_id"])  # type: ignore[arg-type,return-value]
        names = {str(name) for name in [*last["entity"], *last["rec"]]}  # type: ignore[misc]
        names = {" ".join(name.split()) for name in names if not _GENRES.fullmatch(name.casefold())}
        for text in [*last["context"], last["resp"]]:  # type: ignore[misc]
            text = " ".join(str(text).split())
            if text:
                dated = {
                    name
                    for match in re.finditer(r" ?\(\d{4}\)", text)
                    for begin in range(max(0, match.start() - 90), match.start())
                    if (name := text[begin : match.end()]) in films
                }
                messages.append(Message(dialogue, text, _spans(text, names | dated)))
    return messages


def _spans(text: str, names: Iterable[str]) -> tuple[tuple[int, int], ...]:
    taken: list[tuple[int, int]] = []
    for name in sorted(names, key=lambda name: (-len(name), name)):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if all(match.end() <= start or end <= match.start() for start, end in taken):
                taken.append(match.span())
    return tuple(sorted(taken))


def without_year(name: str) -> str:
    return _YEAR.sub("", name)


def with_typo(name: str, seed: int) -> str:
    """One letter of the title substituted, deleted, inserted or transposed with the next; the year stays."""
    draw = random.Random(seed)
    title, year = without_year(name), _YEAR.search(name)
    letters = [place for place, letter in enumerate(title) if letter.isalpha()]
    if not letters:
        return name
    pairs = [place for place in letters if title[place + 1 : place + 2].isalpha()]
    pairs = [place for place in pairs if title[place].casefold() != title[place + 1].casefold()]
    kind = draw.choice(["substitute", "delete", "insert", *(["transpose"] if pairs else [])])
    place = draw.choice(pairs if kind == "transpose" else letters)
    other = draw.choice([letter for letter in string.ascii_lowercase if letter != title[place].casefold()])
    if kind == "transpose":
        changed = title[:place] + title[place + 1] + title[place] + title[place + 2 :]
    else:
        middle = {"substitute": other, "delete": "", "insert": other + title[place]}[kind]
        changed = title[:place] + middle + title[place + 1 :]
    return changed + (year[0] if year else "")


def _typed(message: Message) -> Message:
    return message.rewritten(lambda name: with_typo(name, derive_seed(0, message.text, name)))


def _lower(message: Message) -> Message:
    return Message(message.dialogue, message.text.lower(), message.tags)


def _bare(message: Message) -> Message:
    return message.rewritten(without_year)


def _small(message: Message) -> Message:
    return message.rewritten(str.lower)


CONDITIONS: dict[str, Callable[[Message], Message]] = {
    "as written": lambda message: message,
    "a lower case": _lower,
    "b no years": _bare,
    "c typo": _typed,
    "d lower case, no years": lambda message: _lower(_bare(message)),
    "e typo, no years": lambda message: _bare(_typed(message)),
    "f titles alone in lower case, no years": lambda message: _small(_bare(message)),
}


@dataclass
class Counts:
    tags: int = 0
    mentions: int = 0
    right: int = 0
    in_dialogue: int = 0
    at_tags: int = 0
    right_at_tags: int = 0

    def row(self) -> tuple[float, float, float, float, int]:
        return (
            self.right / self.tags,
            self.right / self.mentions,
            (self.right + self.in_dialogue) / self.mentions,
            self.right_at_tags / self.at_tags,
            self.mentions - self.right - self.in_dialogue - (self.at_tags - self.right_at_tags),
        )


def title_of(name: str) -> str:
    return normalise_title(split_title(name)[0])


def measure(
    linker: Linker,
    messages: Sequence[Message],
    change: Callable[[Message], Message],
    known: set[str] | None,
    show: Callable[[str, str, str], None] | None = None,
) -> Counts:
    counts = Counts()
    in_dialogue: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        in_dialogue[message.dialogue] |= {title_of(name) for name in message.names()}
    for message in messages:
        titles = [title_of(name) for name in message.names()]
        changed = change(message)
        counted = Counter(title for title in titles if known is None or title in known)
        counts.tags += counted.total()
        mentions = linker.link(changed.text)
        counts.mentions += len(mentions)
        for mention in mentions:
            title = normalise_title(mention.title)
            over = {
                tag
                for (start, end), tag in zip(changed.tags, titles, strict=True)
                if start < mention.end and mention.start < end
            }
            counts.at_tags += bool(over)
            counts.right_at_tags += title in over
            if counted[title] > 0:
                counted[title] -= 1
                counts.right += 1
                continue
            counts.in_dialogue += title in in_dialogue[message.dialogue]
            if show:
                show("wrong" if over else "extra", f"{mention.text} -> {mention.title}", changed.text)
        if show:
            for title in counted.elements():
                show("missed", title, changed.text)
    return counts


def catalogue_of(messages: Sequence[Message], tagged: bool) -> Catalogue:
    films = list(load_catalogue(SHARED / "redial/id2info.json"))
    counts: Counter[str] = Counter()
    for line in (SHARED / "redial/item_mentions_train.jsonl").read_text("utf-8").splitlines():
        counts.update(film["movie_id"] for film in json.loads(line)["items"])
    if tagged:
        have = {item.name for item in films} | {item.title for item in films}
        names = sorted({name for message in messages for name in message.names()})
        for name in names:
            title, year = split_title(name)
            if Item("", title, year).name not in have:
                films.append(Item(f"tagged:{name}", title, year))
    return Catalogue.from_items(films).with_popularity(counts)


def speed(size: int) -> None:
    """Build, keep, open, and link ReDial's messages of 20 to 30 words among `size` made-up titles."""
    draw = random.Random(0)
    films = load_catalogue(SHARED / "redial/id2info.json")
    vocabulary = [word for film in films for word in film.title.split()]
    parts = (
        "ka",
        "mo",
        "ri",
        "ten",
        "sal",
        "ver",
        "dor",
        "lin",
        "pa",
        "gu",
        "ster",
        "ban",
        "qui",
        "ze",
        "nar",
    )
    vocabulary += ["".join(draw.choices(parts, k=draw.randint(2, 4))).title() for _ in range(60_000)]
    items = []
    for number in range(size):
        title = " ".join(draw.choices(vocabulary, k=draw.choice([1, 2, 2, 2, 3, 3, 3, 4, 4, 5])))
        title = f"The {title}" if draw.random() < 0.2 else title
        year = draw.randint(1930, 2024)
        items.append(Item(str(number), title, year, people=(f"P{number % 50_000} Q{number % 30_000}",)))
    catalogue = Catalogue.from_items(items)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        Linker(catalogue).save(Path(folder))
        built = time.perf_counter()
        linker = Linker.open(Path(folder), catalogue)
        opened = time.perf_counter()
        megabytes = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        print(f"{size} titles: built and kept in {built - began:.1f} s, {megabytes:.0f} MB", end="")
        print(f", opened in {(opened - built) * 1000:.1f} ms")
        messages = [message for message in raw_messages() if 20 <= len(message.text.split()) <= 30]
        for name, change in CONDITIONS.items():
            times = []
            for message in messages:
                text = change(message).text
                began = time.perf_counter()
                linker.link(text)
                times.append((time.perf_counter() - began) * 1000)
            p95 = statistics.quantiles(times, n=20)[-1]
            print(f"{name:24} median {statistics.median(times):.2f} ms, p95 {p95:.2f} ms")


def long_messages() -> None:
    demo = Path(str(resources.files("usbrec.data") / "demo"))
    linker = Linker(load_catalogue(demo / "catalogue.csv"))
    said = [turn.text for sample in load_samples(demo / "dialogues.jsonl") for turn in sample.turns]
    draw = random.Random(0)
    repeated = (
        "Heat (1995), ",
        "heat and ",
        "I loved Heat (1995)\n",
        "The Godfahter (1972), ",
        "Blorp (2031), ",
    )
    texts = {repr(piece): piece * (1_000_000 // len(piece)) for piece in repeated}
    texts["numbered lines"] = "".join(f"{number}. Heat (1995)\n" for number in range(50_000))
    texts["titles in any order"] = ", ".join(
        draw.choices(("Heat", "Alien (1979)", "The Godfather"), k=80_000)
    )
    texts["utterances in any order"] = " ".join(
        draw.choices(said, k=1_000_000 * len(said) // len("".join(said)))
    )
    for name, text in texts.items():
        began = time.process_time()
        mentions = linker.link(text)
        seconds = time.process_time() - began
        print(f"{name:28}{len(text):10,} characters{len(mentions):9,} mentions{seconds:8.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", nargs="?", choices=["raw", "train"], default="raw")
    parser.add_argument("--catalogue", choices=["tagged", "known"], default="tagged")
    parser.add_argument("--show", default="", help="print what went wrong in this condition")
    parser.add_argument("--speed", type=int, help="time a synthetic catalogue of this size instead")
    parser.add_argument("--long", action="store_true", help="time messages of a megabyte instead")
    arguments = parser.parse_args()
    if arguments.long:
        long_messages()
        return
    if arguments.speed:
        speed(arguments.speed)
        return
    messages = raw_messages() if arguments.texts == "raw" else train_messages()
    catalogue = catalogue_of(messages, arguments.catalogue == "tagged")
    known = None
    if arguments.catalogue == "known":
        known = {normalise_title(item.title) for item in catalogue}
    began = time.perf_counter()
    linker = Linker(catalogue)
    built = time.perf_counter() - began
    print(f"{len(messages)} messages, {len(catalogue)} films, built in {built:.2f} s")
    print(f"{'':24}{'recall':>8}{'strict':>9}{'dialogue':>9}{'at tags':>9}{'untagged':>9}{'ms':>7}")
    for name, change in CONDITIONS.items():
        shown = arguments.show and name.startswith(arguments.show)
        began = time.perf_counter()
        counts = measure(linker, messages, change, known, _print if shown else None)
        milliseconds = (time.perf_counter() - began) / len(messages) * 1000
        recall, strict, dialogue, at_tags, untagged = counts.row()
        print(
            f"{name:24}{recall:8.4f}{strict:9.4f}{dialogue:9.4f}{at_tags:9.4f}{untagged:9}"
            f"{milliseconds:7.2f}   {counts.tags} tags, {counts.mentions} mentions"
        )


def _print(kind: str, what: str, text: str) -> None:
    sys.stdout.write(f"  {kind:7} {what} | {text[:400]}\n")


if __name__ == "__main__":
    main()
