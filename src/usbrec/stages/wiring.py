"""Wiring: settings become seats; who sits where, on which model, with what knowledge."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from usbrec.config import Config, Judging, settled
from usbrec.enhancement.budget import MeteredModel
from usbrec.errors import ConfigError
from usbrec.items import Catalogue, Retriever, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.items.retrieval import RequestRetriever
from usbrec.journal import Journal
from usbrec.judge.base import ProfileJudge, TargetJudge
from usbrec.judge.episodes import EpisodeRunner
from usbrec.judge.rules import RulesBeliefJudge, RulesProfileJudge, RulesTargetJudge
from usbrec.judge.trained.model import TrainedJudge
from usbrec.lexicon import LANGUAGES
from usbrec.llm import (
    ChatModel,
    Message,
    ModelOpener,
    RecordedModel,
    Seat,
    Unreachable,
    model_name,
    read_seat,
)
from usbrec.llm.prices import PricedModel, prices_of
from usbrec.llm.protocol import takes
from usbrec.llm.recorded import Recorder
from usbrec.play.baselines import CANDIDATES, BaselineKind, BaselineRecommender
from usbrec.play.grounding.formatting import CandidateFormatter
from usbrec.play.language_model import LanguageModel, PromptTemplate
from usbrec.play.languages import Languages
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.extraction import ModelExtractor, PreferenceExtractor, RulesExtractor
from usbrec.play.preferences.scores import PreferenceScorer
from usbrec.play.protocol import Recommender, Sampling
from usbrec.play.questions.ranking import Ranking
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.seekers.base import InternalSimulator, TargetSimulator
from usbrec.play.seekers.manner import PEOPLE
from usbrec.play.seekers.model import ModelInternalSimulator, ModelSimulator, ModelTargetSimulator
from usbrec.play.seekers.rules import RulesInternalSimulator, RulesTargetSimulator
from usbrec.play.seekers.voices import Voices
from usbrec.prompts import Prompts
from usbrec.stages.anchoring import shared_model
from usbrec.stages.own_seats import OwnSeats, Unidentified, models_given
from usbrec.storage import Stamped, stamped

# What only some seats need is imported where it is seated: a run by rules should not pay for all of it.
if TYPE_CHECKING:
    from usbrec.enhancement import InternalSeats
    from usbrec.judge.anchors import AnchorJudge
    from usbrec.judge.model import ModelJudge
    from usbrec.judge.persuasion import PersuasionJudge
    from usbrec.play.grounding.candidates import Grounding
    from usbrec.play.grounding.focus import Focusing
    from usbrec.play.preferences.constraint_model import ModelConstraintReader
    from usbrec.play.tools.calling import ToolCalling

RULES = "rules"
RULES_BELIEF = "rules:belief"
#: Seekers by rules who react, tell and ask as often as people do.
RULES_PEOPLE = "rules:people"
SEEKERS_BY_RULES = (RULES, RULES_PEOPLE)
BASELINES = tuple(f"rules:{kind}" for kind in get_args(BaselineKind))


def similarity_of(judging: Judging) -> Similarity:
    """The one measure of items that a run's rules share."""
    return Similarity(
        genre_weight=judging.genre_weight,
        people_weight=judging.people_weight,
        era_weight=judging.era_weight,
        era_scale=judging.era_scale,
    )


@functools.lru_cache(maxsize=2)
def _opened_ranker(about: Stamped, catalogue: Catalogue) -> Retriever:
    """The ranker whose folder holds the file `about`. An experiment opens one for each of its runs, and most
    of their dialogues are the same."""
    # scipy and all that a ranker learns from: only with --ranker.
    from usbrec.items import open_ranker

    return open_ranker(Path(about[0]).parent, catalogue)


