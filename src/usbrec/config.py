"""Settings: one small model a stage, TOML in, a resolved copy out.

Every field is documented right under it; the command line's help and docs/configuration.md come from
the same texts. Fields marked ``decides=False`` change speed or place, never an answer: a run may be
resumed with other values of these.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from usbrec.errors import ConfigError


def _free(default: Any, **kwargs: Any) -> Any:
    """A field that decides no answer."""
    return Field(default, json_schema_extra={"decides": False}, **kwargs)


class Stage(BaseModel):
    """Base of all stages: unknown keys are errors, because a misspelt setting is a silent default."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )


class Seats(Stage):
    """Who sits where. A seat is `smollm2-135m`, a .gguf path, `hf:BASE[+ADAPTER]`, `openai:NAME`,
    `SERVER:NAME` for a server of `[servers.SERVER]`, `scripted:FILE`, rules, or an own object as
    `python:MODULE:THING` or `plugin:NAME`."""

    recommender: str = "smollm2-135m"
    """The model in the recommender's seat; also `rules:random`, `rules:popular`, `rules:retriever`,
    `rules:best`, or the address `http://HOST/PATH` of a recommender that is no language model."""
    simulator: str = "smollm2-135m"
    """The model in the seeker's seat; also `rules`. May be written `seeker`."""
    judge: str = "smollm2-135m"
    """Who gives the score; also `rules` (by the targets), and `rules:belief` (expected over what the
    retriever believes is wanted, reading no target: to make pairs and rewards of, not to test with)."""

    @model_validator(mode="before")
    @classmethod
    def _seeker_is_the_simulator(cls, data: Any) -> Any:
        return _one_seeker(data)


def _one_seeker(seats: Any) -> Any:
    """Seats with `seeker` under the name it has in records. Raises ValueError when both are there."""
    if not isinstance(seats, Mapping) or "seeker" not in seats:
        return seats
    if "simulator" in seats:
        raise ValueError("seeker and simulator are one seat: give one of them")
    return {("simulator" if name == "seeker" else name): seat for name, seat in seats.items()}


#: What begins a seat and so can name no server. `openai` is a server, the one that is always there.
NO_SERVERS = ("hf", "scripted", "rules", "python", "plugin", "object", "http", "https")
#: Fields of a body that are not for `extra_body`, and what to set in place of each.
_NOT_EXTRA = {
    **dict.fromkeys(("model", "messages", "n", "stream", "stream_options"), "it is set with every request"),
    **dict.fromkeys(("logprobs", "top_logprobs"), "judges set it"),
    **dict.fromkeys(("max_tokens", "max_completion_tokens"), "set play.max_tokens"),
}
#: Stands in files for the value of a header, which may be a key.
LEFT_OUT = "(left out)"
_PLACEHOLDER = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Server(Stage):
    """One OpenAI-compatible server, by a name of your choice: a seat on it is `NAME:MODEL`. What is not given
    is as in `[models]`. `openai` is always there; its address and key come from OPENAI_BASE_URL and
    OPENAI_API_KEY where nothing else is said."""

    base_url: str | None = _free(None)
    """Its address, which usually ends in /v1; every server but `openai` needs one."""
    api_key_env: str | None = _free(None, pattern=r"^[A-Z_][A-Z0-9_]*$")
    """Name of the environment variable that holds its key, in capitals; without one no key is sent."""
    headers: dict[str, str] = _free({}, repr=False)
    """Further headers of every request. `${NAME}` in a value stands for that environment variable; a value is
    written into no file, unless it is such a name, alone or behind a word such as Bearer."""
    extra_body: dict[str, JsonValue] = Field({})
    """Further fields of every request's body, which go before our own; written to the run folder, so no place
    for keys."""
    timeout: float | None = _free(None, gt=0)
    """Seconds one request may take, retries included."""
    concurrency: int | None = _free(None, ge=1)
    """Requests in flight at once, of all seats on it together."""
    max_retries: int | None = _free(None, ge=0)
    """How often a failed request is repeated."""
    system_role: Literal["system", "user"] = "system"
    """How the system text is sent: as a system message, or before the first user message (user), for models
    that know no system role."""

    @field_validator("base_url")
    @classmethod
    def _holds_no_secret(cls, url: str | None) -> str | None:
        return _without_secrets(url)

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not _HEADER.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a header")
            if value == LEFT_OUT:
                raise ValueError(f"the value of {name} was left out when this file was written: add it again")
            if not value.isprintable():
                raise ValueError(f"the value of {name} holds characters that no header may have")
        return headers

    @field_validator("extra_body")
    @classmethod
    def _is_ours(cls, body: dict[str, JsonValue]) -> dict[str, JsonValue]:
        for name, instead in _NOT_EXTRA.items():
            if name in body:
                raise ValueError(f"{name} is no further field: {instead}")
        json.dumps(body, allow_nan=False)
        return body

    @field_serializer("headers", when_used="json")
    def _without_values(self, headers: dict[str, str]) -> dict[str, str]:
        """What may be written to a file."""
        return {name: value if _names_only(value) else LEFT_OUT for name, value in headers.items()}


