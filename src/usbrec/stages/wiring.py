"""Wiring: settings become seats; who sits where, on which model, with what knowledge."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from usbrec.config import Config, Judging, settled
from usbrec.errors import ConfigError
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.journal import Journal
from usbrec.judge.episodes import EpisodeRunner
from usbrec.llm import (
    ChatModel,
    Message,
)
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
from usbrec.prompts import Prompts
from usbrec.stages.judge_seats import JudgeSeats
from usbrec.stages.known_items import KnownItems
from usbrec.stages.lists import check_lists, listing
from usbrec.stages.own_seats import OwnSeats, Unidentified
from usbrec.stages.rules import BASELINES, RULES, RULES_BELIEF, is_seeker_by_rules
from usbrec.stages.seat_models import SeatModels
from usbrec.stages.seeker_seats import SeekerSeats

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


def similarity_of(judging: Judging) -> Similarity:
    """The one measure of items that a run's rules share."""
    return Similarity(
        genre_weight=judging.genre_weight,
        people_weight=judging.people_weight,
        era_weight=judging.era_weight,
        era_scale=judging.era_scale,
    )


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
        self._replay = replay
        seated: Mapping[str, ChatModel] = {} if before is None else before.seated
        self._models = SeatModels(config, journal, replay, reuse, objects, seated, opener)
        recorder = Recorder(journal, replay=replay, reuse=reuse)
        self._own = OwnSeats(
            config,
            recorder,
            objects,
            replayed=replay is not None,
            before=None if before is None else before.own,
        )
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
        if listing(config):
            asked = self._models.seat(config.seats.recommender)
            check_lists(config, catalogue=catalogue is not None, model=asked.is_model)
        items = self._items = KnownItems(config, languages, self._knowledge)
        self._seekers = SeekerSeats(config, prompts, languages, self._models, self._own, items.known)
        self._judges = JudgeSeats(
            config, prompts, languages, self._models, self._own, items.known, lambda: items.beliefs
        )
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
            simulator=self._seekers.target(config.seats.simulator),
            judge=self._judges.target(judge),
            rounds=config.play.rounds,
            seed=config.seed,
            knowledge=self._knowledge,
        )
        models = tuple(self._models.opened.values())
        ours = tuple(model for text, model in self._models.opened.items() if text not in self._models.given)
        in_turn = any(not model.parallel for model in models)
        return Participants(
            runner=runner,
            workers=self._workers(in_turn),
            restart_whole=in_turn and self._replay is None,
            identities={
                **{seat: dict(model.identity) for seat, model in self._models.opened.items()},
                **{seat: dict(identity) for seat, identity in self._own.identities.items()},
                **{f"judge {seat}": dict(judge.identity) for seat, judge in self._judges.trained.items()},
                **{f"seeker {seat}": manner.to_json() for seat, manner in self._seekers.fitted.items()},
            },
            models=ours,
            own=self._own,
            ranking=lambda: self._ranking,
            persuasion=self._judges.persuasion(judge),
            anchors=lambda: self._judges.anchors,
            batch_size=self._batch_size(),
            judges=self._judges.opened,
            seated=self._models.opened,
            tools=config.play.tools,
        )

    def _workers(self, in_turn: bool) -> int:
        """Units worked on at once: enough for the server that takes most requests."""
        models, servers = self._config.models, self._config.servers
        most = settled(models.concurrency, "models.concurrency")
        if in_turn or "concurrency" in models.model_fields_set:
            return most
        named = (servers.get(self._models.seat(seat).server) for seat in self._models.opened)
        return max([most, *(server.concurrency or 0 for server in named if server is not None)])

    def _batch_size(self) -> int:
        """Units of a lockstep batch. Models on llama.cpp work on one unit at a time."""
        in_process = [seat for seat, model in self._models.opened.items() if not model.parallel]
        batched = (
            self._replay is None
            and in_process
            and all(self._models.seat(seat).kind == "hf" for seat in in_process)
        )
        return self._config.models.batch if batched else 1

    def _make_grounding(self) -> Grounding | None:
        """What a model in the recommender's seat is shown; rules recommend real items as it is."""
        if self._models.seat(self._config.seats.recommender).is_model:
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
            self._items.retriever(knowledge),
            self._prompts,
            play.candidates,
            play.candidate_text,
            self._languages,
            self._constraint_reader,
            play.naming.endswith("slots"),
            play.list_length,
        )

    @functools.cached_property
    def _constraint_reader(self) -> ModelConstraintReader | None:
        """The model that reads what seekers ask of an item; None where rules do, or nobody."""
        seat = self._config.seats.recommender
        if self._config.play.constraints != "model":
            return None
        if not self._models.seat(seat).is_model:
            raise ConfigError(
                f"play.constraints: 'model' asks the recommender's model, and {seat} is none. Use 'rules'."
            )
        from usbrec.play.preferences.constraint_model import ModelConstraintReader

        knowledge = self._items.known('play.constraints = "model"')
        return ModelConstraintReader(self._models.model(seat), self._prompts, knowledge.columns)

    def _worked_examples(self) -> tuple[Message, ...]:
        config = self._config
        if self._knowledge is None or not self._models.seat(config.seats.recommender).is_model:
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

    @functools.cached_property
    def _ranking(self) -> Ranking | None:
        knowledge = self._knowledge
        return None if knowledge is None else Ranking(self._items.retriever(knowledge), knowledge)

    def _recommender_seat(self) -> RecommenderSeat:
        play, seat = self._config.play, self._config.seats.recommender
        kind = self._models.seat(seat)
        model = self._models.model(seat) if kind.is_model else None
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

        knowledge = self._items.known("play.tools")
        return ToolCalling(
            model, Toolbox(knowledge, self._items.retriever(knowledge)), self._prompts, self._languages
        )

    def _prompt_template(self) -> PromptTemplate:
        """What a language model in the recommender's seat reads."""
        play, grounded = self._config.play, self._grounding is not None
        slots = play.naming.endswith("slots")
        kind = "list" if listing(self._config) else "slots" if slots else "grounded"
        return PromptTemplate(
            self._prompts.render(f"recommender_{kind}" if grounded else "recommender"),
            self._prompts.render("opening"),
            self._examples,
            play.window if grounded else None,
            self._grounding.format
            if self._grounding is not None
            else CandidateFormatter(self._prompts, play.candidate_text, slots, play.list_length),
        )

    def _by_rules(self, seat: str) -> Recommender:
        config = self._config
        kind = next((kind for kind in get_args(BaselineKind) if seat == f"rules:{kind}"), None)
        if kind is None:
            raise ConfigError(f"--recommender {seat}: say which rule: {', '.join(BASELINES)}.")
        if config.enhanced:
            raise ConfigError(f"--ses enhances a model; {seat} has none.")
        knowledge = self._items.known(f"--recommender {seat}")
        return BaselineRecommender(
            kind,
            knowledge,
            self._items.retriever(knowledge),
            config.play.candidates or CANDIDATES,
            self._items.beliefs if self._internal_judge == RULES_BELIEF else None,
            opening=self._prompts.render("opening"),
            languages=self._languages,
            prompts=self._prompts,
        )

    def _check_grammars(self, text: str) -> None:
        """Raises ConfigError for a recommender whose replies no grammar can limit."""
        seat = self._models.seat(text)
        if seat.kind != "server":
            return
        server = self._config.servers.get(seat.server)
        own = None if server is None else server.constrain
        if (self._config.models.constrain if own is None else own) == "none":
            raise ConfigError(
                f"play.naming = constrained limits what {text} can write: say how its server does that "
                '(models.constrain, or servers.NAME.constrain = "grammar", "structured" or "guided"), or '
                'take play.naming = "checked", "strict" or "slots".'
            )

    def _around(self, recommender: Recommender) -> Recommender:
        """The recommender, grounded and self-enhanced as the settings say."""
        config = self._config
        if self._grounding is not None and listing(config):
            from usbrec.play.grounding.listing import Listing

            recommender = Listing(recommender, self._grounding)
        elif self._grounding is not None:
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
        if self._models.seat(simulator).is_own:
            seats = self._config.seats
            by_rules = (
                is_seeker_by_rules(seats.simulator) or not self._models.seat(seats.recommender).is_model
            )
            reader = RULES if by_rules else seats.recommender
        extractor: PreferenceExtractor
        if reader == RULES:
            extractor = RulesExtractor(self._items.known("--ses-simulator rules"), self._languages)
        else:
            extractor = ModelExtractor(self._models.model(reader), self._prompts)
        knowledge, judge = self._knowledge, self._internal_judge
        return InternalSeats(
            extractor,
            self._seekers.internal(simulator),
            self._judges.profile(judge),
            None if knowledge is None else knowledge.names_new,
            self._focusing(judge),
            knowledge,
            self._constraint_reader,
        )

    def _focusing(self, judge: str) -> Focusing | None:
        """What shares the candidates among a search's drafts; None where each sees all there are, as lists
        have to."""
        grounding, each = self._grounding, self._config.search.focus
        if grounding is None or not each or listing(self._config):
            return None
        from usbrec.play.grounding.focus import Focusing

        if judge not in (RULES, RULES_BELIEF):
            return Focusing(grounding, each)
        beliefs = self._items.beliefs if judge == RULES_BELIEF else None
        return Focusing(grounding, each, PreferenceScorer(grounding.knowledge, beliefs))

    @property
    def _internal_judge(self) -> str:
        return settled(self._config.search.judge, "search.judge")

    @functools.cached_property
    def _beliefs(self) -> Beliefs:
        search, knowledge = self._config.search, self._items.known(f"--ses-judge {RULES_BELIEF}")
        return Beliefs(
            knowledge,
            self._items.retriever(knowledge),
            answers=search.belief_answers,
            languages=self._languages,
        )