@dataclass(frozen=True)
class Participants:
    """Everyone who plays, and how they can be run.

    `seated` are the models by their seats' texts, `judges` the model judges likewise.
    `workers` is how many units may be worked on at once, or lockstep batches of `batch_size` units;
    `restart_whole` whether an interrupted unit has to start again from its first call; `identities` what
    decides answers; `own` everyone of the user's own. `ranking()` makes the list behind each round (None
    without a catalogue) and `anchors()` the judge of fixed replies (None where it is off), built when first
    asked for; `persuasion` rates explanations (None where it is off, and where the judge is no model).
    `models` are closed at the end: those handed in are their owner's. `tools` says whether the recommender's
    model calls tools.
    """

    runner: EpisodeRunner
    workers: int
    restart_whole: bool
    identities: Mapping[str, Any]
    models: tuple[ChatModel, ...]
    ranking: Callable[[], Ranking | None] = lambda: None
    persuasion: PersuasionJudge | None = None
    anchors: Callable[[], AnchorJudge | None] = lambda: None
    batch_size: int = 1
    judges: Mapping[str, ModelJudge] = field(default_factory=dict)
    seated: Mapping[str, ChatModel] = field(default_factory=dict)
    own: OwnSeats | None = None
    tools: bool = False

    @property
    def unidentified(self) -> Sequence[Unidentified]:
        """The objects of the user's own that do not say what decides their answers."""
        return () if self.own is None else self.own.unidentified

    async def aclose(self) -> None:
        for model in self.models:
            await model.aclose()
        if self.own is not None:
            await self.own.aclose()


def seat_participants(
    config: Config,
    prompts: Prompts,
    catalogue: Catalogue | None,
    journal: Journal | None = None,
    *,
    replay: Journal | None = None,
    reuse: Journal | None = None,
    objects: Mapping[str, object] | None = None,
    before: Participants | None = None,
    opener: Callable[[str], ChatModel] | None = None,
    languages: Languages | None = None,
) -> Participants:
    """Seat everyone, with resolved settings. One model serves all seats that name it.

    Calls are recorded in `journal`, where there is one. Answers come from `replay` alone, or from `reuse`
    where it has them. `objects` sit in the seats of their keys (see stages/own_seats.py). The models and own
    systems of `before`, seated by the same settings with another catalogue, are taken over as they are:
    whoever comes last closes them. `opener` opens models by their seats' texts in place of our own.
    `languages` tell each dialogue's language, by default as the settings say. Raises ConfigError.
    """
    languages = languages or Languages.of_samples(config.language, ())
    wiring = _Wiring(config, prompts, catalogue, journal, replay, reuse, objects, before, opener, languages)
    return wiring.participants()


