"""Known items: what a run's rules know of a catalogue, what ranks it, and what is believed of a seeker."""

from __future__ import annotations

import functools
from pathlib import Path

from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.items import Catalogue, Retriever
from usbrec.items.knowledge import Knowledge
from usbrec.items.retrieval import RequestRetriever
from usbrec.play.languages import Languages
from usbrec.play.preferences.belief import Beliefs
from usbrec.stages.rules import RULES_BELIEF
from usbrec.storage import Stamped, stamped


@functools.lru_cache(maxsize=2)
def _opened_ranker(about: Stamped, catalogue: Catalogue) -> Retriever:
    """The ranker whose folder holds the file `about`. An experiment opens one for each of its runs, and most
    of their dialogues are the same."""
    # scipy and all that a ranker learns from: only with --ranker.
    from usbrec.items import open_ranker

    return open_ranker(Path(about[0]).parent, catalogue)


class KnownItems:
    """For everyone who needs it, each part built when first asked for. It knows nobody in a seat: a service
    that reloads its catalogue is rid of the old one without a collection of garbage."""

    def __init__(self, config: Config, languages: Languages, knowledge: Knowledge | None) -> None:
        self._config, self._languages = config, languages
        self.knowledge = knowledge
        self._ranker: Retriever | None = None

    def known(self, who: str) -> Knowledge:
        if self.knowledge is None:
            raise ConfigError(f"{who} works by rules on items: add --catalogue FILE.")
        return self.knowledge

    def retriever(self, knowledge: Knowledge) -> Retriever:
        """What ranks the catalogue for a dialogue, for everyone who needs it; built once."""
        if self._ranker is None:
            self._ranker = (
                RequestRetriever(knowledge.catalogue, knowledge.linker, knowledge.similarity)
                if self._config.ranker is None
                else _opened_ranker(stamped(Path(self._config.ranker) / "ranker.json"), knowledge.catalogue)
            )
        return self._ranker

    @functools.cached_property
    def beliefs(self) -> Beliefs:
        search, knowledge = self._config.search, self.known(f"--ses-judge {RULES_BELIEF}")
        return Beliefs(
            knowledge,
            self.retriever(knowledge),
            answers=search.belief_answers,
            languages=self._languages,
        )
