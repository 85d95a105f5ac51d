"""`usbrec chat`: talk to the recommender in a terminal, and ask it why."""

from __future__ import annotations

import asyncio
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.status import Status
from rich.text import Text
from rich.tree import Tree

from usbrec.cli import options as o
from usbrec.config import Config
from usbrec.dialogue import Conversation, Item, Turn
from usbrec.enhancement.narrowing import ALONE
from usbrec.errors import ConfigError, InputError, Interrupted, ModelError
from usbrec.items.constraints.filters import in_words
from usbrec.play.preferences.record import parse_profile
from usbrec.play.protocol import Sampling, SearchProgress
from usbrec.serve.models import ServedModel, ServedModels, open_models
from usbrec.storage import expanded, write_text

_HELP = """\
/why              how the last reply came about: the drafts, played forward and scored
/profile          what you seem to like, as it goes into the next search
/profile TEXT     correct it: a line such as "Liked genres: comedy; crime", or your own words
/profile reset    leave it to the dialogue again
/save FILE        write the conversation with items and searches (JSON)
/help             this list
/quit             end (so does the end of the input)"""

#: A score is between 0 and this.
_BEST = 2


def chat(
    catalogue: o.Catalogue = None,
    interactions: o.Interactions = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    model: Annotated[
        str | None, typer.Option(help="The model that recommends; smollm2-135m.", rich_help_panel="Seats")
    ] = None,
    recommender: o.Recommender = None,
    base_url: o.BaseUrl = None,
    candidates: o.Candidates = None,
    ranker: o.Ranker = None,
    filter_: o.Filter = None,
    seed: o.Seed = None,
    ses: o.Ses = False,
    ses_simulator: o.SesSimulator = None,
    ses_judge: o.SesJudge = None,
    search: o.Search = None,
    drafts: o.Drafts = None,
) -> None:
    """Talk to the recommender; `/why` shows what it considered, `/help` what else there is."""
    settings = o.settings(
        config,
        strict=strict,
        # As in the service, the other seats are inside the search; --ses-simulator and --ses-judge fill them.
        recommender=recommender or model,
        base_url=base_url,
        candidates=candidates,
        ranker=ranker,
        filter=filter_,
        seed=seed,
        ses=ses,
        ses_simulator=ses_simulator,
        ses_judge=ses_judge,
        search=search,
        search_drafts=drafts,
    )
    served = open_models(settings, catalogue, interactions)
    console = Console(highlight=False, emoji=False)
    Talk(settings, served, _chosen(settings, served), console, sys.stdin).run()


def _chosen(config: Config, served: ServedModels) -> ServedModel:
    for model in served.models.values():
        if model.enhanced == config.enhanced:
            return model
    raise ConfigError(f"--ses enhances a model; {config.seats.recommender} has none.")


@dataclass(frozen=True, slots=True)
class Said:
    """A turn with what is known of it: the items a reply names, the search behind it."""

    turn: Turn
    items: tuple[Item, ...] = ()
    trace: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        if self.turn.role == "seeker":
            return self.turn.to_json()
        items = [{"id": item.id, "title": item.title, "year": item.year} for item in self.items]
        return {"role": self.turn.role, "text": self.turn.text, "items": items, "trace": self.trace}


