"""DSPy: predictions in its chat and JSON formats, streamed too, and what it raises."""

from __future__ import annotations

import asyncio

import dspy
from checks import FAIL, PLAIN, SEARCH, URL, WISH, raises, run, same


def on(model: str) -> dspy.LM:
    return dspy.LM(f"openai/{model}", api_base=URL, api_key="none", cache=False, num_retries=0)


class Suggest(dspy.Signature):
    """Suggest a film."""

    wish: str = dspy.InputField()
    title: str = dspy.OutputField()
    year: int = dspy.OutputField()


def chat() -> None:
    for model in (PLAIN, SEARCH):
        (said,) = on(model)(messages=[{"role": "user", "content": WISH}])
        text = said["text"] if isinstance(said, dict) else said
        same(text, "How about Casino (1995)?")


def json() -> None:
    # Its chat format comes first; where a model does not keep to it, it asks again for JSON.
    for adapter in (dspy.JSONAdapter(), None):
        with dspy.context(lm=on(PLAIN), adapter=adapter):
            found = dspy.Predict(Suggest)(wish=WISH)
        same((found.title, found.year), ("Casino (1995)", 1995))


def stream() -> None:
    async def listen() -> object:
        predict = dspy.streamify(dspy.Predict("wish -> title"))
        last = None
        async for piece in predict(wish=WISH):
            last = piece
        return last

    with dspy.context(lm=on(PLAIN), adapter=dspy.JSONAdapter()):
        same(asyncio.run(listen()).title, "Casino (1995)")


def errors() -> None:
    raises(lambda: on(PLAIN)(messages=[{"role": "user", "content": FAIL}]))
    with dspy.context(lm=on(PLAIN), adapter=dspy.JSONAdapter()):
        raises(lambda: dspy.Predict("wish -> title")(wish=FAIL))


run(chat, json, stream, errors)
