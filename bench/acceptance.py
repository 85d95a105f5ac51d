"""How far `usbrec score` reads from words what ReDial's seekers said of each suggestion in a form.

    python bench/acceptance.py [--half develop|held-out|all] [--show 60 --seed 0]

The raw dialogues of ../shared/data/redial_raw (of the train split). A turn counts in which the recommender
names one film not named before that the seeker's form, filled in at the end, calls suggested. What the rules
read in the answer (accepted, declined, open) stands against the form: liked, not liked, did not say. The form
asks whether one likes the film, seen or not, and not whether the suggestion was taken: who says "seen it,
loved it" likes it. The words were chosen on the first hundred dialogues (develop). `--show` prints so many of
these turns, drawn with a seed, to be read.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

from languages import wilson

from usbrec.dialogue import Item, RecordedDialogue, Turn
from usbrec.items import Catalogue
from usbrec.items.knowledge import Knowledge
from usbrec.items.similarity import Similarity
from usbrec.judge.recorded import RecordedFacts

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
_TAG = re.compile(r"@(\d+)")
_TITLE = re.compile(r"(?P<title>.*?)\s*(?:\((?P<year>\d{4})\))?\s*")
_FORM = {1: "liked", 0: "not liked", 2: "did not say"}


def dialogue_of(row: dict[str, Any]) -> RecordedDialogue:
    titles = row["movieMentions"] or {}
    turns: list[Turn] = []
    for message in row["messages"]:
        role = "seeker" if message["senderWorkerId"] == row["initiatorWorkerId"] else "recommender"
        text = _TAG.sub(lambda tag: titles.get(tag[1]) or tag[0], message["text"])
        if turns and turns[-1].role == role:
            turns[-1] = Turn(role, f"{turns[-1].text}\n{text}")
        else:
            turns.append(Turn(role, text))
    return RecordedDialogue(id=str(row["conversationId"]), turns=tuple(turns))


def main() -> None:
    parser = argparse.ArgumentParser(description="Answers read by rules against ReDial's forms.")
    parser.add_argument("--show", type=int, default=0, help="print so many turns")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--half", choices=("develop", "held-out", "all"), default="held-out")
    given = parser.parse_args()
    lines = (SHARED / "redial_raw/train_sample.jsonl").read_text("utf-8").splitlines()
    half = {"develop": slice(100), "held-out": slice(100, None), "all": slice(None)}[given.half]
    rows = [json.loads(line) for line in lines][half]
    names = {key: name for row in rows for key, name in (row["movieMentions"] or {}).items() if name}
    items = []
    for key, name in names.items():
        found = _TITLE.fullmatch(name)
        if found and found["title"]:
            items.append(Item(key, found["title"], int(found["year"]) if found["year"] else None))
    catalogue = Catalogue(items)
    facts = RecordedFacts(Knowledge.of(catalogue, Similarity(), seed=0))
    table: Counter[tuple[str, str]] = Counter()
    shown = []
    for row in rows:
        dialogue, form = dialogue_of(row), row["initiatorQuestions"] or {}
        for fact in facts.of(dialogue)[0]:
            if len(fact.get("new", ())) != 1 or fact["answer"] is None:
                continue
            said = form.get(fact["new"][0])
            if not said or said["suggested"] != 1:
                continue
            table[_FORM[said["liked"]], fact["answer"]] += 1
            after = dialogue.turns[fact["turn"] + 1].text if fact["turn"] + 1 < len(dialogue.turns) else ""
            shown.append((fact["answer"], said, dialogue.turns[fact["turn"]].text, after))
    answers = ("accepted", "declined", "open")
    print(f"{table.total()} turns of {len(rows)} dialogues; rows: the form, columns: read in the answer")
    for liked in _FORM.values():
        print(f"{liked:12}", *(f"{answer} {table[liked, answer]:4}" for answer in answers), sep="  ")
    for answer, right in (("accepted", "liked"), ("declined", "not liked")):
        total = sum(table[liked, answer] for liked in _FORM.values())
        share, low, high = wilson(table[right, answer], total)
        print(f"of {answer} {right}: {share:.3f} [{low:.3f}, {high:.3f}] of {total}")
        total = sum(table[right, one] for one in answers)
        share, low, high = wilson(table[right, answer], total)
        print(f"of {right} {answer}: {share:.3f} [{low:.3f}, {high:.3f}] of {total}")
    for answer, said, before, after in random.Random(given.seed).sample(shown, min(given.show, len(shown))):
        print(f"--- {answer}, form {said}\n  R: {before}\n  S: {after}")


if __name__ == "__main__":
    main()