@dataclass
class Talk:
    """One conversation on a terminal, or with a file that is piped in: then nobody is prompted, and a
    reply that fails ends it."""

    config: Config
    served: ServedModels
    model: ServedModel
    console: Console
    source: TextIO
    said: list[Said] = field(default_factory=list)
    profile: str | None = None
    saved: set[Path] = field(default_factory=set)

    def run(self) -> None:
        """Until /quit or the end of the input. Raises Interrupted, ModelRefused, and ModelError from a
        piped conversation."""
        if self.asks:
            self._print(f"{self.model.name}. Say what you are in the mood for; /help lists commands.", "dim")
        with asyncio.Runner() as runner:
            try:
                while (line := self._line()) is not None:
                    if line.startswith("/"):
                        if not self._command(line):
                            return
                    elif line:
                        self._answer(runner, line)
            except KeyboardInterrupt:
                raise Interrupted("The conversation is over.") from None
            finally:
                runner.run(self.served.aclose())

    @property
    def asks(self) -> bool:
        return self.source.isatty()

    def _line(self) -> str | None:
        """What is typed next, None at the end."""
        try:
            if self.asks:
                return input("\nyou> ").strip()
            line = self.source.readline()
        except EOFError:
            return None
        except UnicodeDecodeError as error:
            raise InputError(f"standard input: not {error.encoding} text. Pipe in UTF-8.") from None
        return line.strip() if line else None

    # Replies

    def _answer(self, runner: asyncio.Runner, text: str) -> None:
        self.said.append(Said(Turn("seeker", text)))
        voice = _Voice(self.console)
        try:
            with voice:
                said = runner.run(self._reply(voice))
        except (ModelError, KeyboardInterrupt) as error:
            # What was not answered was not said: the next message stands in its place.
            self.said.pop()
            if isinstance(error, KeyboardInterrupt):
                self._print("Stopped. Your message is taken back; Ctrl-C again ends.", "yellow")
                return
            if not self.asks:
                raise
            self._print(f"No reply: {error}", "red")
            return
        self.said.append(said)
        for item in said.items:
            self._print(f"  {_described(item)}", "dim")
        self._tell_reading(Conversation(tuple(one.turn for one in self.said[:-1])))

    def _tell_reading(self, heard: Conversation) -> None:
        """In a shop what an item has to be, and the words of the last message that nobody read: a constraint
        in words that are not known holds nothing."""
        knowledge = self.served.knowledge
        if knowledge is None or knowledge.reader is None:
            return
        if constraints := self.served.constraints(heard):
            self._print(f"  asked for: {', '.join(map(in_words, constraints))}", "dim")
        if unread := self.served.not_understood(heard.turns):
            self._print(f"  not understood: {', '.join(unread)}", "dim")

    async def _reply(self, voice: _Voice) -> Said:
        turns = tuple(said.turn for said in self.said)
        play = self.config.play
        drawn = await self.model.recommender.draw(
            Conversation(turns, profile=self.profile),
            Sampling(
                temperature=play.temperature,
                max_tokens=self.config.serving.max_tokens,
                frequency_penalty=play.frequency_penalty,
                seed=self.config.seed,
                on_delta=voice.say,
                on_progress=voice.progress,
            ),
        )
        reply = drawn.replies[0]
        text = reply.text.strip()
        voice.complete(text)
        if reply.unfinished:
            self._print("  (cut off)", "dim")
        said = Turn("recommender", text, reply.items)
        return Said(said, self.served.items(turns, said), drawn.trace)

    # Commands

    def _command(self, line: str) -> bool:
        """False when the conversation ends."""
        name, _, rest = line.partition(" ")
        rest = rest.strip()
        match name:
            case "/quit" | "/exit":
                return False
            case "/why":
                self._why()
            case "/profile":
                self._profile(rest)
            case "/save":
                self._save(rest)
            case "/help":
                self._print(_HELP)
            case _:
                self._print(f"{name}: no such command. /help lists them.", "red")
        return True

    def _why(self) -> None:
        last = self._last()
        if last is None:
            self._print("Nothing was recommended yet.")
        elif last.trace is None:
            self._print("This reply was said at once. With --ses drafts are compared first.")
        else:
            self.console.print(_tree(last.trace))
            self._print(_search_summary(last.trace))

    def _last(self) -> Said | None:
        return next((said for said in reversed(self.said) if said.turn.role == "recommender"), None)

    def _profile(self, text: str) -> None:
        if text == "reset":
            self.profile = None
            self._print("From now on the dialogue says what you like.")
            return
        if text and not self.model.enhanced:
            self._print("Without --ses no profile is read, so there is none to correct.")
            return
        if text:
            self.profile = _corrected(self._understood(), text)
            self._print("This goes into every search from now on:")
        self._print(
            self._understood() or "Nothing is known of your taste yet: it is read in searches (--ses)."
        )

    def _understood(self) -> str:
        """The profile as corrected, else as the last search read it."""
        if self.profile is not None:
            return self.profile
        traces = [said.trace["profile"] for said in self.said if said.trace is not None]
        return str(traces[-1]) if traces else ""

    def _save(self, name: str) -> None:
        if not name:
            self._print("/save FILE: say where to.", "red")
            return
        content = {
            "model": self.model.name,
            "enhanced": self.model.enhanced,
            "profile": self.profile,
            "turns": [said.to_json() for said in self.said],
        }
        try:
            path = expanded(name)
            if path.exists() and path.resolve() not in self.saved:
                self._print(f"{path} is there already. Choose another name.", "red")
                return
            write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        except InputError as error:
            self._print(str(error), "red")
            return
        except OSError as error:
            self._print(f"{name}: cannot be written ({error.strerror}).", "red")
            return
        self.saved.add(path.resolve())
        self._print(f"{path}: {len(self.said)} turns")

    def _print(self, text: str, style: str = "") -> None:
        self.console.print(Text(_printable(text), style), soft_wrap=True)


