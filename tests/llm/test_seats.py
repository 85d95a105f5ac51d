"""How a seat is written: one parser, which splits at the first colon and lists what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from usbrec.config import Models, Seats, Server, load_config
from usbrec.errors import ConfigError
from usbrec.library.settings import laid_over
from usbrec.llm import base_url_of, find_seat, model_name, open_model, read_seat
from usbrec.llm.protocol import ChatModel


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("smollm2-135m", "packaged", "smollm2-135m"),
        ("models/a:b.gguf", "gguf", "models/a:b.gguf"),
        ("hf:org/name", "hf", "org/name"),
        ("openai:qwen3:8b", "server", "qwen3:8b"),
        ("lab:org/model:free", "server", "org/model:free"),
        ("scripted:a:b.jsonl", "scripted", "a:b.jsonl"),
        ("rules", "rules", "rules"),
        ("rules:best", "rules", "best"),
        ("python:shop.models:Nearest", "python", "shop.models:Nearest"),
        ("plugin:nearest", "plugin", "nearest"),
        ("http://localhost:80/reply", "http", "http://localhost:80/reply"),
        ("https://example.org/reply", "http", "https://example.org/reply"),
    ],
)
def test_a_seat_splits_at_its_first_colon(text: str, kind: str, rest: str) -> None:
    seat = read_seat(text, ["lab"])
    assert (seat.kind, seat.rest, seat.text) == (kind, rest, text)
    assert seat.server == {"openai:qwen3:8b": "openai", "lab:org/model:free": "lab"}.get(text, "")


@pytest.mark.parametrize("text", ["", "gpt-9", "rulesomething", "openai:", "elsewhere:m", "hf:", "python:"])
def test_an_unknown_seat_is_told_what_there_is(text: str) -> None:
    with pytest.raises(ConfigError, match="openai:NAME, lab:NAME") as caught:
        read_seat(text, ["lab"])
    for known in ("smollm2-135m", "hf:BASE", "scripted:FILE", "rules:best", "python:MODULE:THING", "plugin:"):
        assert known in str(caught.value)


def test_a_server_whose_name_begins_like_rules_is_no_rules() -> None:
    seat = read_seat("rules-lab:m", ["rules-lab"])
    assert (seat.kind, seat.is_rules, seat.is_model, seat.server) == ("server", False, True, "rules-lab")
    assert find_seat("rules-lab:m") is None


def test_a_password_in_an_unknown_address_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        read_seat("ftp://user:s3cret@host/x")
    assert "s3cret" not in str(caught.value)


def test_a_seat_of_the_users_own_is_no_language_model() -> None:
    with pytest.raises(ConfigError, match="no language model"):
        model_name("python:shop:Nearest")


@pytest.mark.parametrize(
    "name", ["hf", "scripted", "rules", "python", "plugin", "http", "https", "a b", "a:b"]
)
def test_what_begins_another_seat_names_no_server(name: str) -> None:
    with pytest.raises(ConfigError, match="servers"):
        load_config(None, {"servers": {name: {"base_url": "http://localhost:1/v1"}}})


def test_a_server_without_an_address_is_refused_and_openai_needs_none() -> None:
    with pytest.raises(ConfigError, match="lab: base_url is missing"):
        load_config(None, {"servers": {"lab": {"api_key_env": "LAB_KEY"}}})
    assert load_config(None, {"servers": {"openai": {"timeout": 3.0}}}).servers["openai"].timeout == 3.0


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ({"base_url": "http://user:s3cret@localhost/v1"}, "without user"),
        ({"base_url": "http://localhost/v1?key=s3cret"}, "without user"),
        ({"api_key_env": "sk-s3cret"}, "api_key_env"),
        ({"api_key_env": "gsks3cret"}, "api_key_env"),
        ({"headers": {"X Key": "s3cret"}}, "no name of a header"),
        ({"headers": {"X-Key": "(left out)"}}, "add it again"),
        ({"headers": {"X-Key": "s3cret\nX-Other: 1"}}, "no header may have"),
        ({"extra_body": {"messages": []}}, "messages is no further field"),
        ({"extra_body": {"max_tokens": 9}}, "play.max_tokens"),
        ({"concurrency": 0}, "concurrency"),
        ({"reasoning": "loud"}, "reasoning"),
        ({"api_key": "s3cret"}, "api_key"),
    ],
)
def test_a_server_that_cannot_be_asked_is_refused_without_its_secrets(
    server: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load_config(None, {"servers": {"lab": {"base_url": "http://localhost:1/v1", **server}}})
    assert "s3cret" not in str(caught.value)


def test_a_model_on_a_named_server_is_named_by_its_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_KEY", "lab-key-123")
    server = Server(
        base_url="http://10.0.0.5:1/v1", api_key_env="LAB_KEY", extra_body={"reasoning_effort": "low"}
    )
    model = open_model("lab:m", Models(), {"lab": server})
    assert isinstance(model, ChatModel)
    assert model.name == "lab:m"
    assert model.identity["server"] == "lab"
    assert model.identity["extra_body"] == {"reasoning_effort": "low"}
    assert "lab-key-123" not in f"{model.identity} {model!r} {server!r}"


def test_a_server_elsewhere_without_a_key_variable_is_sent_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "openai-key-123")
    model = open_model("lab:m", Models(), {"lab": Server(base_url="http://10.0.0.5:1/v1")})
    assert "openai-key-123" not in str(vars(model))


def test_seeker_is_a_name_of_the_simulators_seat() -> None:
    assert Seats.model_validate({"seeker": "rules"}).simulator == "rules"


def test_an_address_on_the_command_line_goes_before_that_of_the_server_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('[servers.openai]\nbase_url = "http://localhost:1/v1"\ntimeout = 9.0\n')
    config = load_config(path, {"models": {"base_url": "http://localhost:2/v1"}})
    assert base_url_of("openai", config.models, config.servers) == "http://localhost:2/v1"
    assert config.servers["openai"].timeout == 9.0
    plain = load_config(path)
    assert base_url_of("openai", plain.models, plain.servers) == "http://localhost:1/v1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("labs:m", r"There is no server 'labs': it needs a table \[servers.labs\] with a base_url"),
        ("lab", "lab is a server: write lab:MODEL"),
        ("lab:", "lab is a server: write lab:MODEL"),
    ],
)
def test_a_seat_on_a_server_that_the_settings_lack_says_what_is_missing(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        read_seat(text, ["lab"])
    with pytest.raises(ConfigError) as caught:
        read_seat("gpt-9", ["lab"])
    assert "server 'gpt-9'" not in str(caught.value)


def test_an_address_that_no_seat_goes_by_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('[servers.lab]\nbase_url = "http://localhost:1/v1"\n[seats]\nrecommender = "lab:m"\n')
    address = "http://localhost:2/v1"
    with pytest.raises(ConfigError, match=r"lab:m is on \[servers.lab\], whose base_url counts"):
        laid_over(path, {}, base_url=address)
    both = laid_over(path, {"judge": "openai:m"}, base_url=address)
    assert base_url_of("openai", both.models, both.servers) == address
    assert laid_over(path, {"recommender": "rules:best"}, base_url=address).models.base_url == address
    assert laid_over(path, {}).models.base_url is None


def test_seeker_in_a_file_is_the_simulator_and_an_option_goes_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('[seats]\nseeker = "rules"\n')
    assert load_config(path).seats.simulator == "rules"
    assert load_config(path, {"seats": {"simulator": "openai:m"}}).seats.simulator == "openai:m"
    path.write_text('[seats]\nseeker = "rules"\nsimulator = "rules"\n')
    with pytest.raises(ConfigError, match="seeker and simulator are one seat"):
        load_config(path)