class _Wiring:
    def __init__(
        self,
        config: Config,
        prompts: Prompts,
        catalogue: Catalogue | None,
        journal: Journal | None,
        replay: Journal | None,
        reuse: Journal | None,
        objects: Mapping[str, object] | None,
        before: Participants | None,
        opener: Callable[[str], ChatModel] | None,
        languages: Languages,
    ) -> None:
        self._config = config
        self._languages = languages
        self._prompts = prompts
        self._catalogue = catalogue
        self._journal = journal
        self._replay = replay
        self._reuse = reuse
        self._models: dict[str, ChatModel] = {}
        self._backends: dict[str, ChatModel] = {}
        self._stands_in = opener is not None
        self._open = opener or ModelOpener(config.models, config.servers).open
        self._given = models_given(config, objects)
        self._before: Mapping[str, ChatModel] = {} if before is None else before.seated
        recorder = Recorder(journal, replay=replay, reuse=reuse)
        self._own = OwnSeats(
            config,
            recorder,
            objects,
            replayed=replay is not None,
            before=None if before is None else before.own,
        )
        self._ranker: Retriever | None = None
        self._judges: dict[str, ModelJudge] = {}
        self._trained: dict[str, TrainedJudge] = {}
        judging = config.judging
        self._knowledge = (
            None
            if catalogue is None
            else Knowledge.of(
                catalogue,
                similarity_of(judging),
                seed=settled(config.common_seed, "common_seed"),
                constraints={"rules": True, "model": False, "off": False}.get(config.play.constraints),
                held=config.play.filter,
            )
        )

        if before is not None and before.runner.knowledge is not None and self._knowledge is not None:
            self._knowledge = self._knowledge.after(before.runner.knowledge)
        if config.play.constraints == "model" and not (config.play.candidates or config.enhanced):
            raise ConfigError(
                "play.constraints: 'model' reads for candidates or a search, and there is neither. Add "
                "--candidates N or --ses, or use 'rules'."
            )
        if config.play.constraints == "model":
            _ = self._constraint_reader  # refused here where it cannot be
        self._grounding = self._make_grounding()
        self._examples = self._worked_examples()

    def participants(self) -> Participants:
        config = self._config
        judge = config.seats.judge
        runner = EpisodeRunner(
            recommender=self._recommender_seat(),
            simulator=self._target_simulator(config.seats.simulator),
            judge=self._target_judge(judge),
            rounds=config.play.rounds,
            seed=config.seed,
            knowledge=self._knowledge,
        )
        models = tuple(self._models.values())
        ours = tuple(model for text, model in self._models.items() if text not in self._given)
        in_turn = any(not model.parallel for model in models)
        return Participants(
            runner=runner,
            workers=self._workers(in_turn),
            restart_whole=in_turn and self._replay is None,
            identities={
                **{seat: dict(model.identity) for seat, model in self._models.items()},
                **{seat: dict(identity) for seat, identity in self._own.identities.items()},
                **{f"judge {seat}": dict(judge.identity) for seat, judge in self._trained.items()},
            },
            models=ours,
            own=self._own,
            ranking=lambda: self._ranking,
            persuasion=self._persuasion(judge),
            anchors=lambda: self._anchors,
            batch_size=self._batch_size(),
            judges=self._judges,
            seated=self._models,
            tools=config.play.tools,
        )

    def _persuasion(self, judge: str) -> PersuasionJudge | None:
        if not (self._config.judging.persuasion and self._seat(judge).is_model):
            return None
        from usbrec.judge.persuasion import PersuasionJudge

        return PersuasionJudge(self._judging(judge))

    def _workers(self, in_turn: bool) -> int:
        """Units worked on at once: enough for the server that takes most requests."""
        models, servers = self._config.models, self._config.servers
        most = settled(models.concurrency, "models.concurrency")
        if in_turn or "concurrency" in models.model_fields_set:
            return most
        named = (servers.get(self._seat(seat).server) for seat in self._models)
        return max([most, *(server.concurrency or 0 for server in named if server is not None)])

    def _batch_size(self) -> int:
        """Units of a lockstep batch. Models on llama.cpp work on one unit at a time."""
        in_process = [seat for seat, model in self._models.items() if not model.parallel]
        batched = (
            self._replay is None and in_process and all(self._seat(seat).kind == "hf" for seat in in_process)
        )
        return self._config.models.batch if batched else 1

    def _make_grounding(self) -> Grounding | None:
        """What a model in the recommender's seat is shown; rules recommend real items as it is."""
        if self._seat(self._config.seats.recommender).is_model:
            return self._retrieved()
        return None

    def _retrieved(self) -> Grounding | None:
        """What looks candidates up where some are asked for."""
        play = self._config.play
        if not play.candidates:
            return None
        knowledge = self._knowledge
        if knowledge is None:
            raise ConfigError("--candidates shows items of a catalogue: add --catalogue FILE.")
        from usbrec.play.grounding.candidates import Grounding

        return Grounding(
            knowledge,
            self._retriever(knowledge),
            self._prompts,
            play.candidates,
            play.candidate_text,
            self._languages,
            self._constraint_reader,
            play.naming == "slots",
        )

    @functools.cached_property
    def _constraint_reader(self) -> ModelConstraintReader | None:
        """The model that reads what seekers ask of an item; None where rules do, or nobody."""
        seat = self._config.seats.recommender
        if self._config.play.constraints != "model":
            return None
        if not self._seat(seat).is_model:
            raise ConfigError(
                f"play.constraints: 'model' asks the recommender's model, and {seat} is none. Use 'rules'."
            )
        from usbrec.play.preferences.constraint_model import ModelConstraintReader

        knowledge = self._known('play.constraints = "model"')
        return ModelConstraintReader(self._model(seat), self._prompts, knowledge.columns)

    def _worked_examples(self) -> tuple[Message, ...]:
        config = self._config
        if self._knowledge is None or not self._seat(config.seats.recommender).is_model:
            return ()
        from usbrec.play.grounding.examples import worked_examples

        return worked_examples(
            self._knowledge.catalogue,
            self._knowledge.similarity,
            self._prompts,
            count=settled(config.play.examples, "play.examples"),
            seed=settled(config.common_seed, "common_seed"),
            grounding=self._grounding,
        )

    def _seat(self, seat: str) -> Seat:
        return read_seat(seat, self._config.servers)

    def _opened(self, seat: str) -> ChatModel:
        if self._replay is not None:
            return Unreachable(model_name(seat, self._config.servers))
        there = self._given.get(seat) or self._before.get(seat)
        return self._open(seat) if there is None else there

    def _opened_once(self, seat: str) -> ChatModel:
        if seat not in self._backends:
            self._backends[seat] = self._opened(seat)
        return self._backends[seat]

    def _recorded(self, model: ChatModel) -> ChatModel:
        if self._journal is None:
            return model
        return RecordedModel(model, self._journal, replay=self._replay, reuse=self._reuse)

    def _model(self, seat: str) -> MeteredModel:
        """The metered model of a seat, recorded where there is a journal; opened once, whoever asks."""
        if seat not in self._models:
            self._models[seat] = self._recorded(self._opened_once(seat))
        prices = prices_of(seat, self._config.servers)
        model = self._models[seat]
        return MeteredModel(model if prices is None else PricedModel(model, prices))

    def _known(self, who: str) -> Knowledge:
        if self._knowledge is None:
            raise ConfigError(f"{who} works by rules on items: add --catalogue FILE.")
        return self._knowledge

    @functools.cached_property
    def _ranking(self) -> Ranking | None:
        knowledge = self._knowledge
        return None if knowledge is None else Ranking(self._retriever(knowledge), knowledge)

    def _retriever(self, knowledge: Knowledge) -> Retriever:
        """What ranks the catalogue for a dialogue, for everyone who needs it; built once."""
        if self._ranker is None:
            self._ranker = (
                RequestRetriever(knowledge.catalogue, knowledge.linker, knowledge.similarity)
                if self._config.ranker is None
                else _opened_ranker(stamped(Path(self._config.ranker) / "ranker.json"), knowledge.catalogue)
            )
        return self._ranker

    def _recommender_seat(self) -> RecommenderSeat:
        play, seat = self._config.play, self._config.seats.recommender
        kind = self._seat(seat)
        model = self._model(seat) if kind.is_model else None
        template = self._prompt_template()
        if play.tools:
            recommender = self._around(self._calling(seat, model))
        elif model is not None:
            recommender = self._around(LanguageModel(model, template))
        elif kind.is_own:
            catalogue = None if self._knowledge is None else self._knowledge.catalogue
            own = self._own.recommender(seat, catalogue, self._retrieved())
            recommender = self._around(own)
        else:
            recommender = self._by_rules(seat)
        return RecommenderSeat(
            recommender,
            template,
            Sampling(
                temperature=play.temperature,
                max_tokens=play.max_tokens,
                frequency_penalty=play.frequency_penalty,
            ),
            model,
            self._grounding,
        )

    def _calling(self, seat: str, model: ChatModel | None) -> ToolCalling:
        """The model with the tools that it may call. Raises ConfigError where it cannot."""
        if model is None or (self._replay is None and "tools" not in takes(model)):
            raise ConfigError(
                f"play.tools: {seat} calls no tools. A model on a server does (openai:NAME), where that "
                "takes `tools`."
            )
        if self._config.play.candidates:
            raise ConfigError("play.tools: a model with tools looks items up itself; leave --candidates out.")
        from usbrec.play.tools.calling import ToolCalling
        from usbrec.play.tools.toolbox import Toolbox

        knowledge = self._known("play.tools")
        return ToolCalling(
            model, Toolbox(knowledge, self._retriever(knowledge)), self._prompts, self._languages
        )

    def _prompt_template(self) -> PromptTemplate:
        """What a language model in the recommender's seat reads."""
        play, grounded = self._config.play, self._grounding is not None
        slots = play.naming == "slots"
        return PromptTemplate(
            self._prompts.render(
                "recommender" if not grounded else f"recommender_{'slots' if slots else 'grounded'}"
            ),
            self._prompts.render("opening"),
            self._examples,
            play.window if grounded else None,
            CandidateFormatter(self._prompts, play.candidate_text, slots),
        )

    def _by_rules(self, seat: str) -> Recommender:
        config = self._config
        kind = next((kind for kind in get_args(BaselineKind) if seat == f"rules:{kind}"), None)
        if kind is None:
            raise ConfigError(f"--recommender {seat}: say which rule: {', '.join(BASELINES)}.")
        if config.enhanced:
            raise ConfigError(f"--ses enhances a model; {seat} has none.")
        knowledge = self._known(f"--recommender {seat}")
        return BaselineRecommender(
            kind,
            knowledge,
            self._retriever(knowledge),
            config.play.candidates or CANDIDATES,
            self._beliefs if self._internal_judge == RULES_BELIEF else None,
            opening=self._prompts.render("opening"),
            languages=self._languages,
            prompts=self._prompts,
        )

    def _check_grammars(self, text: str) -> None:
        """Raises ConfigError for a recommender whose replies no grammar can limit."""
        seat = self._seat(text)
        if seat.kind != "server":
            return
        server = self._config.servers.get(seat.server)
        own = None if server is None else server.constrain
        if (self._config.models.constrain if own is None else own) == "none":
            raise ConfigError(
                f"play.naming = constrained limits what {text} can write: say how its server does that "
                '(models.constrain, or servers.NAME.constrain = "grammar", "structured" or "guided"), or '
                'take play.naming = "checked" or "slots".'
            )

    def _around(self, recommender: Recommender) -> Recommender:
        """The recommender, grounded and self-enhanced as the settings say."""
        config = self._config
        if self._grounding is not None:
            if config.play.naming == "constrained":
                self._check_grammars(config.seats.recommender)
            from usbrec.play.grounding.grounded import Grounded

            recommender = Grounded(
                recommender,
                self._grounding,
                redraws=config.play.redraws,
                fallback=config.play.fallback,
                naming=config.play.naming,
            )
        if config.enhanced:
            from usbrec.enhancement import SelfEnhanced

            recommender = SelfEnhanced(
                recommender,
                self._internal_seats(),
                config.search,
                opening=self._prompts.render("opening"),
            )
        return recommender

    def _internal_seats(self) -> InternalSeats:
        from usbrec.enhancement import InternalSeats

        simulator = settled(self._config.search.simulator, "search.simulator")
        # Somebody's own seeker plays; its wishes are read as they are where nobody is named inside.
        reader = simulator
        if self._seat(simulator).is_own:
            seats = self._config.seats
            by_rules = seats.simulator in SEEKERS_BY_RULES or not self._seat(seats.recommender).is_model
            reader = RULES if by_rules else seats.recommender
        extractor: PreferenceExtractor
        if reader == RULES:
            extractor = RulesExtractor(self._known("--ses-simulator rules"), self._languages)
        else:
            extractor = ModelExtractor(self._model(reader), self._prompts)
        knowledge, judge = self._knowledge, self._internal_judge
        return InternalSeats(
            extractor,
            self._internal_simulator(simulator),
            self._profile_judge(judge),
            None if knowledge is None else knowledge.names_new,
            self._focusing(judge),
            knowledge,
            self._constraint_reader,
        )

    def _focusing(self, judge: str) -> Focusing | None:
        """What shares the candidates among a search's drafts; None where each sees all there are."""
        grounding, each = self._grounding, self._config.search.focus
        if grounding is None or not each:
            return None
        from usbrec.play.grounding.focus import Focusing

        if judge not in (RULES, RULES_BELIEF):
            return Focusing(grounding, each)
        beliefs = self._beliefs if judge == RULES_BELIEF else None
        return Focusing(grounding, each, PreferenceScorer(grounding.knowledge, beliefs))

    @property
    def _internal_judge(self) -> str:
        return settled(self._config.search.judge, "search.judge")

    @functools.cached_property
    def _beliefs(self) -> Beliefs:
        search, knowledge = self._config.search, self._known(f"--ses-judge {RULES_BELIEF}")
        return Beliefs(
            knowledge,
            self._retriever(knowledge),
            answers=search.belief_answers,
            languages=self._languages,
        )

    def _belief_judge(self, option: str) -> RulesBeliefJudge:
        return RulesBeliefJudge(self._known(f"{option} {RULES_BELIEF}"), self._beliefs)

    def _simulating(self, seat: str) -> ModelSimulator:
        play = self._config.play
        return ModelSimulator(
            self._model(seat),
            self._prompts,
            play.simulator_temperature,
            play.max_tokens,
            play.frequency_penalty,
            self._languages,
        )

    def _voices(self, knowledge: Knowledge) -> Voices:
        """How seekers by rules speak of the items."""
        kind, own = self._config.catalogue.kind, self._config.seekers.templates
        return Voices.about(
            knowledge.catalogue,
            self._languages,
            kind=None if kind == "auto" else kind,
            own=None if own is None else Path(own),
        )

    def _explain(self) -> Mapping[str, str]:
        """The question why something was recommended, in each language of the rules."""
        return {language: self._prompts.say("explain", language) for language in LANGUAGES}

    def _target_simulator(self, seat: str) -> TargetSimulator:
        if seat in SEEKERS_BY_RULES:
            knowledge = self._known(f"--seeker {seat}")
            manner = PEOPLE if seat == RULES_PEOPLE else None
            return RulesTargetSimulator(knowledge, self._explain(), self._voices(knowledge), manner)
        if self._seat(seat).is_own:
            from usbrec.play.own.seeker import OwnTargetSimulator

            return OwnTargetSimulator(self._own.simulator(seat), self._languages)
        return ModelTargetSimulator(self._simulating(seat))

    def _internal_simulator(self, seat: str) -> InternalSimulator:
        if seat == RULES:
            knowledge = self._known("--ses-simulator rules")
            return RulesInternalSimulator(knowledge, self._explain(), voices=self._voices(knowledge))
        if self._seat(seat).is_own:
            from usbrec.play.own.seeker import OwnInternalSimulator

            return OwnInternalSimulator(self._own.simulator(seat))
        return ModelInternalSimulator(self._simulating(seat))

    def _judging(self, seat: str) -> ModelJudge:
        """The model judge of a seat: one for all who ask it, so that it scores in one way."""
        judging = self._config.judging
        if seat not in self._judges:
            from usbrec.judge.model import ModelJudge

            self._judges[seat] = ModelJudge(
                self._model(seat), self._prompts, judging.temperature, judging.votes, judging.mass_floor
            )
        return self._judges[seat]

    def _trained_judge(self, seat: str) -> TrainedJudge:
        """The trained judge of a seat, opened once, whoever asks."""
        if seat not in self._trained:
            from usbrec.stages.trained_seat import open_judge  # the sentence encoder's room

            self._trained[seat] = open_judge(seat, self._languages)
        return self._trained[seat]

    @functools.cached_property
    def _anchors(self) -> AnchorJudge | None:
        config, seat = self._config, self._config.seats.judge
        if not config.judging.anchors:
            return None
        from usbrec.judge.anchors import AnchorJudge
        from usbrec.judge.model import ModelTargetJudge

        model = self._opened_once(seat)
        if not self._stands_in and self._journal is not None:
            model = shared_model(config, self._seat(seat), model)
        # The same judge, in the way of scoring that is found out for it.
        judge = ModelTargetJudge(replace(self._judging(seat), model=self._recorded(model)))
        return AnchorJudge(
            judge,
            self._known("judging.anchors"),
            config.judging.anchors,
            settled(config.common_seed, "common_seed"),
            self._languages,
        )

    def _target_judge(self, seat: str) -> TargetJudge:
        if seat == RULES:
            return RulesTargetJudge(self._known("--judge rules"))
        if seat == RULES_BELIEF:
            return self._belief_judge("--judge")
        if self._seat(seat).is_own:
            from usbrec.judge.own import OwnTargetJudge

            return OwnTargetJudge(self._own.judge(seat))
        if self._seat(seat).kind == "trained":
            return self._trained_judge(seat)
        from usbrec.judge.model import ModelTargetJudge

        return ModelTargetJudge(self._judging(seat))

    def _profile_judge(self, seat: str) -> ProfileJudge:
        if seat == RULES:
            return RulesProfileJudge(self._known("--ses-judge rules"))
        if seat == RULES_BELIEF:
            return self._belief_judge("--ses-judge")
        if self._seat(seat).is_own:
            from usbrec.judge.own import OwnProfileJudge

            return OwnProfileJudge(self._own.judge(seat))
        if self._seat(seat).kind == "trained":
            return self._trained_judge(seat)
        from usbrec.judge.model import ModelProfileJudge

        return ModelProfileJudge(self._judging(seat))
