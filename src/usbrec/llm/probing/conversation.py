"""Conversation checks: the system role, turns of before, and prompts that a server cuts."""

from __future__ import annotations

from usbrec.llm.probing.asking import Answered, Declined, Trial, system, user
from usbrec.llm.probing.findings import Finding
from usbrec.llm.protocol import Message

SYSTEM_ROLE = "system role"

#: No tokeniser makes fewer tokens of plain English than one for so many letters.
_LETTERS_A_TOKEN = 7.0
#: A prompt is cut where the server counts so much less than it must have.
_MOST_LOST = 0.9
#: The same where nothing but the letters says how many tokens there must be.
_LETTERS_OF_NOTES = 5.5

_SYSTEM = system(
    "You keep a secret word for the person you talk to, and the secret word is saffron. Whenever they ask "
    "for the secret word, answer with that word alone. They have asked you to keep it and want to hear it, "
    "so there is no reason at all to hold it back or to speak of anything else."
)
_ASKED = user("What is the secret word?")
_BEFORE = user(
    "I have a secret word, and it is marjoram. Keep it for me, please, and when I ask for it tell me that "
    "word alone. I am the one who has thought of it, and I would like to hear it from you, so there is no "
    "reason to hold it back."
)
_KEPT = Message("assistant", "I will keep it for you.")
_CODE = "The code word is cinnabar. Remember it: you will be asked for it at the very end.\n"
_QUESTION = "\nWhat is the code word that stood at the beginning? Answer with that word alone."


async def check_system(trial: Trial) -> Finding:
    """Whether a system message is taken, reaches the model and is heeded."""
    meant = trial.asker.merges_system
    told = await trial.say(_SYSTEM, _ASKED)
    remedy = f'{trial.asker.settings}.system_role = "user" says so at once'
    if trial.asker.merges_system:
        if meant:
            return Finding(SYSTEM_ROLE, "yes", "the system text goes before the first user message, as set")
        wrong = "The system text goes before the first user message, which is told once"
        return Finding(SYSTEM_ROLE, "no", "a system message is refused", wrong, remedy)
    if isinstance(told, Declined):
        if told.gone:
            return Finding(SYSTEM_ROLE, "unknown", told.reason)
        wrong = "Rows fail wherever a seat has a system text"
        return Finding(SYSTEM_ROLE, "no", f"a system message is refused ({told.reason})", wrong, remedy)
    if _has("saffron", told):
        return Finding(SYSTEM_ROLE, "yes", "the model answers by what the system message says")
    bare = await trial.ask(_ASKED, max_tokens=1)
    more = _more_tokens(told, bare)
    if more is None:
        seen = "the model does not answer by it, and no tokens are counted that would show whether it is read"
        return Finding(SYSTEM_ROLE, "unknown", seen)
    if more < len(_SYSTEM.content) / _LETTERS_A_TOKEN / 2:
        return Finding(
            SYSTEM_ROLE,
            "no",
            f"a system message of some {len(_SYSTEM.content) // 4} tokens adds {max(0, more)} to the prompt: "
            "it is dropped without a word",
            "Nobody in a seat knows its role: what the seeker wants and how to recommend is never said",
            remedy.replace("says so at once", "puts it before the first user message"),
        )
    seen = f"it adds {more} tokens to the prompt, though this model does not answer by it"
    return Finding(SYSTEM_ROLE, "yes", seen)


async def check_history(trial: Trial) -> Finding:
    """Whether earlier turns are taken and reach the model."""
    ask = user(_ASKED.content)
    told = await trial.say(_BEFORE, _KEPT, ask)
    wrong = "Models answer the last turn alone: seekers and recommenders forget what was said"
    if isinstance(told, Declined):
        if told.gone:
            return Finding("history", "unknown", told.reason)
        return Finding("history", "no", f"a conversation of several turns is refused ({told.reason})", wrong)
    if _has("marjoram", told):
        return Finding("history", "yes", "the model answers by what an earlier turn says")
    more = _more_tokens(told, await trial.ask(ask, max_tokens=1))
    if more is None:
        return Finding("history", "unknown", "the model does not answer by it, and no tokens are counted")
    if more < len(_BEFORE.content) / _LETTERS_A_TOKEN / 2:
        return Finding("history", "no", f"earlier turns add {max(0, more)} tokens to the prompt", wrong)
    seen = f"earlier turns add {more} tokens to the prompt, though this model does not answer by them"
    return Finding("history", "yes", seen)


