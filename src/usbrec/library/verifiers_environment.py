"""Environment for verifiers: a model converses with a simulated seeker, turn by turn (verifiers 0.4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.errors import ConfigError, UnusableAnswer
from usbrec.stages.environment import Environment
from usbrec.stages.inputs import GivenCatalogue, GivenSamples


class _Shared:
    """The environment behind a taskset and its env: opened when first asked for, and again after its end."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._arguments = arguments
        self._open: Environment | None = None

    def get(self) -> Environment:
        if self._open is None:
            self._open = Environment(**self._arguments)
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def verifiers_environment(
    samples: GivenSamples,
    catalogue: GivenCatalogue | None = None,
    *,
    config: Config | None = None,
    interactions: str | Path | None = None,
) -> tuple[type, type]:
    """A Taskset and an Env of verifiers, for a module of your own that names both in `__all__`.

    The role is called `recommender` and sits on the tool-less `null` harness, which runs none of the model's
    code, in a subprocess of this machine, unless the run says otherwise.
    Its trace gets the reward `seeker` (the judge's score, in [0, 2]) and the metric `hit`. A dialogue that
    failed, or whose score cannot be read, is an error of its episode and gets no reward, so that a trainer
    leaves it out; a role that ended with an error of its own gets none either.

    Raises ConfigError without the extra ``verifiers``; loading the tasks raises as `Environment`.
    """
    try:
        import verifiers.v1 as vf
    except ImportError as error:
        raise ConfigError(
            f"verifiers' environments need pip install 'usbrec[verifiers]' ({error.name} is missing)."
        ) from None
    given = {"samples": samples, "catalogue": catalogue, "config": config, "interactions": interactions}
    shared = _Shared(given)

    class SeekerData(vf.TaskData):  # type: ignore[misc]
        sample_id: str

    class SeekerTask(vf.Task[SeekerData]):  # type: ignore[misc]
        pass

    class SeekerTaskset(vf.Taskset[SeekerTask, vf.TasksetConfig]):  # type: ignore[misc]
        def load(self) -> Iterator[SeekerTask]:
            environment = shared.get()
            for sample_id in environment.sample_ids:
                yield SeekerTask(
                    SeekerData(sample_id=sample_id, id=sample_id, **_told(environment.prompt(sample_id))),
                    self.config.task,
                )

    class SeekerEnvConfig(vf.EnvConfig):  # type: ignore[misc]
        recommender: vf.AgentConfig = vf.AgentConfig(harness={"id": "null"}, runtime={"type": "subprocess"})

    class SeekerEnv(vf.Env[SeekerEnvConfig]):  # type: ignore[misc]
        async def run(self, task: Any, agents: Any) -> None:
            talk = shared.get().begin(task.data.sample_id)
            async with agents.recommender.interaction(task) as recommender:
                segment = await recommender.turn()
                while not segment.terminated:
                    answer = await talk.asay(segment.last_reply)
                    if answer is None:
                        break
                    segment = await recommender.turn(answer)
            trace = recommender.trace
            if not trace.ok:
                # What went wrong on the role's side stands on its trace.
                return
            score = await talk.ascore()
            if score is None:
                raise UnusableAnswer(f"{talk.sample_id}: the dialogue has no score that can be read.")
            trace.record_reward("seeker", score)
            trace.record_metric("hit", float(talk.hit()))

        async def stop(self) -> None:
            shared.close()

    for one in (SeekerData, SeekerTask, SeekerTaskset, SeekerEnvConfig, SeekerEnv):
        one.__qualname__ = one.__name__
    return SeekerTaskset, SeekerEnv


def _told(prompt: list[dict[str, Any]]) -> dict[str, Any]:
    """A prompt's messages as verifiers takes them: what the system says stands apart."""
    first, *others = prompt
    if first["role"] != "system":
        return {"prompt": prompt}
    return {"system_prompt": first["content"], "prompt": others}
