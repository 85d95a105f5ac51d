"""Ranked lists in a run: what follows from `play.list_length`, what goes with it, and a row's list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from usbrec.config import Config, Pairs
from usbrec.dialogue import Episode, Sample
from usbrec.errors import ConfigError
from usbrec.items.knowledge import Knowledge
from usbrec.play.ranked_list import RankedList, read_list
from usbrec.stages.rules import RULES, RULES_BELIEF

#: Tokens that a place of a list may take: a long title with its year, a number before it and the line's end.
_TOKENS = 24


def listing(config: Config) -> bool:
    """Whether the recommender is asked for ranked lists."""
    return config.play.list_length > 1


def with_lists(config: Config) -> Config:
    """The settings with those defaults that lists have otherwise."""
    play = config.play
    defaults = {
        "rounds": 1,
        # Every year has the same few digits, every place a line's end.
        "frequency_penalty": 0.0,
        "max_tokens": max(64, _TOKENS * play.list_length),
    }
    unset = {name: value for name, value in defaults.items() if name not in play.model_fields_set}
    return config.filled(play=play.filled(**unset))


def check_lists(config: Config, *, catalogue: bool, model: bool) -> None:
    """Raises ConfigError, which names the setting to change, where lists do not go with the others. `model`
    says whether a language model sits in the recommender's seat."""
    play, seats, search = config.play, config.seats, config.search
    length = play.list_length
    by_rules = (RULES, RULES_BELIEF)
    faults = [
        (not catalogue, "a list is read with a catalogue: add --catalogue FILE"),
        (
            play.candidates < length,
            f"a list of {length} is made of candidates, of which {play.candidates} are shown: add "
            f"--candidates N with N of at least {length}",
        ),
        (
            not model,
            f"--recommender {seats.recommender} is no language model, and only one can be asked for a list. "
            "The retriever's own order is measured beside it in any case",
        ),
        (play.rounds != 1, "a list is scored where it stands, in one round: add --rounds 1"),
        (play.tools, "a model with tools recommends by calling one: leave play.tools out"),
        (
            play.naming != "checked",
            f'lists are said as they are written: leave play.naming = "{play.naming}" out',
        ),
        (
            seats.judge not in by_rules,
            f"lists are scored by rules: use --judge rules or --judge {RULES_BELIEF} in place of "
            f"{seats.judge}",
        ),
        (
            config.enhanced and search.alike,
            "search.alike takes two orders of the same items for one draft: leave it out",
        ),
        (
            config.enhanced and search.judge not in by_rules,
            f"lists are scored by rules inside the search, too: add --ses-judge rules or {RULES_BELIEF}",
        ),
    ]
    for fault, why in faults:
        if fault:
            raise ConfigError(f"play.list_length = {length}: {why}.")


def refuse_lists(config: Config, what: str) -> None:
    """Raises ConfigError where lists are asked of what has none; `what` is a sentence without its end."""
    if listing(config):
        raise ConfigError(
            f"play.list_length = {config.play.list_length}: {what}. Lists are for usbrec evaluate (free "
            "chat), pairs, train grpo and train rloo: leave it out here."
        )


def pairs_of_lists(pairs: Pairs) -> Mapping[str, Any]:
    """The defaults of pairs whose sides are lists. Raises ConfigError for what only single items have."""
    single = {
        "one_item": "holds each side to one item",
        "more_than_title": "wants words beside titles",
        "counterfactual": "puts one title in place of another",
        "focused": "asks about one candidate",
        "declined": "goes on where one recommendation was declined",
    }
    for name, does in single.items():
        if getattr(pairs, name):
            raise ConfigError(
                f"pairs.{name} {does}, and with play.list_length the sides are lists: leave it out."
            )
    return {
        # A list is chosen for being better than the sample's others: none is as good as the best there is.
        "accept_at": 0.0,
        "reject_below": 2.0,
        "min_margin": 0.05,
        # A list that lacks places is the worse one, and shorter.
        "max_length_ratio": None,
        "one_item": False,
        "more_than_title": False,
        "horizon": 1,
        "counterfactual": 0,
        "focused": 0,
        "declined": 0,
    }


def list_record(sample: Sample, episode: Episode, knowledge: Knowledge, length: int) -> dict[str, Any]:
    """What a row says of its list, as JSON: the items and where the targets stand among them, the same of the
    retriever's first candidates, and what else the reply names.

    ``ranks`` and ``retrieved_ranks`` have an entry a target, None where it stands in no place or is in no
    catalogue.
    """
    # The room of evaluation, which nobody who only talks needs.
    from usbrec.evaluation.metrics.lists import claimed_ranks

    places = [place for place, turn in enumerate(episode.played) if turn.role == "recommender"]
    listed = RankedList()
    if places:
        before = (*sample.turns, *episode.played[: places[-1]])
        listed = read_list(before, episode.played[places[-1]], knowledge, length)
    shown: Sequence[str] = (episode.facts.get("candidates") or [[]])[-1]
    # A title twice is one target; one that no catalogue knows is told apart by its words.
    resolved = {title: knowledge.catalogue.resolve([title]) for title in sample.targets}
    known = dict.fromkeys(frozenset(item.id for item in items) for items in resolved.values() if items)
    unknown = sum(not items for items in resolved.values())
    wanted = [*known, *[frozenset[str]()] * unknown]
    retrieved = shown[:length]
    return {
        "length": length,
        "items": list(listed.items),
        "ranks": claimed_ranks(listed.items, wanted),
        "retrieved": list(retrieved),
        "retrieved_ranks": claimed_ranks(retrieved, wanted),
        "unknown_targets": unknown,
        "not_shown": len(set(listed.items) - set(shown)),
        **listed.counts(),
    }
