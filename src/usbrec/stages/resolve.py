"""Settings resolution: defaults that follow from other settings, the items or the machine, filled in once.

Every stage resolves its settings first of all and reads nothing else, and what it writes into ``config.toml``
is what was read. A setting that is None after it is off. Two are looked up later, where the files and the
environment are: columns of the catalogue that nobody named, and the address of a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from usbrec.config import Config, Dataset, Models, Search, Server
from usbrec.items import Catalogue
from usbrec.items.kinds import Kind
from usbrec.llm import find_seat
from usbrec.llm.transformers.checkpoint import HF, base_and_adapter
from usbrec.pairs.filters import MIN_MARGIN
from usbrec.patterns import LazyPattern
from usbrec.play.questions.attributes import attributes_to_ask
from usbrec.stages.lists import listing, pairs_of_lists, refuse_lists, with_lists
from usbrec.stages.rules import RULES, RULES_BELIEF, is_seeker_by_rules

#: Candidates that a service lays before the recommender where a catalogue is there and nothing is said.
SERVED_CANDIDATES = 10
#: Replies that a service works on at once with a model that is somewhere else.
SERVED_AT_ONCE = 512
#: Pairs beside those of drafts, where candidates are shown and rules judge: what the log found good.
COUNTERFACTUAL, FOCUSED, DECLINED = 3, 2, 2
#: A draft is chosen from here on where its rows seldom have a label that can be chosen instead.
FAIR = 0.5
#: Worked examples for a model in this process (docs/log/prompts-and-drafts.md); one on a server needs none.
EXAMPLES = 2
#: What one item is called where the file's name does not say it.
_NOUNS: Mapping[Kind, str] = {"products": "product", "places": "place", "music": "album"}
_NOUN = LazyPattern(
    r"(?:^|[^a-z])(album|article|book|course|film|game|movie|podcast|product|recipe|restaurant|song|wine)s?"
    r"(?:[^a-z]|$)"
)


def resolve(config: Config, items: Catalogue | None) -> Config:
    """The settings as a stage reads them, which works on `items` (None: no catalogue).

    Idempotent: what has a value keeps it. What is filled in does not count as set (``model_fields_set``).
    Raises ConfigError where there is nothing to ask for in ask mode, and where the sentence encoder that was
    chosen is not installed: the second judge would tell it after the last row.
    """
    if config.encoder != "english":
        from usbrec.items.retrieval.encoder import encoder_of

        encoder_of(config.encoder)
    if listing(config):
        config = with_lists(config)
    asking, models = config.asking, config.models
    if config.mode == "ask" and items is not None:
        asking = asking.filled(attributes=attributes_to_ask(items, asking.attributes))
    search = _search(config)
    if models.concurrency is None:
        seats = [*config.seats.settings().values()]
        if config.enhanced:
            seats += [search.simulator, search.judge]
        here = any(_is_here(seat, config) for seat in seats)
        models = models.filled(concurrency=models.workers(in_process=here))
    return config.filled(
        common_seed=config.seed if config.common_seed is None else config.common_seed,
        models=models,
        play=config.play.filled(examples=_examples(config)),
        servers={name: _server(server, models) for name, server in config.servers.items()},
        asking=asking,
        search=search,
    )


def _server(server: Server, models: Models) -> Server:
    """A server of its own settings, and those of [models] where it has none."""
    return server.filled(
        timeout=models.timeout if server.timeout is None else server.timeout,
        max_retries=models.max_retries if server.max_retries is None else server.max_retries,
        constrain=models.constrain if server.constrain is None else server.constrain,
        reasoning=models.reasoning if server.reasoning is None else server.reasoning,
    )


def _examples(config: Config) -> int:
    """Worked examples before each dialogue: none for a model on a server unless they are asked for."""
    if config.play.examples is not None:
        return config.play.examples
    found = find_seat(config.seats.recommender, config.servers)
    return 0 if found is not None and found.kind == "server" else EXAMPLES


def _is_here(seat: str | None, config: Config) -> bool:
    """Whether a seat's model runs in this process, where an instance works on one unit at a time."""
    found = None if seat is None else find_seat(seat, config.servers)
    return found is not None and found.is_here