class _Voice:
    """The reply on the terminal as it comes; until then, where somebody watches, how far the search is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._heard = False

    def __enter__(self) -> _Voice:
        if self._console.is_terminal:
            self._status = self._console.status("Thinking")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._quiet()
        if self._heard:
            self._console.print()

    def progress(self, progress: SearchProgress) -> None:
        if self._status is not None:
            self._status.update(f"{progress.stage.capitalize()}: {progress.drafts} of {progress.of}")

    def say(self, piece: str) -> None:
        piece = piece if self._heard else piece.lstrip()
        if piece:
            self._quiet()
            self._heard = True
            self._console.print(Text(_printable(piece), "bold"), end="", soft_wrap=True)

    def complete(self, text: str) -> None:
        """The whole reply, for models that say nothing on the way."""
        if not self._heard:
            self.say(text)

    def _quiet(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def _corrected(profile: str, text: str) -> str:
    """`profile` with a line of the format put in place of the old one; other words are a profile of their
    own."""
    if parse_profile(text).empty:
        return text
    head = text.partition(":")[0].strip().lower()
    lines = profile.splitlines()
    kept = [line for line in lines if line.partition(":")[0].strip().lower() != head]
    place = next((at for at, line in enumerate(lines) if line not in kept), len(kept))
    return "\n".join([*kept[:place], text, *kept[place:]])


def _described(item: Item) -> str:
    name = item.title if item.year is None else f"{item.title} ({item.year})"
    return " · ".join(part for part in (name, ", ".join(item.genres), ", ".join(item.people[:3])) if part)


def _score(value: float | None) -> str:
    return "no score" if value is None else f"{value:.2f} of {_BEST}"


def _tree(trace: Mapping[str, Any]) -> Tree:
    """The drafts, each with the ways the conversation could go on after it."""
    tree = Tree(Text(f"{len(trace['drafts'])} drafts", "bold"))
    for number, draft in enumerate(trace["drafts"]):
        chosen = number == trace["chosen"]
        head = Text(f"{number + 1}  {_score(draft['value'])}  ", "bold green" if chosen else "bold")
        branch = tree.add(head.append(_printable(draft["text"]), "green" if chosen else "default"))
        _grow(branch, [(leaf["turns"], leaf["score"]["value"]) for leaf in draft["leaves"]])
        if draft["note"]:
            branch.add(Text(_printable(draft["note"]), "dim"))
    return tree


def _grow(branch: Tree, leaves: Sequence[tuple[Sequence[Mapping[str, str]], float | None]]) -> None:
    """Leaves that begin with the same turn share it."""
    ways: dict[tuple[str, str], list[tuple[Sequence[Mapping[str, str]], float | None]]] = {}
    for turns, value in leaves:
        if turns:
            ways.setdefault((turns[0]["role"], turns[0]["text"]), []).append((turns[1:], value))
        else:
            branch.add(Text(f"ends with {_score(value)}", "dim"))
    for (role, text), rest in ways.items():
        who = "you, simulated: " if role == "seeker" else "recommender: "
        _grow(branch.add(Text(who, "dim").append(_printable(text), "default")), rest)


def _search_summary(trace: Mapping[str, Any]) -> str:
    drafts, chosen = trace["drafts"], trace["chosen"]
    values = [draft["value"] for draft in drafts if draft["value"] is not None]
    value = drafts[chosen]["value"]
    if len(drafts) == 1:
        words = "There was only one draft."
    elif value is None and drafts[chosen].get("look") is not None:
        words = f"Draft {chosen + 1} was said, because it was best where it stands."
    elif value is None and drafts[chosen]["note"] == ALONE:
        words = f"Draft {chosen + 1} was {ALONE}."
    elif value is None:
        words = f"No draft could be scored; draft {chosen + 1} was said."
    elif value < max(values):
        words = f"Draft {chosen + 1} was drawn at random."
    elif values.count(value) > 1:
        words = f"{values.count(value)} drafts ended equally well; the earliest, {chosen + 1}, was said."
    else:
        words = f"Draft {chosen + 1} was said, because it ended best."
    return f"{words} The search was ended by: {trace['stopped']}." if trace["stopped"] else words


def _printable(text: str) -> str:
    """Without what could steer the terminal, which neither a model nor a catalogue may do."""
    return "".join(
        character for character in text if character in "\n\t" or unicodedata.category(character)[0] != "C"
    )
