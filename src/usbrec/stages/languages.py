"""Language check: no run in which rules read or answer a dialogue whose language they do not know.

Most of it is known before a run. A seeker by rules only has to speak where the first reply is not the right
one, so that is found when it comes (:func:`unknown_language`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.errors import InputError
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon.detection import name_of
from usbrec.play.languages import Languages, known
from usbrec.stages.rules import BASELINES, RULES, RULES_BELIEF, is_seeker_by_rules

#: So many rows are listed.
_SHOWN = 20


_AS_SEEKER = "they answer as the seeker (--seeker rules)"


def check_languages(
    config: Config, samples: Sequence[Sample], languages: Languages, *, seeker_speaks: bool = False
) -> None:
    """With resolved settings. Raises InputError where rules are to speak or read in a language that the
    lexicon lacks: says which was found in which row, and what to do. With `seeker_speaks` the seeker is taken
    to have to say more than yes."""
    reasons = list(_rules_speak(config))
    if (reasons or seeker_speaks) and is_seeker_by_rules(config.seats.simulator) and config.mode != "ask":
        reasons.insert(0, _AS_SEEKER)
    if reasons and (error := _refusal(reasons, samples, languages)):
        raise error


def unknown_language(config: Config, samples: Sequence[Sample], languages: Languages) -> InputError:
    """The same error for a run whose seeker by rules had to speak such a language."""
    reasons = [_AS_SEEKER, *_rules_speak(config)]
    return _refusal(reasons, samples, languages) or InputError(
        f"A dialogue went on in a language that rules do not know; they know {known()}."
    )


def _refusal(reasons: Sequence[str], samples: Sequence[Sample], languages: Languages) -> InputError | None:
    found = [(sample.id, languages.told(sample.turns)) for sample in samples]
    other = [(sample_id, language) for sample_id, language in found if language not in LANGUAGES]
    if not other:
        return None
    listed = "\n".join(
        f"  {sample_id}: {name_of(language)} ({language})" for sample_id, language in other[:_SHOWN]
    )
    more = f"\n  ... and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
    return InputError(
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
    if seats.recommender in BASELINES:
        yield f"they recommend (--recommender {seats.recommender})"
    if seats.judge == RULES_BELIEF:
        yield f"they read what the seeker asks for (--judge {RULES_BELIEF})"
    if config.enhanced:
        if search.simulator == RULES:
            yield "they read and play the seeker inside the search (--ses-simulator rules)"
        if search.judge == RULES_BELIEF:
            yield f"they read what the seeker asks for inside the search (--ses-judge {RULES_BELIEF})"