def _search(config: Config) -> Search:
    """Who plays and judges inside the search: what suits the outer seats."""
    search, seats = config.search, config.seats
    # Rules in the recommender's seat are never searched; only `rules:best` asks who would judge.
    outer = find_seat(seats.recommender, config.servers)
    # A system of the user's own only recommends: rules do the rest unless somebody is named.
    own = RULES if outer is not None and not outer.is_model else seats.recommender
    judge = own
    if seats.judge in (RULES, RULES_BELIEF):
        # Scores of the untrained retriever are no logits: what it believes is not calibrated.
        judge = RULES if config.ranker is None else RULES_BELIEF
    return search.filled(
        simulator=search.simulator or (RULES if is_seeker_by_rules(seats.simulator) else own),
        judge=search.judge or judge,
    )


def in_mode(config: Config) -> Config:
    """The settings with the seats as the mode has them: in ask mode rules answer, and where nobody speaks
    (retrieval) nobody has to be seated but rules. Raises ConfigError."""
    if config.mode != "episode":
        refuse_lists(config, f"--mode {config.mode} asks nobody for a list")
    seats = {
        "episode": {},
        "ask": {"simulator": RULES},
        "retrieval": {"recommender": "rules:retriever", "simulator": RULES, "judge": RULES},
    }[config.mode]
    return config.with_(seats=seats)


def to_draw_pairs(config: Config, *, labelled: bool) -> Config:
    """The settings that pairs are made with; `labelled` says whether any sample has a label."""
    pairs, judge = config.pairs, config.seats.judge
    shown = config.play.candidates > 0
    further = _fits_further_pairs(config)
    expects = judge == RULES_BELIEF or is_trained(judge)
    if expects:
        # An expectation over what may be wanted, or over what people say: there is no score that one target
        # alone would give, and what is predicted seldom comes near the ends of the scale.
        accept_at = 0.0
    elif judge == RULES:
        accept_at = 2.0 if labelled and not shown else FAIR
    else:
        # A model's expected score is never quite 2, a rule's is when the target was named.
        accept_at = 1.5
    reject_below = accept_at if pairs.accept_at is None else pairs.accept_at
    if accept_at <= FAIR and (pairs.accept_at is None or expects):
        # Where a fair draft is chosen, the worst need not be below fair to be the worse one.
        reject_below = 2.0
    defaults = {
        "accept_at": accept_at,
        "reject_below": reject_below,
        "min_margin": 0.05 if expects else MIN_MARGIN,
        "max_length_ratio": 2.0 if shown else None,
        "one_item": shown,
        "more_than_title": shown,
        "horizon": 1 if further else config.play.rounds,
        "counterfactual": COUNTERFACTUAL if further else 0,
        "focused": FOCUSED if further else 0,
        "declined": DECLINED if further else 0,
    }
    if listing(config):
        defaults |= pairs_of_lists(pairs)
    given = pairs.settings()
    missing = {name: value for name, value in defaults.items() if given[name] is None}
    return config.filled(pairs=pairs.filled(**missing))


def is_trained(seat: str) -> bool:
    """Whether a judge's seat is `trained` or `trained:DIR`."""
    found = find_seat(seat)
    return found is not None and found.kind == "trained"


def _fits_further_pairs(config: Config) -> bool:
    """Whether replies are scored where they stand, so that many more of them can be: rules judge what names
    one item of a list."""
    return config.play.candidates > 0 and config.seats.judge in (RULES, RULES_BELIEF)


def to_play(config: Config, *, catalogue: bool) -> Config:
    """The settings that replies of a model in training are played with: no search of a better one, for it is
    the model's own that counts, and with a catalogue rules in the seats that nobody named. Raises
    InputError."""
    seats = config.seats.filled(**_unnamed(config, RULES)) if catalogue else config.seats
    seat = seats.recommender
    found = find_seat(seat, config.servers)
    bare = found is None or found.kind in ("packaged", "gguf")
    if "+" in seat and bare and base_and_adapter(seat)[1] is not None:
        # A model to be trained may be named without it; with an adapter it plays through transformers.
        seats = seats.with_(recommender=HF + seat)
    return config.with_(seats=seats, enhanced=False, mode="episode")


