"""Settings come from TOML with options laid over them; what is wrong is named."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Any

import pytest

from usbrec.config import Config, Search, Training, TrainingChanges, dump_config, load_config
from usbrec.config.stage import Fixed
from usbrec.errors import ConfigError
from usbrec.prompts import FIELDS, Prompts


def test_options_lie_over_the_file_and_absent_ones_do_not(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text('seed = 3\n[play]\nrounds = 4\n[seats]\njudge = "rules"\n')
    config = load_config(tmp_path / "c.toml", {"seed": None, "play": {"rounds": 5, "max_tokens": None}})
    assert (config.seed, config.play.rounds, config.seats.judge) == (3, 5, "rules")


def test_a_resolved_configuration_reads_back_as_itself(tmp_path: Path) -> None:
    config = load_config(None, {"limit": 7, "search": {"max_calls": 20}, "play": {"temperature": 0.3}})
    (tmp_path / "config.toml").write_text(dump_config(config))
    assert load_config(tmp_path / "config.toml") == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[play]\nround = 2\n", "play.round: there is no such setting. Did you mean play.rounds?"),
        ("[play]\nrounds = 0\n", "play.rounds: Input should be greater than or equal to 1 (it is 0)"),
        ('seed = "many"\n', 'unable to parse string as an integer (it is "many")'),
        ("[pley]\nrounds = 2\n", "pley: there is no such setting. Did you mean play?"),
        ("rounds = 2\n", "rounds: there is no such setting. Did you mean play.rounds or search.rounds?"),
        ("[play]\nxyzzy = 2\n", "play.xyzzy: there is no such setting.\n"),
        (
            '[servers.lab]\nbase_ulr = "http://x"\n',
            "servers.lab.base_ulr: there is no such setting. Did you mean servers.lab.base_url?",
        ),
        ("[experiment]\nsft_epochs = 1\n", "experiment: sft_epochs is now epochs in [experiment.sft]"),
        (
            "[experiment]\nrl_learning_rate = 1e-4\n",
            "rl_learning_rate is now learning_rate in [experiment.rl]",
        ),
        (
            "[experiment.sft]\nlearning_rate = 0\n",
            "experiment.sft.learning_rate: Input should be greater than 0",
        ),
        (
            "[experiment.rl]\nepoch = 1\n",
            "experiment.rl.epoch: there is no such setting. Did you mean experiment.rl.epochs?",
        ),
        ("[play\n", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path / "c.toml")
    assert message in str(error.value)
    assert "c.toml" in str(error.value)


def test_no_text_of_a_server_is_repeated_in_a_message(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text('[servers.lab]\nbase_url = "http://x"\nheaders = "Bearer s3cret"\n')
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path / "c.toml")
    assert "servers.lab.headers" in str(error.value)
    assert "s3cret" not in str(error.value)


def test_speed_and_place_do_not_decide_answers() -> None:
    fast = load_config(None, {"models": {"concurrency": 9, "base_url": "http://x/v1", "timeout": 3.0}})
    assert fast.decides() == Config().decides()
    assert load_config(None, {"models": {"threads": 2}}).decides() != Config().decides()
    assert load_config(None, {"seed": 1}).decides() != Config().decides()


FIXED = [
    (at, name, fixed)
    for at, stage in [
        *(
            (name, type(getattr(Config(), name)))
            for name in ("play", "judging", "asking", "search", "seekers")
        ),
        ("train", Training),
        ("experiment.sft", TrainingChanges),
    ]
    for name, fixed in stage.fixed.items()
]


def _table(at: str, settings: dict[str, object]) -> dict[str, object]:
    for part in reversed(at.split(".")):
        settings = {part: settings}
    return settings


@pytest.mark.parametrize(("at", "name", "fixed"), FIXED, ids=[f"{at}.{name}" for at, name, _ in FIXED])
def test_a_setting_that_became_a_constant_is_refused_with_the_constants_name(
    at: str, name: str, fixed: Fixed
) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(None, _table(at, {name: 17}))
    assert f"{at}: {name} is no setting any more: it is fixed at {fixed.value!r}" in str(error.value)
    assert fixed.constant in str(error.value)
    # A file that an earlier version wrote names every setting, this one as it is anyway.
    assert load_config(None, _table(at, {name: fixed.value})) == Config()
    assert pkgutil.resolve_name(fixed.constant) == fixed.value


def test_a_copy_with_other_settings_is_checked_and_leaves_the_rest() -> None:
    config = load_config(None, {"play": {"candidates": 4}})
    other = config.with_(limit=3, play={"rounds": 5}, search=Search(drafts=3))
    assert (other.limit, other.play.rounds, other.play.candidates, other.search.drafts) == (3, 5, 4, 3)
    assert config == load_config(None, {"play": {"candidates": 4}})
    assert other.model_fields_set == {"limit", "play", "search"}
    assert other.play.model_fields_set == {"candidates", "rounds"}
    with pytest.raises(ConfigError, match="rounds: Input should be greater than or equal to 1"):
        config.with_(play={"rounds": 0})
    with pytest.raises(ConfigError, match=r"round: there is no such setting\. Did you mean rounds"):
        config.with_(play={"round": 1})


def test_what_is_filled_in_is_checked_but_not_counted_as_set() -> None:
    config = load_config(None, {"play": {"candidates": 4}})
    filled = config.filled(common_seed=7, play=config.play.filled(window=2))
    assert (filled.common_seed, filled.play.window) == (7, 2)
    assert filled.model_fields_set == {"play"}
    assert filled.play.model_fields_set == {"candidates"}
    with pytest.raises(ConfigError, match="window"):
        config.play.filled(window=0)


def test_every_setting_is_documented() -> None:
    def undocumented(stage: type) -> list[str]:
        found = []
        for name, field in stage.model_fields.items():  # type: ignore[attr-defined]
            if not field.description:
                found.append(f"{stage.__name__}.{name}")
            if hasattr(field.annotation, "model_fields"):
                found += undocumented(field.annotation)
        return found

    assert undocumented(Config) == []


def test_a_users_prompt_replaces_the_packaged_one_alone(tmp_path: Path) -> None:
    (tmp_path / "recommender.txt").write_text("You sell books.\n")
    prompts, packaged = Prompts(tmp_path), Prompts()
    assert prompts.render("recommender") == "You sell books."
    assert prompts.render("explain") == packaged.render("explain")
    assert prompts.texts() != packaged.texts()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("recommender.txt", "You recommend $everything."),
        ("recommender.txt", "It costs $ 5"),
        ("recommender.txt", "   "),
        ("critic.txt", "You are a critic."),
    ],
)
def test_a_prompt_that_cannot_be_filled_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=name):
        Prompts(tmp_path)


def test_every_packaged_prompt_uses_just_its_fields() -> None:
    prompts = Prompts()
    for name, fields in FIELDS.items():
        text = prompts.render(name, **dict.fromkeys(fields, "<filled>"))
        assert "$" not in text
        assert text.count("<filled>") >= len(fields)


@pytest.mark.parametrize("text", [f"seed = {'[' * 3000}", f"seed = {'9' * 5000}", "seed = \x00"])
def test_toml_that_cannot_be_followed_is_refused_in_words(text: str, tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text(text)
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(tmp_path / "deep.toml")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"limit": True}, "limit is True, and a whole number is wanted"),
        ({"limit": 2.0}, "limit is 2.0, and a whole number is wanted"),
        ({"seed": False}, "seed is False, and a whole number is wanted"),
        ({"play": {"rounds": 2.0}}, "play: rounds is 2.0, and a whole number is wanted"),
        ({"play": {"temperature": True}}, "play: temperature is True, and a number is wanted"),
        ({"servers": {"x": {"timeout": True}}}, "timeout is True, and a number is wanted"),
    ],
)
def test_a_yes_or_no_is_no_number_and_a_fraction_no_whole_one(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(None, given)
    assert told in str(caught.value)


def test_numbers_are_taken_as_they_are_and_so_is_a_yes_or_no_where_one_is_asked_for() -> None:
    given = {"limit": 2, "play": {"temperature": 1}, "judging": {"second": True}, "enhanced": True}
    config = load_config(None, given)
    assert (config.limit, config.play.temperature, config.judging.second, config.enhanced) == (
        2,
        1.0,
        True,
        True,
    )
