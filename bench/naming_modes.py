"""What real models say in each way of naming: replies to read, and how often a fixed sentence stands in.

    python bench/naming_modes.py MODEL -o FILE [--naming checked strict constrained slots]
        [--of films products] [-n 50]

MODEL is a seat: smollm2-135m, hf:smollm2-135m (which needs the extra `constrain` for that way) or a .gguf
file. Films are the demo's dialogues, products docs/examples/headphones.csv and requests made here. Each line
of FILE is a reply as it was said, with what its grounding took and every draw as the model wrote it. Whether
a made-up name was let through is for a person to read: nothing here judges it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from usbrec.config import Models
from usbrec.data import load_samples
from usbrec.dialogue import Conversation, Turn
from usbrec.items import AttributeRetriever, Similarity, load_catalogue
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ChatReply, ChatRequest
from usbrec.llm.open import open_model
from usbrec.llm.protocol import Around, ChatModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.examples import worked_examples
from usbrec.play.grounding.grounded import SLOT_WAYS, Grounded
from usbrec.play.language_model import LanguageModel, PromptTemplate
from usbrec.play.protocol import Sampling
from usbrec.prompts import Prompts

DEMO = Path(str(resources.files("usbrec.data") / "demo"))
SHOP = Path(__file__).resolve().parent.parent / "docs" / "examples" / "headphones.csv"
_WHAT = (
    "headphones for the train", "something for running", "a gaming headset",
    "headphones for my daughter", "studio headphones for mixing", "in-ear headphones for the commute",
    "over-ear headphones for home", "light headphones for travel", "headphones with a good microphone",
    "a gift for my brother",
)  # fmt: skip
_HOW = ("I need {}.", "Hi! I'm looking for {}.", "Can you recommend {}?",
"What is the best choice if I want {}?",
        "I had a pair of Sony ones. Now I want {}.", "I want {} under 100 euro.", "Do you have {} in stock?",
        "{}, please. How much are they?", "My Bose broke. I need {} with noise cancelling.",
        "Ich suche {}.")  # fmt: skip


class Overheard(Around):
    """The model, with what it wrote since `heard` was emptied."""

    def __init__(self, inner: ChatModel) -> None:
        super().__init__(inner)
        self.heard: list[str] = []

    async def chat(self, request: ChatRequest) -> ChatReply:
        reply = await self.inner.chat(request)
        self.heard += [one.text for one in reply.completions]
        return reply


def dialogues(of: str, count: int) -> Sequence[tuple[Turn, ...]]:
    """`count` dialogues that end with the seeker, the same every time."""
    draw = random.Random(0)
    if of == "films":
        listed = [sample.turns for sample in load_samples(DEMO / "dialogues.jsonl")]
        return (listed * (count // len(listed) + 1))[:count]
    every = [(Turn("seeker", how.format(what)),) for what in _WHAT for how in _HOW]
    draw.shuffle(every)
    return (every * (count // len(every) + 1))[:count]


async def play(model: ChatModel, of: str, naming: Any, count: int) -> Sequence[dict[str, Any]]:
    catalogue = load_catalogue(DEMO / "catalogue.csv" if of == "films" else SHOP)
    similarity, prompts = Similarity(), Prompts()
    knowledge = Knowledge.of(catalogue, similarity, seed=0)
    retriever = AttributeRetriever(catalogue, knowledge.linker, similarity)
    grounding = Grounding(knowledge, retriever, prompts, 6, slots=naming in SLOT_WAYS)
    system = prompts.render("recommender_slots" if naming in SLOT_WAYS else "recommender_grounded")
    examples = worked_examples(catalogue, similarity, prompts, count=2, seed=0, grounding=grounding)
    template = PromptTemplate(system, prompts.render("opening"), examples, 5, grounding.format)
    overheard = Overheard(model)
    recommender = Grounded(LanguageModel(overheard, template), grounding, naming=naming)
    found = []
    for place, turns in enumerate(dialogues(of, count)):
        overheard.heard.clear()
        started = time.monotonic()
        # Repeated dialogues get another draw.
        sampling = Sampling(temperature=0.7, max_tokens=48, frequency_penalty=0.5, seed=place)
        drawn = await recommender.draw(Conversation(turns), sampling)
        found.append(
            {
                "of": of, "naming": naming, "place": place, "seeker": turns[-1].text, "said": drawn.text,
                **(drawn.replies[0].grounding or {}), "drawn": list(overheard.heard),
                "seconds": round(time.monotonic() - started, 2),
            }
        )  # fmt: skip
    return found


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--naming", nargs="+", default=["checked", "strict", "constrained", "slots"])
    parser.add_argument("--of", nargs="+", default=["films", "products"])
    parser.add_argument("-n", type=int, default=50)
    options = parser.parse_args()
    model = open_model(options.model, Models())
    with options.out.open("w", encoding="utf-8") as file:
        for naming in options.naming:
            for of in options.of:
                rows = await play(model, of, naming, options.n)
                for row in rows:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
                share = sum(row["fallback"] for row in rows) / len(rows)
                mended = sum(row["mended"] for row in rows) / len(rows)
                redraws = sum(row["redraws"] for row in rows) / len(rows)
                seconds = sum(row["seconds"] for row in rows) / len(rows)
                print(
                    f"{naming} {of}: n {len(rows)}, fixed sentences {share:.2f}, mended {mended:.2f}, "
                    f"redraws {redraws:.2f}, {seconds:.1f} s a reply",
                    flush=True,
                )
    await model.aclose()


if __name__ == "__main__":
    asyncio.run(main())