def to_read(config: Config, *, catalogue: bool) -> Config:
    """The settings that prompts are made with, where nobody plays. Raises ConfigError."""
    refuse_lists(config, "what people said in recorded dialogues are no lists to learn from")
    rules = {"simulator": RULES, "judge": RULES} if catalogue else {}
    return config.with_(seats=rules, enhanced=False)


def to_serve(config: Config, *, catalogue: bool) -> Config:
    """The settings with those defaults that a service has otherwise: the seats that nobody named are taken by
    rules where there is a catalogue, because they answer at once and people are waiting, and candidates are
    shown. Raises ConfigError."""
    refuse_lists(config, "people who chat are not answered with bare lists")
    own = config.seats.recommender
    here = _is_here(own, config)
    # Who is not named is not opened: the seats outside the search stay empty here.
    seats = config.seats.filled(**_unnamed(config, RULES if catalogue else own))
    play, models = config.play, config.models
    if catalogue and "candidates" not in play.model_fields_set and not play.tools:
        play = play.filled(candidates=SERVED_CANDIDATES)
    if models.concurrency is None:
        models = models.filled(concurrency=1 if here else SERVED_AT_ONCE)
    config = config.filled(seats=seats, play=play, models=models)
    search = _search(config)
    alone = any(
        _is_here(seat, config) for seat in (*seats.settings().values(), search.simulator, search.judge)
    )
    at_once = config.serving.at_once or (1 if alone else SERVED_AT_ONCE)
    return config.filled(serving=config.serving.filled(at_once=at_once))


def _unnamed(config: Config, other: str) -> dict[str, str]:
    """`other` for simulator and judge, where nobody named them."""
    return dict.fromkeys(sorted({"simulator", "judge"} - config.seats.model_fields_set), other)


def for_experiment(config: Config) -> Config:
    """The settings of an experiment.

    Who sits inside the search, and how many rows are worked on at once, differs from system to system: that
    is resolved in the run of each. Raises ConfigError.
    """
    refuse_lists(config, "the six systems recommend one item a reply")
    chosen = config.experiment
    judge, rounds = chosen.pairs_judge or config.seats.judge, chosen.pair_rounds or config.play.rounds
    # Who sets how far what is learnt from is played, says it of pairs, too.
    near = chosen.pair_rounds is None and _fits_further_pairs(config.with_(seats={"judge": judge}))
    horizon = config.pairs.horizon or (1 if near else rounds)
    chosen = chosen.filled(
        models=chosen.models or (config.seats.recommender,),
        datasets={name: with_ranker(files, config) for name, files in chosen.datasets.items()},
        pairs_judge=judge,
        pair_rounds=rounds,
        sft=chosen.sft.filled(**chosen.sft.over(config.train).settings()),
        rl=chosen.rl.filled(**chosen.rl.over(config.train).settings()),
    )
    return config.filled(
        experiment=chosen,
        pairs=config.pairs.filled(horizon=horizon),
        common_seed=config.seed if config.common_seed is None else config.common_seed,
    )


def with_ranker(files: Dataset, config: Config) -> Dataset:
    """A dataset with the ranker that retrieves its items, where there is one."""
    return files.filled(ranker=files.ranker or config.ranker)


def to_make_seekers(config: Config, catalogue: Path, kind: Kind = "items") -> Config:
    """The settings of simulated seekers of a catalogue: what an item is called, by the name of the file they
    stand in ("books.csv" has books), else by their kind."""
    found = _NOUN.search(catalogue.name.lower())
    noun = config.seekers.noun or (found[1] if found else _NOUNS.get(kind, "item"))
    return config.filled(seekers=config.seekers.filled(noun=noun))