def _names_only(value: str) -> bool:
    """Whether a header's value holds the names of variables and no secret."""
    rest = _PLACEHOLDER.sub("", value)
    return rest != value and rest.strip().lower() in ("", "bearer", "basic", "token", "key", "apikey")


def _without_secrets(url: str | None) -> str | None:
    """The address of a server; ValueError, without the address, when a key or a password stands in it."""
    if url is not None and ("@" in url.split("://", 1)[-1].split("/", 1)[0] or "?" in url or "#" in url):
        raise ValueError("an address without user, password, ? and #; a key belongs in a variable")
    return url


class Models(Stage):
    """How models are run and reached."""

    context: int = Field(4096, ge=256)
    """Tokens of prompt and reply together, for models in this process."""
    threads: int = Field(1, ge=1)
    """Threads of one instance, for models in this process."""
    batch: int = Field(8, ge=1)
    """Units of work whose replies an hf: model draws together; more are quicker and take more memory. They
    change how sums are rounded and so, rarely, a word."""
    device: str = _free("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    """Where hf: models run and are trained: auto (a GPU that is there, else the processor), cpu or cuda."""
    concurrency: int | None = _free(None, ge=1)
    """Units of work at once; by default the number of cores (at most 4) in process, 8 with a server."""
    base_url: str | None = _free(None)
    """Address of the OpenAI-compatible server; by default OPENAI_BASE_URL."""
    timeout: float = _free(120.0, gt=0)
    """Seconds one request may take, retries included."""
    max_retries: int = _free(5, ge=0)
    """How often a failed request to a server is repeated."""
    constrain: Literal["none", "grammar", "structured", "guided"] = "none"
    """How a server limits an answer to given words: grammar (llama.cpp), structured or guided (vLLM)."""

    @field_validator("base_url")
    @classmethod
    def _holds_no_secret(cls, url: str | None) -> str | None:
        return _without_secrets(url)

    def workers(self, *, in_process: bool) -> int:
        """Units worked on at once. A model in this process has an instance for each, with caches of its
        own, so there are no more than cores, and at most four."""
        return self.concurrency or (min(4, os.cpu_count() or 1) if in_process else 8)


class CatalogueFile(Stage):
    """Which columns of the catalogue hold what, one name or several each; by default those of usual names.

    Names are compared without case, blanks, hyphens and underscores.
    """

    id: str | tuple[str, ...] | None = None
    """What tells items apart."""
    title: str | tuple[str, ...] | None = None
    """What an item is called in a conversation."""
    year: str | tuple[str, ...] | None = None
    """When it came out."""
    genres: str | tuple[str, ...] | None = None
    """Genres, categories or styles."""
    people: str | tuple[str, ...] | None = None
    """Who made it or appears in it, most important first."""
    text: str | tuple[str, ...] | None = None
    """A description."""
    popularity: str | tuple[str, ...] | None = None
    """Any number that grows with how often people choose it."""
    table: str | None = None
    """SQLite: the table or view to read; by default the only table."""


class Play(Stage):
    """How episodes are played."""

    rounds: int = Field(2, ge=1, le=20)
    """Rounds of an episode; the last ends with the score (paper's code 2, iEvaLM 5)."""
    temperature: float = Field(0.0, ge=0, le=2)
    """Sampling temperature of the recommender."""
    simulator_temperature: float = Field(0.7, ge=0, le=2)
    """Sampling temperature of a model in the seeker's seat."""
    frequency_penalty: float = Field(0.5, ge=0, le=2)
    """Against going round in circles, for both seats (small models do; 0 for large ones)."""
    max_tokens: int = Field(64, ge=1)
    """Longest reply of either seat, in tokens."""
    leak_redraws: int = Field(2, ge=0)
    """How often a seeker's reply that names a target is drawn again before it is masked."""
    examples: int = Field(2, ge=0, le=8)
    """Worked exchanges before each dialogue, made from the catalogue (none without one)."""
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
    prompts: str | None = None
    """A folder whose files replace the packaged prompts of the same names."""


class Judging(Stage):
    """How an episode is scored."""

    temperature: float = Field(0.7, gt=0, le=2)
    """Tempers the exact distribution, and is the temperature of votes (paper: votes at 0.7)."""
    votes: int = Field(10, ge=1)
    """Answers drawn where a server gives no log-probabilities (paper: 10)."""
    genre_weight: float = Field(0.5, ge=0)
    """Rules: weight of shared genres in the similarity of two items."""
    people_weight: float = Field(0.3, ge=0)
    """Rules: weight of shared people."""
    era_weight: float = Field(0.2, ge=0)
    """Rules: weight of nearness in time."""
    era_scale: float = Field(10.0, gt=0)
    """Rules: years after which nearness in time has fallen to 1/e."""
    baseline_items: int = Field(500, ge=1)
    """Rules: how many random catalogue items the mean similarity is taken over."""


class Asking(Stage):
    """Attribute questions (`--mode ask`; iEvaLM's first setting)."""

    attributes: tuple[str, ...] | None = None
    """What may be asked for: genre, people, decade or columns of the catalogue; by default genre and the
    roles of people, else people (iEvaLM in ReDial: `["genre", "star", "director"]`)."""
    shown: int = Field(10, ge=1, le=50)
    """How many items a recommendation shows; the seeker accepts when a target is among them (iEvaLM 50)."""
    least_bits: float = Field(1.0, ge=0)
    """Rules in the recommender's seat stop asking when no answer would tell so much."""


class Search(Stage):
    """Self-enhancement (paper: SES): how many drafts, how far they are played, what it may cost."""

    kind: Literal["flat", "tree"] = "flat"
    """flat branches once; tree branches again at every later recommender turn."""
    drafts: int = Field(4, ge=2, le=32)
    """Drafts of a reply, the greedy one among them (the paper has 3)."""
    temperature: float = Field(0.5, gt=0, le=2)
    """Temperature of the drafts beside the greedy one (paper: 0.5 best, its code 0.7)."""
    focus: int = Field(1, ge=0, le=50)
    """With candidates: each draft beside the greedy one is shown only so many of them, each draft others, so
    that drafts name different items; the most promising first where the internal judge is rules. 0 shows all
    of them to each: drafts then differ by chance alone, as the paper's do."""
    from_round: int = Field(1, ge=1)
    """First round that is enhanced."""
    rounds: int = Field(2, ge=1, le=20)
    """How many rounds to play drafts forward when the caller does not say how many are left."""
    horizon: int | None = Field(None, ge=1)
    """At most so many rounds is a draft played forward, its own being the first: 1 scores it where it stands.
    By default to the episode's end, as the paper does."""
    choice: Literal["best", "random"] = "best"
    """What is said of the drafts: the best by the internal judge, or as a control one drawn at random among
    those that name a new item, not played forward (what filtering alone gains)."""
    simulator: str | None = None
    """Internal simulator: `rules`, or by default what suits the outer seats."""
    judge: str | None = None
    """Internal judge: `rules` (nearness to the profile), `rules:belief` (the score expected over what the
    retriever believes is wanted), or by default what suits the outer seats: rules:belief with rules outside
    and a learned ranker, rules without one."""
    belief_items: int = Field(30, ge=1, le=1000)
    """rules:belief: so many of the retriever's first items may be wanted."""
    belief_temperature: float = Field(1.0, gt=0)
    """rules:belief: above 1 trusts the retriever's order less."""
    belief_answers: float = Field(6.0, ge=0)
    """rules:belief: how much less an item is believed in that meets nothing of what the seeker's last words
    ask for (genres, people, decades), as a power of e; 0 leaves their words to the retriever."""
    max_calls: int | None = Field(None, ge=1)
    """Budget of one reply in model calls."""
    max_tokens: int | None = Field(None, ge=1)
    """Budget of one reply in tokens, prompt and completion together."""
    max_seconds: float | None = Field(None, gt=0)
    """Budget of one reply in seconds. Off by default: a clock makes runs unrepeatable."""


class Pairs(Stage):
    """How preference pairs are made (paper: PODCS)."""

    drafts: int = Field(4, ge=1, le=64)
    """First replies drawn for each sample; identical ones count once."""
    temperature: float = Field(0.7, gt=0, le=2)
    """Their temperature (paper 0.5, here higher so that drafts of small models differ)."""
    accept_at: float | None = Field(None, ge=0, le=2)
    """Score from which the best draft is chosen itself: by default 2 with rules, 1.5 with a model, 0 with
    rules:belief, whose expected score knows of no better one."""
    reject_below: float | None = Field(None, ge=0, le=2)
    """The worst draft is rejected below this score, else the label is: by default as accept_at
    (rules:belief: 2)."""
    min_margin: float = Field(0.2, ge=0, le=2)
    """Filter: smallest difference of the two scores; the chosen side must be better in any case."""
    min_agreement: float = Field(0.0, ge=0, le=1)
    """Filter: smallest share of the judge's likeliest score, on both sides (rules always agree)."""
    max_length_ratio: float | None = Field(None, ge=1)
    """Filter: most words of the longer side for each word of the shorter, so that length is not learnt; by
    default 2 wherever candidates are shown, else any."""
    one_item: bool | None = None
    """Filter: both sides name exactly one new real item and no title the catalogue does not have, so that
    naming more cannot be learnt; by default wherever candidates are shown."""
    more_than_title: bool | None = None
    """Filter: the chosen side has words beside its titles, so that it is not learnt to say a bare title; by
    default wherever candidates are shown."""
    naming_nothing: float = Field(0.1, ge=0, le=1)
    """With one_item: largest share of the pairs whose rejected side names nothing at all."""
    counterfactual: int = Field(0, ge=0, le=50)
    """With candidates: so many more pairs of each sample whose sides are one draft with two different titles
    of the list in it, the best one and another, each played and scored. Only the choice can be learnt from
    them."""
    focused: int = Field(0, ge=0, le=50)
    """With candidates: so many more pairs of each sample at most, whose sides are drafts to the prompt that
    shows one of the first candidates alone, as `search.focus` does. They teach to name what is shown; with
    `play.fallback = "item"` most are lost, because a fixed sentence stands where nothing was named."""
    declined: int = Field(0, ge=0, le=2)
    """With a catalogue: so many more pairs of each sample, from the point where the seeker has declined the
    model's first reply. Rejected is that reply said again, then the worst of those drawn there."""
    label_reachable: bool = True
    """Filter: where candidates are shown, the label is chosen only if one of them is a target; else it
    would teach to pass the list over."""


class Seekers(Stage):
    """How simulated seekers are made from a catalogue (`usbrec samples catalogue`)."""

    noun: str | None = Field(None, min_length=1)
    """What one item is called, such as `book`; by default guessed from the catalogue's file name."""
    popular: float = Field(0.5, ge=0, le=1)
    """Share of the targets drawn by popularity; the others are drawn evenly, so that rare items are met."""
    related: float = Field(0.3, ge=0, lt=1)
    """Chance of a second target much like the first, and then of a third."""
    exchanges: int = Field(2, ge=0, le=6)
    """Most earlier exchanges in a context: the recommender asks or offers, the seeker answers."""
    patience: int = Field(2, ge=1)
    """With how many unfitting recommendations the least patient seeker leaves."""
    patience_spread: int = Field(4, ge=0)
    """How many more the most patient one bears."""
    vaguest: float = Field(1.0, ge=0, le=1)
    """Vagueness is drawn from 0 (says all as it is) to this (1: hints at everything first)."""
    most_talkative: float = Field(1.0, ge=0, le=1)
    """Talkativeness is drawn from 0 (one thing at a time) to this (1: often several)."""


class Training(Stage):
    """How a model is trained (`usbrec train sft|simpo|dpo|kto|grpo|rloo`), by LoRA adapters."""

    preset: Literal["cpu", "paper"] = "cpu"
    """Where the other fields start from: cpu (adapters in the upper layers, one pass over a prompt for both
    replies) or paper (rank 8 in all layers, beta 0.5); what is set beside it goes before it."""
    labels: Literal["whole", "naming"] = "whole"
    """SFT on samples with candidates in the prompt: learn whole labels, or of each the first sentence that
    names an item, where that is the target alone ("naming"; other labels are left out)."""
    learning_rate: float = Field(2e-4, gt=0)
    """Highest learning rate."""
    epochs: float = Field(2.0, gt=0)
    """Passes over the examples."""
    max_steps: int | None = Field(None, ge=1)
    """Ends training after so many steps, whatever `epochs` says."""
    batch: int = Field(4, ge=1)
    """Examples in one pass through the model (GRPO, RLOO: prompts, each with its `generations`)."""
    accumulate: int = Field(2, ge=1)
    """Passes that make one step."""
    warmup: float = Field(0.1, ge=0, lt=1)
    """Share of the steps over which the learning rate rises."""
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = "cosine"
    """How the learning rate falls after it."""
    weight_decay: float = Field(0.0, ge=0)
    """Pulls the adapters towards zero."""
    clip: float = Field(1.0, gt=0)
    """Largest norm of a gradient."""
    rank: int = Field(16, ge=1)
    """Rank of the adapters (paper: 8)."""
    alpha: float = Field(32.0, gt=0)
    """Their scale is alpha over rank."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """Dropout before the adapters."""
    layers: int = Field(12, ge=1)
    """Only so many of the uppermost layers carry adapters; more than there are: all of them."""
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    """Which linear layers carry adapters."""
    beta: float = Field(0.5, gt=0)
    """SimPO, DPO, KTO: how sharply two replies are told apart (paper: 0.5, for SimPO)."""
    gamma: float = Field(0.5, ge=0)
    """SimPO: the margin that is aimed at (not known from the paper)."""
    nll: float = Field(0.2, ge=0)
    """SimPO: weight of the chosen replies' likelihood beside the preference (0 is SimPO itself, with which
    replies of small models grow long)."""
    generations: int = Field(8, ge=2, le=64)
    """GRPO, RLOO: replies drawn to each prompt, which are then compared with one another."""
    temperature: float = Field(0.7, gt=0, le=2)
    """GRPO, RLOO: their temperature; probabilities are learnt at this temperature too (papers: 1.0, at which
    small models say little that is worth anything)."""
    kl: float = Field(0.04, ge=0)
    """GRPO, RLOO: how strongly the model is held to the one it starts from (GRPO's paper: 0.04; at 0 the
    distance is not measured either)."""
    max_length: int = Field(1536, ge=32)
    """Longest prompt and reply together, in tokens; longer examples are left out and counted."""
    held_out: float = Field(0.1, ge=0, lt=1)
    """Share of the dialogues that are not trained on, to measure before and after."""
    shared_prompt: bool = True
    """SFT and SimPO: go through a prompt once for all its replies, with the model's head on the replies
    alone. The same loss in half the time or less."""
    checkpoint_steps: int = _free(20, ge=1)
    """A killed training goes on from the last of these."""
    report_to: tuple[str, ...] = _free(())
    """Trackers that follow the curves beside our own files, as transformers names them: trackio, wandb."""


#: What `train.preset` sets where the settings do not.
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "cpu": {},
    "paper": {
        "learning_rate": 1e-5,
        "epochs": 1.0,
        "rank": 8,
        "alpha": 16.0,
        "layers": 1000,
        "accumulate": 4,
        "beta": 0.5,
        "nll": 0.0,
        "shared_prompt": False,
    },
}


class Dataset(Stage):
    """The files of one dataset in an experiment."""

    train: str
    """Samples to learn from."""
    test: str
    """Samples that every system is tested on."""
    catalogue: str | None = None
    """Its items."""
    interactions: str | None = None
    """Mentions or samples to count popularity from."""
    ranker: str | None = None
    """Folder of `usbrec train ranker` for this catalogue; by default `ranker`."""


class Experiment(Stage):
    """The six systems side by side (`usbrec experiment`)."""

    method: Literal["simpo", "dpo", "kto", "grpo", "rloo"] = "simpo"
    """What RL is (paper: simpo). It goes on from the SFT adapter. grpo and rloo draw their own replies on the
    rows that the others draw pairs on."""
    training_seeds: int = _free(1, ge=1, le=20)
    """How often training is repeated, pairs included, with other seeds; test rows and their seeds stay. A
    finished experiment goes on with more of them."""
    iterations: int = Field(1, ge=1, le=20)
    """Expert iteration: so many times, at most, pairs are drawn from the last model and it is trained again;
    ends when its score on held-out training rows stops rising. From the second time on it is self-enhanced
    while it draws."""
    new_targets: bool = True
    """Leave out rows whose context names a target already: repeating it would be a hit."""
    train_rows: int | None = Field(None, ge=10)
    """Training rows in all, by hash of the sample id; by default every one."""
    sft_share: float = Field(0.5, gt=0, lt=1)
    """Share of the training dialogues that SFT learns from; pairs are drawn on the others, so that what is
    preferred was not learnt by heart."""
    pair_rows: int | None = Field(None, ge=1)
    """Most rows that pairs are drawn on, by hash of the sample id (grpo, rloo: that are played); by default
    all that SFT did not learn from. Drawing and playing drafts is what takes longest."""
    pair_rounds: int | None = Field(None, ge=1, le=20)
    """Rounds that what is learnt from is played, pairs and the replies of grpo and rloo; by default those of
    the tests."""
    pairs_judge: str | None = None
    """Who scores what pairs are made of, or the replies of grpo and rloo; by default who scores the tests.
    `rules:belief` scores each reply by its expectation over what may be wanted in place of the one target."""
    train_rankers: bool = False
    """Train the rankers too. The candidates of a part that is learnt from then come from a ranker that has
    not seen its dialogues; one that was trained on them puts the targets in front more often than it will in
    tests, and teaches the model to trust it too much. One ranker serves all of these parts where they are
    at most half of the training rows. Where `ranker` is set, it serves the tests; else one is trained on all
    dialogues but the tested."""
    held_out_rows: int = Field(60, ge=4)
    """Training rows kept apart to score each iteration (only with several)."""
    sft_learning_rate: float | None = Field(None, gt=0)
    """Highest learning rate of SFT; by default train.learning_rate."""
    rl_learning_rate: float | None = Field(None, gt=0)
    """Highest learning rate of RL; by default train.learning_rate."""
    sft_epochs: float | None = Field(None, gt=0)
    """Passes of SFT over its examples; by default train.epochs."""
    rl_epochs: float | None = Field(None, gt=0)
    """Passes of RL over its pairs or rows; by default train.epochs."""
    also_compare: tuple[tuple[str, str], ...] = _free(())
    """Further differences to tell, apart from the planned ones, such as `["SES", "rules:retriever"]`: a
    system, and what it is held against. Of a finished experiment, too."""
    controls: tuple[str, ...] = ("random", "retriever", "best")
    """Controls without a language model, on the same rows (with a catalogue)."""
    models: tuple[str, ...] = ()
    """Base models, each with the whole table; by default the one in the recommender's seat."""
    datasets: dict[str, Dataset] = Field(default_factory=dict)
    """Datasets by name, each with the whole table; by default those named on the command line."""


class Statistics(Stage):
    """How results are stated."""

    resamples: int = _free(2000, ge=100)
    """Bootstrap resamples of dialogues behind every 95 % interval."""


class Serving(Stage):
    """The service (`usbrec serve`)."""

    host: str = _free("127.0.0.1")
    """Address to listen on. Without keys it has to be one of this machine alone."""
    port: int = _free(8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    keys: str | None = _free(None)
    """File with the hashes of the keys that are let in (`usbrec serve --new-key NAME` adds one)."""
    store: str | None = _free(None)
    """SQLite file for conversations, feedback and votes; nothing is stored without one."""
    deadline: float | None = _free(None, gt=0)
    """Seconds within which each reply comes, finished or not; a request may ask for fewer."""
    max_tokens: int = _free(128, ge=1)
    """Longest reply in tokens, where the request does not say."""
    longest_reply: int = _free(1024, ge=1)
    """A request that asks for more tokens gets so many."""
    most_drafts: int = _free(8, ge=1, le=32)
    """Most drafts a request may ask for."""
    most_rounds: int = _free(5, ge=1, le=20)
    """Most rounds a request may have its drafts played forward."""
    at_once: int | None = _free(None, ge=1)
    """Replies worked on at once; by default 1 with a model in this process, 512 with a server's."""
    waiting: int = _free(64, ge=0)
    """Requests that may wait for their turn beside these; more are sent away (429)."""
    keep_alive: float = _free(5.0, gt=0)
    """Seconds of silence after which a stream gets a comment, so that nobody takes it for dead."""
    body_bytes: int = _free(1_000_000, ge=1024)
    """Largest body of a request."""
    requests_per_minute: int = _free(60, ge=1)
    """Requests a minute for each key."""
    tokens_per_hour: int = _free(1_000_000, ge=1)
    """Tokens an hour for each key, those of all drafts and of what was played together."""
    log_texts: bool = _free(False)
    """Whether the log has what was said."""
    telemetry: bool = _free(False)
    """Whether spans go to the OpenTelemetry collector that OTEL_EXPORTER_OTLP_ENDPOINT names."""


class Config(Stage):
    """All settings of one run."""

    seed: int = 0
    """Every random draw of the run comes from it."""
    common_seed: int | None = None
    """Seed of what is alike for all that is played together: the worked examples, and the items that the
    rules' judge takes for random ones; by default `seed`."""
    limit: int | None = Field(None, ge=1)
    """Only the first so many samples, by hash of their id: the same rows whatever the seed."""
    enhanced: bool = False
    """Whether the recommender is self-enhanced (--ses)."""
    ranker: str | None = _free(None)
    """Folder of `usbrec train ranker` that retrieves items (by its content it decides a run); without one
    they are ranked by attributes."""
    mode: Literal["episode", "retrieval", "ask"] = "episode"
    """What is evaluated: free chat (episode), the ranking alone (retrieval), or attribute questions (ask)."""
    seats: Seats = Seats()
    """Who sits where."""
    models: Models = Models()
    """How models are run and reached."""
    # What decides answers of a server stands in the identities of the models that use it.
    servers: dict[str, Server] = _free({})
    """Servers by name."""
    catalogue: CatalogueFile = CatalogueFile()
    """Which columns of the catalogue hold what."""
    play: Play = Play()
    """How episodes are played."""
    judging: Judging = Judging()
    """How episodes are scored."""
    asking: Asking = Asking()
    """Attribute questions."""
    search: Search = Search()
    """Self-enhancement."""
    pairs: Pairs = Pairs()
    """Preference pairs."""
    train: Training = _free(Training())
    """Training of a model."""
    experiment: Experiment = _free(Experiment())
    """The six systems."""
    seekers: Seekers = _free(Seekers())
    """Seekers made from a catalogue."""
    statistics: Statistics = Statistics()
    """Intervals."""
    serving: Serving = _free(Serving())
    """The service."""

    @field_validator("servers")
    @classmethod
    def _can_be_named(cls, servers: dict[str, Server]) -> dict[str, Server]:
        for name, server in servers.items():
            if name in NO_SERVERS:
                raise ValueError(f"{name} begins another kind of seat; give the server another name")
            if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
                raise ValueError(f"{name!r}: a server's name has letters, digits, _ and - only")
            if server.base_url is None and name != "openai":
                raise ValueError(f'{name}: base_url is missing, such as base_url = "http://HOST:PORT/v1"')
        return servers

    @property
    def seed_in_common(self) -> int:
        """`common_seed`, which is `seed` unless it is set apart."""
        return self.seed if self.common_seed is None else self.common_seed

    def decides(self) -> dict[str, Any]:
        """The settings that decide answers, as nested JSON."""
        return deciding(self)


def load_config(path: str | Path | None, overrides: Mapping[str, Any] | None = None) -> Config:
    """Read TOML (None: defaults) and lay `overrides` over it; nested mappings, None means not given.

    Raises ConfigError naming file, field, what was wrong and what is allowed.
    """
    data: dict[str, Any] = {}
    if path is not None:
        try:
            data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: not valid TOML ({error}).") from None
    try:
        data = {**data, "seats": _one_seeker(data["seats"])} if "seats" in data else data
    except ValueError as error:
        raise ConfigError(f"{path}: unusable settings\n  seats: {error}.") from None
    merged = _with_preset(_merge(data, overrides or {}))
    try:
        return Config.model_validate(merged)
    except ValidationError as error:
        where = str(path) if path is not None else "settings"
        problems = "\n".join(
            f"  {'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigError(
            f"{where}: unusable settings\n{problems}\nSee docs/configuration.md for all fields."
        ) from None


def dump_config(config: Config) -> str:
    """The resolved settings as TOML; settings that are None are left out."""
    return tomli_w.dumps(config.model_dump(mode="json", exclude_none=True))


def _with_preset(settings: dict[str, Any]) -> dict[str, Any]:
    train = settings.get("train")
    preset = PRESETS.get(str(train.get("preset"))) if isinstance(train, Mapping) else None
    return settings if preset is None else {**settings, "train": {**preset, **settings["train"]}}


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        if isinstance(value, Mapping):
            inner = merged.get(key, {})
            merged[key] = _merge(inner if isinstance(inner, Mapping) else {}, value)
        elif value is not None:
            merged[key] = value
    return merged


def deciding(stage: BaseModel) -> dict[str, Any]:
    """A stage's settings that decide answers, as nested JSON."""
    decided: dict[str, Any] = {}
    for name, field in type(stage).model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("decides") is False:
            continue
        value = getattr(stage, name)
        decided[name] = deciding(value) if isinstance(value, BaseModel) else value
    return decided
