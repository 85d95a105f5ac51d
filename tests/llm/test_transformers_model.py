"""The seat hf:BASE[+ADAPTER], on the packaged model turned into a checkpoint."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path

import peft
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from usbrec.config import Models
from usbrec.errors import ConfigError, InputError, PromptTooLong
from usbrec.llm import (
    ChatReply,
    ChatRequest,
    Choice,
    ChoiceRequest,
    Message,
    model_name,
    open_model,
)
from usbrec.llm.transformers import model as model_module
from usbrec.llm.transformers import shared_prefix
from usbrec.llm.transformers.checkpoint import load_model, load_tokenizer
from usbrec.llm.transformers.model import TransformersModel
from usbrec.llm.transformers.sequences import DecodingRequest, Prompt
from usbrec.lockstep import LockstepBatch, Scope, current_scope, in_strands

BASE = "smollm2-135m"
ASKED = (Message("system", "You recommend films."), Message("user", "A quiet film about the sea?"))
OTHER = (Message("user", "Tell me a joke about a parrot, please."),)

pytestmark = pytest.mark.model


@asynccontextmanager
async def seated(adapter: Path | None = None, context: int = 2048) -> AsyncIterator[TransformersModel]:
    model = TransformersModel(BASE, adapter=adapter, name="hf:test", context=context)
    try:
        yield model
    finally:
        await model.aclose()


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapter")
    torch.manual_seed(3)
    model = load_model(BASE, dtype=torch.float32)
    adapted = peft.get_peft_model(
        model,
        peft.LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM"),
    )
    for name, weight in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.02)
    adapted.save_pretrained(str(folder), save_embedding_layers=False)
    return folder


@pytest.fixture
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """In half of it, sums that are made in another order differ so much that words do, now and then."""
    monkeypatch.setattr(model_module, "half_precision", lambda device: torch.float32)


@pytest.mark.usefixtures("full_precision")
async def test_a_greedy_reply_is_what_transformers_generates() -> None:
    async with seated() as model:
        reply = await model.chat(ChatRequest(ASKED, max_tokens=24))
        dtype = getattr(torch, str(model.identity["dtype"]))
    tokenizer, plain = load_tokenizer(BASE), load_model(BASE, dtype=dtype)
    text = tokenizer.apply_chat_template(
        [message.to_json() for message in ASKED], tokenize=False, add_generation_prompt=True
    )
    ids = tokenizer(text, return_tensors="pt", add_special_tokens=False)
    said = plain.generate(**ids, max_new_tokens=24, do_sample=False)[0, ids["input_ids"].shape[1] :]
    assert reply.text == tokenizer.decode(said, skip_special_tokens=True)
    assert reply.usage.prompt_tokens == ids["input_ids"].shape[1]


async def test_a_unit_says_the_same_whatever_ran_before_it_and_reads_a_prompt_once() -> None:
    request = ChatRequest(ASKED, n=3, temperature=0.8, max_tokens=12, seed=5, frequency_penalty=0.5)
    longer = replace(
        request,
        messages=(*ASKED, Message("assistant", "Do you like black and white?"), Message("user", "Yes.")),
    )
    async with seated() as model:
        current_scope.set(Scope("one", 0))
        first = [await model.chat(request), await model.chat(longer)]
        current_scope.set(Scope("two", 0))
        await model.chat(replace(request, messages=OTHER, seed=9))
        current_scope.set(Scope("three", 0))
        again = [await model.chat(request), await model.chat(longer)]
    words = [
        [completion.text for reply in unit for completion in reply.completions] for unit in (first, again)
    ]
    assert words[0] == words[1]
    assert len(set(words[0][:3])) > 1
    assert [reply.usage.cached_tokens for reply in again] == [reply.usage.cached_tokens for reply in first]
    # The system message, which is the same for all units, is gone through once for the model.
    assert 0 < first[0].usage.cached_tokens < 15
    assert first[1].usage.cached_tokens > 15


@pytest.mark.usefixtures("full_precision")
async def test_replies_drawn_together_are_those_drawn_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = [
        ChatRequest(ASKED, max_tokens=16),
        ChatRequest(OTHER, n=3, temperature=0.8, max_tokens=10, seed=5, frequency_penalty=0.5),
        ChatRequest((*ASKED, Message("assistant", "Yes?"), Message("user", "An old one.")), max_tokens=5),
        ChatRequest(OTHER, temperature=0.7, top_p=0.5, max_tokens=12, stop=(".",), seed=8),
    ]
    together = await _in_step(requests)
    # Another architecture than ours: every prompt goes through the model by itself.
    monkeypatch.setattr(shared_prefix, "shares_prompts", lambda model: False)
    apart = await _in_step(requests)
    async with seated() as model:
        alone = [await model.chat(request) for request in requests]
    said = [[reply.completions for reply in replies] for replies in (together, apart, alone)]
    assert said[0] == said[1] == said[2]
    assert [reply.usage.completion_tokens for reply in together] == [
        reply.usage.completion_tokens for reply in alone
    ]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_model_of_plain_attention_is_known_as_one_in_half_precision_too(dtype: torch.dtype) -> None:
    model = load_model(BASE, dtype=dtype)
    assert shared_prefix.shares_prompts(model)
    # Who computes attention in another way is left alone.
    model = load_model(BASE, dtype=dtype)
    model.set_attn_implementation("eager")
    assert not shared_prefix.shares_prompts(model)
    assert model.config._attn_implementation == "eager"


async def _in_step(requests: Sequence[ChatRequest]) -> list[ChatReply]:
    """The answers to a lockstep batch whose members each ask one of the requests."""
    lockstep = LockstepBatch([str(number) for number in range(len(requests))])

    async def member(number: int, model: TransformersModel) -> ChatReply:
        current_scope.set(Scope(str(number), 0, lockstep))
        reply = await model.chat(requests[number])
        lockstep.leave(str(number))
        return reply

    async with seated() as model:
        return await asyncio.gather(*(member(number, model) for number in range(len(requests))))


@pytest.mark.parametrize("others", [1, 0])
async def test_in_a_crew_a_prompt_that_does_not_fit_fails_alone(others: int) -> None:
    lockstep = LockstepBatch(["long", "longer", "short"])

    async def ask(unit: str, request: ChatRequest, model: TransformersModel) -> ChatReply:
        current_scope.set(Scope(unit, 0, lockstep))
        try:
            return await model.chat(request)
        finally:
            lockstep.leave(unit)

    async with seated(context=256) as model:
        if not others:
            # Nothing is left to draw then, which is no failure of its own.
            lockstep.leave("short")
        asked = [
            ("long", ChatRequest((Message("user", "word " * 300),), max_tokens=8)),
            ("longer", ChatRequest((Message("user", "word " * 400),), max_tokens=8)),
            ("short", ChatRequest(ASKED, max_tokens=3)),
        ][: 2 + others]
        failed, also_failed, *said = await asyncio.gather(
            *(ask(unit, request, model) for unit, request in asked), return_exceptions=True
        )
    assert isinstance(failed, PromptTooLong)
    assert isinstance(also_failed, PromptTooLong)
    assert [isinstance(one, ChatReply) and one.usage.completion_tokens for one in said] == [3] * others


async def test_strands_get_the_same_digits_whatever_each_has_asked_before() -> None:
    asked = ChoiceRequest(ASKED, ("0", "1"))
    found: list[Choice] = []

    async def strand(model: TransformersModel, *before: ChatRequest) -> None:
        for request in before:
            await model.chat(request)
        found.append(await model.choose(asked))

    async with seated() as model:
        current_scope.set(Scope("one", 0, LockstepBatch(["one"])))
        longer = (*ASKED, Message("assistant", "Do you like black and white?"), Message("user", "Yes."))
        await in_strands(
            [
                strand(model),
                strand(model, ChatRequest(longer, max_tokens=2)),
                strand(model, ChatRequest(OTHER, max_tokens=2), ChatRequest(ASKED, n=2, max_tokens=2)),
            ]
        )
        # The unit goes on with what its first strand had, and with nothing that another has changed.
        after = await model.chat(ChatRequest(longer, max_tokens=4))
        again = await model.chat(ChatRequest(longer, max_tokens=4))
    assert found[0] == replace(found[1], usage=found[0].usage) == replace(found[2], usage=found[0].usage)
    assert after.text == again.text


async def test_another_seed_draws_other_words() -> None:
    request = ChatRequest(ASKED, temperature=0.8, max_tokens=8, seed=5)
    async with seated() as model:
        one = await model.chat(request)
        two = await model.chat(replace(request, seed=6))
    assert one.text != two.text


async def test_options_get_the_probabilities_of_one_plain_pass() -> None:
    async with seated() as model:
        choice = await model.choose(ChoiceRequest(ASKED, ("0", "1", "Yes, I do")))
        tempered = await model.choose(ChoiceRequest(ASKED, ("0", "1"), temperature=0.5))
        dtype = getattr(torch, str(model.identity["dtype"]))
    tokenizer, plain = load_tokenizer(BASE), load_model(BASE, dtype=dtype)
    text = tokenizer.apply_chat_template(
        [message.to_json() for message in ASKED], tokenize=False, add_generation_prompt=True
    )
    prompt = tokenizer(text, add_special_tokens=False)["input_ids"]
    logs = []
    for option in ("0", "1", "Yes, I do"):
        tokens = tokenizer(option, add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            logits = plain(torch.tensor([[*prompt, *tokens]])).logits[0, len(prompt) - 1 : -1].float()
        logs.append(logits.log_softmax(-1).gather(1, torch.tensor(tokens)[:, None]).sum())
    expected = torch.stack(logs).softmax(0)
    assert choice.method == "exact"
    assert list((choice.probabilities or {}).values()) == pytest.approx(expected.tolist(), abs=0.03)
    assert sum((tempered.probabilities or {}).values()) == pytest.approx(1.0)
    assert 0 < (tempered.mass or 0) < 1


async def test_a_choice_is_looked_at_whole_where_that_is_asked_for_and_votes_are_its_own_words() -> None:
    asked = ChoiceRequest((Message("user", "Say 10/10 and nothing else."),), ("0", "1", "2"), way="exact")
    async with seated() as model:
        plain = await model.choose(asked)
        whole = await model.choose(replace(asked, ends_within=64))
        votes = await model.choose(replace(asked, way="votes", votes=4, temperature=0.7))
    assert plain.probabilities is not None
    assert whole.probabilities is None
    assert "its answer goes on behind the digit ('10/10" in whole.untold
    assert (votes.method, votes.votes, votes.unreadable) == ("votes", 4, 4)


async def test_stop_texts_deadlines_and_pieces() -> None:
    pieces: list[str] = []
    async with seated() as model:
        whole = await model.chat(ChatRequest(ASKED, max_tokens=20, on_delta=pieces.append))
        word = whole.text.split()[3]
        cut = await model.chat(ChatRequest(ASKED, max_tokens=20, stop=(word,)))
        phrase, before = whole.text[-30:], list[str]()
        ended = await model.chat(ChatRequest(ASKED, max_tokens=40, stop=(phrase,), on_delta=before.append))
        late = await model.chat(ChatRequest(ASKED, max_tokens=400, deadline=0.05))
    assert "".join(pieces) == whole.text
    assert len(pieces) > 5
    assert "".join(before) == ended.text == whole.text.removesuffix(phrase)
    assert cut.text == whole.text[: whole.text.index(word)]
    assert cut.completions[0].finish == "stop"
    assert late.completions[0].finish == "length"
    assert late.usage.completion_tokens < 400


class Letters:
    """A tokenizer that has a token for each letter."""

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = False) -> str:
        return "".join(map(chr, ids))


def _told(
    letters: str, stop: tuple[str, ...], *, longest: int = 99, stopped: int = 99
) -> tuple[list[str], str]:
    """The pieces told of a model that says `letters`, and its reply."""
    pieces: list[str] = []
    request = ChatRequest(ASKED, max_tokens=longest, stop=stop, on_delta=pieces.append)
    decoding = DecodingRequest(
        request, Prompt([], None, None, 0), lambda: len(decoding.sequences[0].said) >= stopped
    )
    sequence = decoding.sequences[0]
    for letter in letters + "\0":
        sequence.say(ord(letter), frozenset({0}), Letters())
        decoding.tell(Letters())
        if sequence.finish is not None:
            break
    return pieces, sequence.completion(Letters()).text


def test_the_beginning_of_a_stop_text_is_told_only_when_the_reply_ends_with_it() -> None:
    stop = ("### Instruction",)
    assert "".join(_told("Heat. ### Instruction: more", stop)[0]) == "Heat. "
    assert "".join(_told("Heat. ### I", stop)[0]) == "Heat. ### I", "it ends by itself"
    assert "".join(_told("Heat. ### Instruction", stop, longest=9)[0]) == "Heat. ###", "it is long enough"
    assert "".join(_told("Heat. ### Instruction", stop, stopped=8)[0]) == "Heat. ##", "its time is over"
    assert _told("#1 is", stop)[0] == ["#1", " ", "i", "s"], "and when it goes on otherwise"


@given(
    st.text("ab#\N{REPLACEMENT CHARACTER}", max_size=12),
    st.lists(st.text("ab#", min_size=1, max_size=4), max_size=2),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_the_pieces_told_are_the_reply(letters: str, stop: list[str], longest: int, stopped: int) -> None:
    pieces, reply = _told(letters, tuple(stop), longest=longest, stopped=stopped)
    assert "".join(pieces) == reply


async def test_a_cancelled_request_leaves_the_model_free() -> None:
    async with seated() as model:
        await model.chat(ChatRequest(OTHER, max_tokens=1))
        task = asyncio.create_task(model.chat(ChatRequest(ASKED, max_tokens=1500)))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        reply = await asyncio.wait_for(model.chat(ChatRequest(OTHER, max_tokens=2)), timeout=20)
    assert reply.usage.completion_tokens <= 2


async def test_a_prompt_that_does_not_fit_is_said_to() -> None:
    async with seated(context=256) as model:
        with pytest.raises(PromptTooLong, match="256 tokens"):
            await model.chat(ChatRequest((Message("user", "word " * 300),), max_tokens=8))


async def test_an_adapter_changes_what_is_said_as_peft_says_it(adapter: Path) -> None:
    request = ChoiceRequest(ASKED, ("0", "1"))
    async with seated() as plain, seated(adapter) as changed:
        before, after = await plain.choose(request), await changed.choose(request)
        assert plain.identity != changed.identity
        dtype = getattr(torch, str(changed.identity["dtype"]))
    tokenizer = load_tokenizer(BASE)
    model = peft.PeftModel.from_pretrained(load_model(BASE, dtype=torch.float32), str(adapter)).eval()
    text = tokenizer.apply_chat_template(
        [message.to_json() for message in ASKED], tokenize=False, add_generation_prompt=True
    )
    with torch.no_grad():
        logits = model(**tokenizer(text, return_tensors="pt", add_special_tokens=False)).logits[0, -1]
    ids = [tokenizer(option, add_special_tokens=False)["input_ids"][0] for option in ("0", "1")]
    tolerance = 0.05 if dtype == torch.bfloat16 else 0.001
    assert (after.probabilities or {})["0"] == pytest.approx(float(logits[ids].softmax(0)[0]), abs=tolerance)
    assert (after.mass or 0) != pytest.approx(before.mass or 0, rel=0.01)


def test_a_seat_is_written_with_its_adapter_behind_a_plus(adapter: Path, tmp_path: Path) -> None:
    assert model_name(f"hf:{BASE}") == f"hf:{BASE}"
    assert model_name(f"hf:{BASE}+{adapter}") == f"hf:{BASE}+{adapter.name}"
    gone = tmp_path / "gone"
    assert model_name(f"hf:{BASE}+{gone}") == f"hf:{BASE}+gone", "a run is replayed without its model"
    with pytest.raises(InputError, match=r"adapter_config\.json is missing"):
        open_model(f"hf:{BASE}+{gone}", Models())
    for seat in (f"hf:{BASE}+~nosuchuser/y", f"{BASE}+~nosuchuser/y"):
        with pytest.raises(InputError, match=r"~nosuchuser/y: no home folder"):
            open_model(seat, Models())
    with pytest.raises(InputError, match=r"~nosuchuser/y: no home folder"):
        _ = open_model("hf:~nosuchuser/y", Models()).identity
    with pytest.raises(ConfigError, match="unknown model"):
        model_name("hf:")
    with pytest.raises(ConfigError, match="no such device"):
        _ = open_model(f"hf:{BASE}", Models(device="cuda:3")).identity
    with pytest.raises(InputError, match="no such folder"):
        _ = open_model("hf:./nowhere", Models()).identity


def test_without_torch_a_seat_says_what_to_install(tmp_path: Path) -> None:
    program = "import sys; sys.modules['torch'] = None; from usbrec.cli import main; main()"
    films = resources.files("usbrec.data") / "demo"
    command = (
        "evaluate",
        films / "dialogues.jsonl",
        "--model",
        "hf:x",
        "--limit",
        "1",
        "-o",
        tmp_path / "run",
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, command)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    told = " ".join(done.stderr.split())
    assert "needs the extra 'train' (torch is missing): pip install 'usbrec[train]'" in told