async def check_context(trial: Trial, tokens: int) -> Finding:
    """Whether a prompt of about so many tokens is read whole, cut, or refused."""
    few = await trial.say(_noted(4))
    some = await trial.say(_noted(40))
    if isinstance(few, Declined) or isinstance(some, Declined):
        return Finding("context", "unknown", "no short prompt was answered to compare a long one with")
    # What a note costs is counted where the server counts; its letters say it elsewhere.
    each = 12.0
    if few.prompt is not None and some.prompt is not None and some.prompt > few.prompt:
        each = (some.prompt - few.prompt) / 36
    count = max(80, int((tokens - (few.prompt or 80)) / each))
    long = await trial.say(_noted(count))
    if isinstance(long, Declined):
        return _refused(long, tokens)
    expected = None if some.prompt is None else some.prompt + each * (count - 40)
    if some.prompt is not None and few.prompt is not None and some.prompt <= few.prompt:
        expected = len(_noted(count).content) / _LETTERS_OF_NOTES
    knows = _has("cinnabar", some)
    if long.prompt is None or expected is None:
        if knows and not _has("cinnabar", long):
            return _cut(
                f"the word at the beginning of some {tokens} tokens is not known, that of 500 is", None
            )
        known = _has("cinnabar", long)
        seen = f"the word at the beginning of some {tokens} tokens is " + ("known" if known else "not known")
        return Finding("context", "yes" if known else "unknown", f"{seen}; no tokens are counted")
    if long.prompt < _MOST_LOST * expected:
        return _cut(
            f"of a prompt of some {round(expected)} tokens the server counts {long.prompt}", long.prompt
        )
    seen = f"a prompt of {long.prompt} tokens is counted in full"
    if knows and not _has("cinnabar", long):
        seen += ", though the word at its beginning is not known, as that of a short prompt is"
    return Finding("context", "yes", seen)


async def check_context_briefly(trial: Trial, letters: int) -> Finding:
    """The same in one call, for a prompt of so many letters; without a count nobody can tell."""
    prompt = _noted(max(1, (letters - len(_CODE) - len(_QUESTION)) // len(_note(100))))
    answer = await trial.ask(prompt, max_tokens=1)
    if isinstance(answer, Declined):
        return _refused(answer, len(prompt.content) // 4)
    if answer.prompt is None:
        return Finding("context", "unknown", "no tokens are counted that would show whether it is cut")
    if answer.prompt * _LETTERS_OF_NOTES < len(prompt.content):
        least = round(len(prompt.content) / _LETTERS_OF_NOTES)
        return _cut(
            f"of a prompt of at least {least} tokens the server counts {answer.prompt}", answer.prompt
        )
    return Finding("context", "yes", f"a prompt of {answer.prompt} tokens is counted in full")


def _refused(declined: Declined, tokens: int) -> Finding:
    if declined.gone:
        return Finding("context", "unknown", f"a prompt of some {tokens} tokens: {declined.reason}")
    return Finding(
        "context",
        "yes",
        f"a prompt of some {tokens} tokens is refused: {declined.reason}",
        "Rows with prompts that long fail and say so; none is cut in silence",
        "Give the model a larger context on the server, or shorter prompts (play.window)",
    )


def _cut(seen: str, limit: int | None) -> Finding:
    told = "" if limit is None else f", so its limit is about {limit}"
    return Finding(
        "context",
        "no",
        f"{seen}{told}: it cuts prompts without a word",
        "Models answer prompts whose beginning or middle they have not seen: instructions, candidates and "
        "early turns are lost, and scores with them",
        "Give the model a larger context on the server (such as Ollama's num_ctx, llama.cpp's -c, vLLM's "
        "--max-model-len), or shorter prompts (play.window, --candidates)",
    )


def _has(word: str, answer: Answered) -> bool:
    return word in answer.first.whole.casefold()


def _more_tokens(told: Answered, bare: Answered | Declined) -> int | None:
    if isinstance(bare, Declined) or told.prompt is None or bare.prompt is None:
        return None
    return told.prompt - bare.prompt


_THINGS = ("lamp", "kettle", "ladder", "basket", "mirror", "wagon", "anchor", "violin", "barrel", "clock")
_PLACES = ("the harbour", "a mill", "the old bridge", "an orchard", "the market", "a quarry", "the station")


def _note(number: int) -> str:
    thing, place = _THINGS[number % len(_THINGS)], _PLACES[number % len(_PLACES)]
    return f"Note {number}: a {thing} was left near {place}.\n"


def _noted(count: int) -> Message:
    return user(_CODE + "".join(map(_note, range(count))) + _QUESTION)
