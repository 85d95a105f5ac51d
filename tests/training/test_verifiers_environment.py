"""verifiers plays whole dialogues against our seekers; only where it is installed (extra `verifiers`)."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.servers import Answer, LocalServer, completion
from usbrec import load_samples
from usbrec.errors import ConfigError
from usbrec.library.verifiers_environment import verifiers_environment

BOOKS = ("docs/examples/books.jsonl", "docs/examples/books.csv")
INSTALLED = importlib.util.find_spec("verifiers") is not None
needs_verifiers = pytest.mark.skipif(
    not INSTALLED, reason="verifiers is not installed: pip install 'usbrec[verifiers]' into an environment"
)


@pytest.mark.skipif(INSTALLED, reason="verifiers is installed")
def test_without_verifiers_it_is_said_what_to_install() -> None:
    with pytest.raises(ConfigError, match=r"pip install 'usbrec\[verifiers\]' \(verifiers is missing\)"):
        verifiers_environment(*BOOKS)


#: A harness that asks the model in this process: verifiers' own `null` fetches a program by uv.
HARNESS = """
import httpx
import verifiers.v1 as vf


class InProcess(vf.Harness[vf.HarnessConfig]):
    APPENDS_SYSTEM_PROMPT = SUPPORTS_RESUME = True
    EXECUTES_CODE = NEEDS_CONTAINER = False

    async def setup(self, runtime):
        pass

    async def launch(self, ctx, trace, runtime, endpoint, secret, mcp_urls, data, **_):
        system, prompt = self.resolve_prompt(data)
        messages = [{"role": "system", "content": system}] if system else []
        messages += [{"role": one.role, "content": one.content} for one in prompt]
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(
                f"{endpoint}/chat/completions",
                json={"model": ctx.model, "messages": messages},
                headers={"authorization": f"Bearer {secret}"},
            )
        failed = answer.status_code != 200
        return vf.ProgramResult(exit_code=int(failed), stdout="", stderr=answer.text)


__all__ = ["InProcess"]
"""


def said(text: str) -> Answer:
    """A completion with all that verifiers reads."""
    answer = completion(text)
    return Answer(body={**answer.body, "created": 0})


def play(url: str, module: str, harness: str) -> list[Any]:
    """The episodes of a taskset's first two tasks, as `vf-eval` plays them."""
    import verifiers.v1 as vf
    from verifiers.v1.utils.loaders import environment_class, load_environment

    env_class = environment_class(module)
    config_class = next(one.__args__[0] for one in env_class.__orig_bases__ if getattr(one, "__args__", None))
    config = config_class.model_validate(
        {"taskset": {"id": module}, "recommender": {"harness": {"id": harness}}}
    )
    env = load_environment(config)
    tasks = list(env.taskset)[:2]

    async def run() -> list[Any]:
        context = vf.ModelContext(
            client=vf.EvalClientConfig(base_url=url, api_key_var="NO_KEY"),
            model="m",
            sampling=vf.SamplingConfig(),
        )
        async with env.serving():
            return [await env.run_slot(slot, context) for task in tasks for slot in env.slots(task)]

    return asyncio.run(run())


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in_process_harness.py").write_text(HARNESS, "utf-8")
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(ROOT / "docs/examples"))
    for name in ("usbrec_seekers", "in_process_harness", "judged_seekers"):
        sys.modules.pop(name, None)
    return tmp_path


@needs_verifiers
@pytest.mark.filterwarnings("ignore")
def test_the_example_plays_until_the_dialogue_ends_and_gives_the_judges_score(modules: Path) -> None:
    samples = load_samples(BOOKS[0])[:2]

    def answer(seen: Any) -> Answer:
        """The first seeker hears of nothing, the second of what they want."""
        text = json.dumps(seen.body["messages"])
        mine = json.dumps(samples[1].turns[-1].text)[1:-1] in text
        return said(f"You might like {samples[1].targets[0]}." if mine else "What do you like?")

    with LocalServer(answer) as server:
        episodes = play(server.url, "usbrec_seekers", "in_process_harness")
    assert [episode.ok for episode in episodes] == [True, True], [one.errors for one in episodes]
    first, second = (episode.traces[0] for episode in episodes)
    assert second.rewards["seeker"].score == 2.0
    assert second.metrics["hit"] == 1.0
    assert first.rewards["seeker"].score < 2.0
    assert first.num_turns == 2, "as many as the settings' rounds"


@needs_verifiers
@pytest.mark.filterwarnings("ignore")
def test_a_dialogue_without_a_score_is_an_error_and_gets_no_reward(modules: Path) -> None:
    script = modules / "judge.jsonl"
    script.write_text(json.dumps({"error": "unavailable"}) + "\n", "utf-8")
    (modules / "judged_seekers.py").write_text(
        "from usbrec.config import load_config\n"
        "from usbrec.library.verifiers_environment import verifiers_environment\n"
        f"config = load_config(None, {{'seats': {{'judge': 'scripted:{script}'}}}})\n"
        f"SeekerTaskset, SeekerEnv = verifiers_environment(*{BOOKS!r}, config=config)\n"
        "__all__ = ['SeekerEnv', 'SeekerTaskset']\n",
        "utf-8",
    )
    with LocalServer(lambda seen: said("What do you like?")) as server:
        episodes = play(server.url, "judged_seekers", "in_process_harness")
    for episode in episodes:
        assert not episode.ok
        assert episode.errors
        assert not any(trace.rewards for trace in episode.traces)


@needs_verifiers
@pytest.mark.filterwarnings("ignore")
def test_a_role_that_fails_gets_no_reward(modules: Path) -> None:
    with LocalServer([Answer(400, {"error": {"message": "no"}})]) as server:
        for episode in play(server.url, "usbrec_seekers", "in_process_harness"):
            assert not episode.ok
            assert not any(trace.rewards for trace in episode.traces)
