"""`usbrec chat` as people and scripts meet it: what is typed goes in by standard input."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path
from typing import Self

import pytest

from support.command import usbrec
from support.servers import Answer, LocalServer, Seen, stream

CATALOGUE = Path(str(resources.files("usbrec.data") / "demo" / "catalogue.csv"))

SCRIPT = [
    {"seat": "write down the taste", "say": "Liked genres: crime"},
    {"when": "Answer with the digit", "choose": {"0": 0.2, "1": 0.5, "2": 0.3}},
    {"seat": "You play a person", "say": "Something funnier, please."},
    {"when": "(?i)crime|heist", "say": ["You should try Heat (1995).", "Or Goodfellas (1990)?"]},
    {"when": "evil", "say": "\x1b[2JYou should try \x1b]0;owned\x07Alien (1979)."},
    {"when": "down", "error": "unavailable"},
    {"say": ["You should try Airplane! (1980).", "How about Alien (1979)?", "What do you like?"]},
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("script") / "model.jsonl"
    path.write_text("".join(json.dumps(rule) + "\n" for rule in SCRIPT))
    return f"scripted:{path}"


def command(model: str, *options: str | Path) -> list[str]:
    return [sys.executable, "-m", "usbrec", "chat", "--model", model, *map(str, options)]


def chat(model: str, *lines: str, options: tuple[str | Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    return usbrec("chat", "--model", model, *options, typed="".join(f"{line}\n" for line in lines))


def talked(model: str, *lines: str, options: tuple[str | Path, ...] = ()) -> str:
    done = chat(model, *lines, options=options)
    assert done.returncode == 0, done.stderr
    return done.stdout


WITH_ITEMS = ("--catalogue", CATALOGUE, "--candidates", "0")
ENHANCED = (*WITH_ITEMS, "--ses")


def test_a_reply_is_said_with_the_items_it_names(model: str) -> None:
    out = talked(model, "A heist, please.", options=WITH_ITEMS)
    assert "You should try Heat (1995)." in out
    card = next(line for line in out.splitlines() if line.startswith("  Heat (1995)"))
    assert "Crime" in card


def test_what_was_said_before_goes_into_the_next_reply(model: str, tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    talked(model, "A heist, please.", "Another one?", f"/save {file}", options=WITH_ITEMS)
    turns = json.loads(file.read_text())["turns"]
    assert [turn["role"] for turn in turns] == ["seeker", "recommender"] * 2
    assert [turn["text"] for turn in turns[:3]] == [
        "A heist, please.",
        "You should try Heat (1995).",
        "Another one?",
    ]


def test_why_shows_the_drafts_what_followed_them_and_which_was_said(model: str) -> None:
    out = talked(model, "A heist, please.", "/why", options=ENHANCED)
    assert "2 drafts" in out
    assert "You should try Heat (1995)." in out.partition("2 drafts")[2]
    assert "Or Goodfellas (1990)?" in out
    assert "you, simulated:" in out
    assert "ends with" in out
    assert "was said" in out


def test_why_says_that_a_draft_was_best_at_the_first_look(model: str, tmp_path: Path) -> None:
    settings = tmp_path / "usbrec.toml"
    settings.write_text("[search]\nfirst_look = 1\n")
    out = talked(model, "A heist, please.", "/why", options=(*ENHANCED, "--config", settings))
    assert "was said, because it was best where it stands." in out
    assert "not played on: at the first look others were better" in " ".join(out.split())


def test_with_tree_search_ways_that_begin_alike_share_their_beginning(model: str) -> None:
    out = talked(
        model,
        "A heist, please.",
        "/why",
        options=(*WITH_ITEMS, "--ses", "--search", "tree", "--ses-simulator", model, "--ses-judge", model),
    )
    shown = out.partition("2 drafts")[2]
    # Each draft has one simulated answer and, after it, more than one reply of the recommender's.
    assert shown.count("you, simulated: Something funnier") == 2
    assert shown.count("recommender: ") >= 4


def test_why_of_a_plain_reply_says_that_there_were_no_drafts(model: str) -> None:
    assert "said at once" in talked(model, "A heist, please.", "/why", options=WITH_ITEMS)
    assert "Nothing was recommended yet" in talked(model, "/why", options=WITH_ITEMS)


def test_a_corrected_profile_is_what_the_next_search_reads(model: str, tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    out = talked(
        model,
        "A crime film.",
        "/profile",
        "/profile Liked genres: western",
        "Another one.",
        f"/save {file}",
        "/profile reset",
        "And another.",
        f"/save {file}",
        options=ENHANCED,
    )
    assert "liked genres: crime" in out.lower()
    saved = json.loads(file.read_text())
    profiles = [turn["trace"]["profile"] for turn in saved["turns"] if turn["role"] == "recommender"]
    assert ["western" in profile for profile in profiles] == [False, True, False]
    assert profiles[1].count("Liked genres") == 1
    assert saved["profile"] is None


def test_own_words_are_a_profile_too(model: str, tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    talked(model, "Hello.", "/profile I love westerns.", "And now?", f"/save {file}", options=ENHANCED)
    saved = json.loads(file.read_text())
    assert saved["profile"] == "I love westerns."
    assert "western" in saved["turns"][3]["trace"]["profile"].lower()


def test_without_a_search_there_is_no_profile_to_correct(model: str) -> None:
    out = talked(model, "/profile", "/profile Liked genres: western", options=WITH_ITEMS)
    assert "Nothing is known of your taste yet" in out
    assert "none to correct" in out


def test_a_saved_file_holds_items_and_searches(model: str, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "talk.json"
    out = talked(model, "A heist, please.", f"/save {file}", options=ENHANCED)
    assert f"{file}: 2 turns" in out
    saved = json.loads(file.read_text())
    assert (saved["enhanced"], saved["model"].endswith(":ses")) == (True, True)
    reply = saved["turns"][1]
    assert reply["items"][0].keys() == {"id", "title", "year"}
    assert len(reply["trace"]["drafts"]) == 2


def test_saving_overwrites_nothing_but_what_this_conversation_saved(model: str, tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("mine")
    out = talked(model, f"/save {precious}", "/save", f"/save {tmp_path}", options=WITH_ITEMS)
    assert precious.read_text() == "mine"
    assert "is there already" in out
    assert "say where to" in out


def test_a_name_that_cannot_be_saved_under_is_told_and_the_conversation_goes_on(
    model: str, tmp_path: Path
) -> None:
    names = ("~nosuchuser/x.json", "x" * 300, f"{tmp_path}/a\0b", str(tmp_path / "talk.json"))
    out = talked(model, "A heist, please.", *(f"/save {name}" for name in names), options=WITH_ITEMS)
    assert "no home folder is known for ~nosuchuser" in out
    assert "File name too long" in out
    assert out.count("cannot be written") == 2
    assert len(json.loads((tmp_path / "talk.json").read_text())["turns"]) == 2


def test_a_model_cannot_steer_the_terminal(model: str) -> None:
    out = talked(model, "Something evil.", options=WITH_ITEMS)
    assert "Alien (1979)" in out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_help_lists_the_commands_and_an_unknown_one_is_named(model: str) -> None:
    out = talked(model, "/help", "/nonsense", "/quit", "never answered", options=WITH_ITEMS)
    assert all(name in out for name in ("/why", "/profile", "/save FILE", "/help", "/quit"))
    assert "/nonsense: no such command" in out
    assert "You should try" not in out


def test_a_reply_that_fails_ends_a_piped_conversation_with_an_error(model: str) -> None:
    done = chat(model, "Is it down?", options=WITH_ITEMS)
    assert done.returncode == 1
    assert "unavailable" in done.stderr
    assert "Traceback" not in done.stderr


def test_rules_talk_too_but_cannot_be_enhanced() -> None:
    arguments = ("--catalogue", str(CATALOGUE), "--recommender", "rules:popular")
    out = talked("rules:popular", "A comedy, please.", options=arguments)
    assert out.startswith("I recommend ")
    assert "  Skyfall (2012) · " in out
    done = chat("rules:popular", "Hello.", options=(*arguments, "--ses"))
    assert done.returncode == 2
    assert "--ses enhances a model" in done.stderr


def test_text_that_is_not_utf8_is_refused_in_words(model: str) -> None:
    done = subprocess.run(
        command(model, *WITH_ITEMS),
        input=b"caf\xe9\n",
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8:strict"},
    )
    assert done.returncode == 2
    assert b"UTF-8" in done.stderr
    assert b"Traceback" not in done.stderr


class Terminal:
    """A chat on a terminal of its own: types lines, reads what appears."""

    def __init__(self, arguments: list[str]) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            arguments,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(30)
        os.close(self._ours)

    def type(self, line: str) -> None:
        os.write(self._ours, f"{line}\n".encode())

    def interrupt(self) -> None:
        """Ctrl-C, again after a while if nothing comes of it: between showing a prompt and reading the line
        Python misses one."""
        for _ in range(10):
            self.process.send_signal(signal.SIGINT)
            if select.select([self._ours], [], [], 3.0)[0]:
                return

    def wait_for(self, text: str, seconds: float = 30.0) -> None:
        """Until `text` has appeared since the last wait."""
        ends = time.monotonic() + seconds
        while text not in self.shown:
            ready, _, _ = select.select([self._ours], [], [], max(0.0, ends - time.monotonic()))
            assert ready, f"{text!r} did not appear; there is {self.shown!r}"
            read = self._read()
            assert read, f"it ended before {text!r} appeared; there is {self.shown!r}"
            # Colours and cursor movements are no text.
            self.shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.shown + read)
        self.shown = self.shown.partition(text)[2]

    def _read(self) -> str:
        try:
            return os.read(self._ours, 65536).decode(errors="replace")
        except OSError:
            # How a terminal says that nobody is at its other end any more.
            return ""


def test_on_a_terminal_it_prompts_and_goes_on_after_a_failure(model: str) -> None:
    with Terminal(command(model, *WITH_ITEMS)) as terminal:
        terminal.wait_for("/help lists commands")
        terminal.wait_for("you>")
        terminal.type("Is it down?")
        terminal.wait_for("No reply:")
        terminal.wait_for("you>")
        terminal.type("A heist, please.")
        terminal.wait_for("You should try Heat (1995).")
        terminal.wait_for("you>")
        terminal.type("/quit")
        assert terminal.process.wait(30) == 0


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_at_the_prompt_ends_it_with_130(model: str) -> None:
    with Terminal(command(model, *WITH_ITEMS)) as terminal:
        terminal.wait_for("you>")
        terminal.interrupt()
        terminal.wait_for("The conversation is over")
        assert terminal.process.wait(30) == 130


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_during_a_reply_takes_the_message_back_and_goes_on() -> None:
    """The model never answers the first message; the second request must not hold it any more."""

    def served(seen: Seen) -> Answer:
        waits = "forever" in seen.body["messages"][-1]["content"]
        return Answer(delay=None) if waits else stream(*CHUNKS)

    with LocalServer(served) as server:
        arguments = command("openai:m", "--base-url", server.url)
        with Terminal(arguments) as terminal:
            terminal.wait_for("you>")
            terminal.type("Wait forever.")
            assert server.arrived.wait(30)
            terminal.process.send_signal(signal.SIGINT)
            terminal.wait_for("Your message is taken back")
            terminal.wait_for("you>")
            terminal.type("Now answer.")
            terminal.wait_for("Try Heat (1995).")
            terminal.wait_for("you>")
        said = [message["content"] for message in server.requests[-1].body["messages"]]
        assert server.left.is_set()
        assert not any("forever" in text for text in said)


def test_a_reply_appears_while_it_is_said() -> None:
    """The server sends the second half after long: the first half is there before. A first reply shows how
    the model answers, and comes whole."""
    with (
        LocalServer([stream(*CHUNKS, pause=1.5)]) as server,
        Terminal(command("openai:m", "--base-url", server.url)) as terminal,
    ):
        terminal.wait_for("you>")
        terminal.type("Hello!")
        terminal.wait_for("Heat (1995).")
        terminal.wait_for("you>")
        terminal.type("A heist?")
        terminal.wait_for("Try ")
        assert "Heat" not in terminal.shown
        terminal.wait_for("Heat (1995).")


CHUNKS = tuple(
    {
        "id": "c",
        "object": "chat.completion.chunk",
        "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    for delta, finish in (({"content": "Try "}, None), ({"content": "Heat (1995)."}, None), ({}, "stop"))
)


def test_in_a_shop_it_is_told_what_was_read_and_what_was_not(model: str, tmp_path: Path) -> None:
    """Of what nobody read nothing holds: a dear one for whoever asked in another language for a cheap one."""
    shop = tmp_path / "lamps.csv"
    shop.write_text(
        "name,colour,price,stock\nLamp Aro,red,59 €,3\nLamp Bel,green,99 €,1\nLamp Cor,red,170 €,2\n"
    )
    options = ("--catalogue", shop, "--recommender", "rules:retriever")
    out = talked(model, "A red lamp under 60 euros, with frobnication.", options=options)
    assert "  asked for: colour is red, price below 60" in out
    assert re.search(r"^  not understood: .*frobnication", out, re.MULTILINE), out
    assert "not understood" not in talked(model, "A heist, please.", options=WITH_ITEMS)
