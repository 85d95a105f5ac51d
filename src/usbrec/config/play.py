"""Settings: how episodes are played, scored and asked about attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue

from usbrec.config.stage import Fixed, Stage, free


class Play(Stage):
    """How episodes are played."""

    fixed: ClassVar[Mapping[str, Fixed]] = {
        "leak_redraws": Fixed(2, "usbrec.play.seekers.model.LEAK_REDRAWS"),
    }
    later: ClassVar[Mapping[str, Any]] = {
        "constraints": "auto",
        "filter": {},
        "list_length": 1,
        "tools": False,
    }

    rounds: int = Field(2, ge=1, le=20)
    """Rounds of an episode; the last ends with the score (paper's code 2, iEvaLM 5)."""
    list_length: int = Field(1, ge=1, le=50)
    """Above 1, the recommender's model is asked for a ranked list of so many candidates, best first, in
    evaluations of free chat, pairs and policy gradient (docs/results.md). Rules score the list where it
    stands, by its discounted gain; by default there is one round then, no `frequency_penalty` (it would wear
    out the digits of years), and `max_tokens` is 24 for each title, 64 at least."""
    temperature: float = Field(0.0, ge=0, le=2)
    """Sampling temperature of the recommender."""
    simulator_temperature: float = Field(0.7, ge=0, le=2)
    """Sampling temperature of a model in the seeker's seat."""
    frequency_penalty: float = Field(0.5, ge=0, le=2)
    """Against going round in circles, for both seats (small models do; 0 for large ones)."""
    max_tokens: int = Field(64, ge=1)
    """Longest reply of either seat, in tokens."""
    examples: int | None = Field(None, ge=0, le=8)
    """Worked exchanges before each dialogue, made from the catalogue (none without one); by default 2 for a
    model in this process, which is small and helped by them, and none for a model on a server."""
    candidates: int = Field(0, ge=0, le=50)
    """So many retrieved items are laid before the recommender, and its replies are held to real items."""
    candidate_text: int = Field(0, ge=0, le=40)
    """Words of an item's text shown with a candidate. Who can write that text can address the model: 0
    shows title, year and genres alone."""
    window: int | None = Field(None, ge=1)
    """With candidates: so many turns of a dialogue does the recommender's model read, the last ones (by
    default all). The retriever, simulators and judges read all of it."""
    redraws: int = Field(2, ge=0, le=8)
    """With candidates: how often a reply that recommends nothing real is drawn again, and a draft that names
    nothing of what it alone is asked about (`search.focus`)."""
    fallback: Literal["item", "ask"] = "item"
    """With candidates, what is said in place of a reply that still names a title the catalogue does not have:
    a fixed sentence with the first candidate (item; also in place of a last round's reply that names nothing
    real), or a fixed question (ask: every item named is then the model's own choice)."""
    constraints: Literal["auto", "rules", "model", "off"] = free("auto")
    """Whether what seekers say of price, stock, brands and other columns is read and holds: `rules` reads it,
    `model` asks the recommender's model before each reply (with candidates or a search), `off` does not, and
    `auto` reads it by rules where the catalogue has a price, a stock or a brand. A filter that comes with a
    request holds in any case."""
    filter: dict[str, JsonValue] = free({})
    """What every recommended item must be, beside what the seeker asks for, such as `{ in_stock = true }`
    (docs/constraints.md)."""
    naming: Literal["checked", "strict", "constrained", "slots", "strict-slots", "closed"] = "checked"
    """With candidates, how names are held to the catalogue. checked: the model writes freely, and a reply
    with a name, price, stock, year or person that is none of the catalogue's, or with a year or, in a shop, a
    category that no item of its sentence has, is drawn again; years that may be those of a story, a prize
    or another work are left alone. strict: so is a reply that names no item and does more than ask or chat,
    and one in which something stands beside an item that may be another name: fewer names that do not exist
    get through, more redraws are made. constrained: the model can only write plain words around titles of
    the candidates (by a grammar: GGUF models in this process, hf: ones with the extra `constrain`, servers
    with `models.constrain`). slots: the model writes a candidate's number in brackets, and the title is
    filled in. Both are checked as well. strict-slots: slots, held as strict is. closed: held as strict is,
    and every part of a reply has to be a title of the catalogue, a value of the item that it is said of, or
    a word of a closed list of plain talk: next to nothing made up gets through, and a third to two thirds
    of good free replies are cut or give way to the fixed sentence with their item. Where nothing made up
    may be said, take closed; where the wording matters more, strict, or strict-slots for a model that keeps
    to the numbers. What strict adds is for replies in English and German: in other languages it refuses
    what checked does, and closed refuses all that says more than a title."""
    tools: bool = False
    """Whether the recommender's model, on a server, looks the catalogue up by calling tools, and recommends
    by calling one (docs/tasks.md); in place of candidates."""
    prompts: str | None = None
    """A folder whose files replace the packaged prompts of the same names."""


class Judging(Stage):
    """How an episode is scored."""

    fixed: ClassVar[Mapping[str, Fixed]] = {
        "baseline_items": Fixed(500, "usbrec.items.knowledge.BASELINE_ITEMS"),
    }
    later: ClassVar[Mapping[str, Any]] = {"anchors": 0}

    temperature: float = Field(0.7, gt=0, le=2)
    """Tempers the exact distribution, and is the temperature of votes (paper: votes at 0.7)."""
    votes: int = Field(10, ge=1)
    """Answers drawn where a server gives no log-probabilities (paper: 10)."""
    way: Literal["auto", "exact", "votes"] = "auto"
    """How a model scores all rows: by log-probabilities (exact), by votes, or as a probe before the first row
    finds (auto: exact where the digits hold enough of the probability, else votes that can be read)."""
    mass_floor: float = Field(0.5, ge=0, le=1)
    """Least probability that the digits 0, 1 and 2 hold together for a score to be read from them; a row
    below it is unreadable."""
    max_tokens: int = Field(1024, ge=8)
    """Longest vote of a model that reasons before it answers, in tokens."""
    genre_weight: float = Field(0.5, ge=0)
    """Rules: weight of shared genres in the similarity of two items."""
    people_weight: float = Field(0.3, ge=0)
    """Rules: weight of shared people."""
    era_weight: float = Field(0.2, ge=0)
    """Rules: weight of nearness in time."""
    era_scale: float = Field(10.0, gt=0)
    """Rules: years after which nearness in time has fallen to 1/e."""
    persuasion: bool = False
    """A model in the judge's seat also says how persuasive the explanation was (iEvaLM's second figure): one
    more question a row, and of a server without log-probabilities `votes` more answers."""
    anchors: int = Field(0, ge=0, le=10)
    """A model in the judge's seat also scores, in each row's own context, fixed replies with the target and
    with so many random items, and each reply that was played in the same form: `calibrated` in results
    (docs/results.md). 0: off; else as many as `play.rounds`, or more. Needs a catalogue; what is said of the
    fixed replies is asked once for all systems of a row."""
    second: bool = free(True)
    """Whether a second judge, a sentence model on this machine, scores the finished dialogues (with a
    catalogue and the extra `retrieval`). It asks no model, and takes time after the last row."""


class Asking(Stage):
    """Attribute questions (`--mode ask`; iEvaLM's first setting)."""

    fixed: ClassVar[Mapping[str, Fixed]] = {
        "least_bits": Fixed(1.0, "usbrec.play.questions.asking.LEAST_BITS"),
    }

    attributes: tuple[str, ...] | None = None
    """What may be asked for: genre, people, decade or columns of the catalogue; by default genre and the
    roles of people, else people (iEvaLM in ReDial: `["genre", "star", "director"]`)."""
    shown: int = Field(10, ge=1, le=50)
    """How many items a recommendation shows; the seeker accepts when a target is among them (iEvaLM 50)."""
