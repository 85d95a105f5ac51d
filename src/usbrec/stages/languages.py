"""Language check: no run in which rules would read or answer a dialogue whose language they do not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.errors import InputError
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon.detection import name_of
from usbrec.play.languages import Languages, known
from usbrec.stages.wiring import BASELINES, RULES, RULES_BELIEF

#: So many rows are listed.
_SHOWN = 20


def check_languages(config: Config, samples: Sequence[Sample], languages: Languages) -> None:
    """With resolved settings. Raises InputError where rules are to speak or read in a language that the
    lexicon lacks: says which was found in which row, and what to do."""
    reasons = list(_rules_speak(config))
    if not reasons:
        return
    found = [(sample.id, languages.told(sample.turns)) for sample in samples]
    other = [(sample_id, language) for sample_id, language in found if language not in LANGUAGES]
    if not other:
        return
    listed = "\n".join(
        f"  {sample_id}: {name_of(language)} ({language})" for sample_id, language in other[:_SHOWN]
    )
    more = f"\n  ... and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
    raise InputError(
        f"{len(other)} of {len(found)} rows are in a language that rules do not know; they know {known()}. "
        f"Rules are needed here, because {' and '.join(reasons)}.\n{listed}{more}\n"
        'Put models in these seats, leave the rows out, or set language = "en" in the settings if they are '
        "in English and were taken for something else."
    )


def _rules_speak(config: Config) -> Iterator[str]:
    """Why rules have to know the language of a dialogue."""
    seats, search = config.seats, config.search
    if config.mode == "retrieval":
        return
    if config.mode == "ask":
        yield "they answer attribute questions (--mode ask)"
    elif seats.simulator == RULES:
        yield "they answer as the seeker (--seeker rules)"
    if seats.recommender in BASELINES:
        yield f"they recommend (--recommender {seats.recommender})"
    if seats.judge == RULES_BELIEF:
        yield f"they read what the seeker asks for (--judge {RULES_BELIEF})"
    if config.enhanced:
        if search.simulator == RULES:
            yield "they read and play the seeker inside the search (--ses-simulator rules)"
        if search.judge == RULES_BELIEF:
            yield f"they read what the seeker asks for inside the search (--ses-judge {RULES_BELIEF})"
