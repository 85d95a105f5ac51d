"""Replies in languages whose names have no lexicon: ordinary sentences are said, made-up names are not."""

from __future__ import annotations

import pytest

from support.films import CATALOGUE, KNOWLEDGE, seeker
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

CHECK = ReplyCheck(KNOWLEDGE)
HEARD = heard_in((seeker("Busco una buena película para esta noche."),))


@pytest.mark.parametrize(
    "reply",
    [
        "¿Qué tipo de películas te gustan?",
        "¿Prefieres algo de acción o una comedia?",
        "Te recomiendo Heat (1995), es muy buena.",
        "Puedes ver Heat (1995) esta noche.",
        "¡Claro! Dime qué género prefieres.",
        "Quel genre de films aimez-vous ?",
        "Je vous recommande Heat (1995), un film très tendu.",
        "Vous pourriez regarder Heat (1995).",
        "D'accord, plutôt récent ou classique ?",
    ],
)
def test_an_ordinary_sentence_is_said(reply: str) -> None:
    assert CHECK.made_up(reply, CATALOGUE.items, HEARD) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "Gladiador es una gran película.",
        "Te recomiendo Gladiador, es muy buena.",
        "¿Has visto El Padrino?",
        'Mira "Sombras" esta noche.',
        "Je vous recommande Le Parrain, très tendu.",
        "Gladiateur raconte une histoire de Rome.",
        "Puedes ver Sombras esta noche.",
        "Gladiador.",
        "Rayuela podría gustarte mucho.",
        "Amélie devrait vous plaire.",
    ],
)
def test_a_name_that_is_none_of_ours_is_not(reply: str) -> None:
    assert CHECK.made_up(reply, CATALOGUE.items, HEARD)
