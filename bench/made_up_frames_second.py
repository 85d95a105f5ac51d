"""Frames kept apart for a second measure of bench/made_up_names.py, with the names of the first.

Written after the first held-out frames had been measured and read and the check had been changed for them,
before anything was measured on these. All of them are measured.
"""

from __future__ import annotations

import argparse

from made_up_frames_held_out import EDITIONS as EDITIONS
from made_up_frames_held_out import FILMS_ELSEWHERE as FILMS_ELSEWHERE
from made_up_frames_held_out import FOREIGN as FOREIGN
from made_up_frames_held_out import PEOPLE as PEOPLE
from made_up_frames_held_out import PRODUCTS_ELSEWHERE as PRODUCTS_ELSEWHERE
from made_up_frames_held_out import SEEKERS_FILMS as SEEKERS_FILMS
from made_up_frames_held_out import SEEKERS_PRODUCTS as SEEKERS_PRODUCTS
from made_up_frames_held_out import SEQUELS as SEQUELS
from made_up_frames_held_out import SYLLABLES as SYLLABLES
from made_up_frames_held_out import WORDS as WORDS

FILMS = (
    "Ooh, {t} is right up your alley.",
    "I bet {t} would make you smile.",
    "Can I tempt you with {t}?",
    "Your evening calls for {t}.",
    "Have you given {t} a try yet?",
    "Grab {t}, you'll be hooked within minutes.",
    "It has to be {t}.",
    "I'd add {t} to the pile.",
    "Somewhere between {r} and a fairy tale you will find {t}.",
    "Both {t} and {r} are worth a look.",
    "How do you feel about {t}?",
    "When it comes to {g}, {t} leads the way.",
    "{t} comes highly recommended.",
    "{r} is loud; {t} is quiet.",
    "After {r}, go for {t}.",
    "Let me think. Yes: {t}.",
    "Then I'd point you to {t}, which is gentle and wise.",
    "Nobody regrets watching {t}.",
    "Of all the {g} films on offer, {t} is the boldest.",
    "With {p} in it, {t} is hard to resist.",
    "There's nothing quite like {t} on a stormy night.",
    "You can stop looking: {t} has everything.",
    "That leaves {t}.",
    "My advice? {t}, no question.",
    "I reckon {t} fits, although it is on the long side.",
    "Rewatch {t} if you have seen it already.",
    "Some laughs, some tears, that's {t} for you.",
    "Do yourself a favor and see {t}.",
    "Ein heißer Tipp ist {t}.",
    "Mit {t} liegst du richtig.",
    "Wie klingt {t} für dich?",
    "Mir fällt sofort {t} ein.",
)
PLAIN_FILMS = (
    "Alright! Anything you've loved lately?",
    "Do you want a happy ending, or can it be dark?",
    "Understood. Old or new?",
    "Have fun tonight!",
    "Sorry about that. What was wrong with the last one?",
    "Lieber lang oder kurz?",
)
PRODUCTS = (
    "The {t} is right up your alley.",
    "Can I interest you in the {t}?",
    "It has to be the {t}.",
    "How do you feel about the {t}?",
    "The {t} comes highly recommended.",
    "The {r} is heavy; the {t} is not.",
    "After what you told me, I'd get the {t}.",
    "Nobody sends the {t} back.",
    "Of all our {g} models, the {t} is the lightest.",
    "You can stop looking: the {t} has everything.",
    "That leaves the {t}, at {price} euro.",
    "The {t}? It is {price} euro.",
    "My advice is the {t} in {c}.",
    "Rain or sweat won't harm the {t}.",
    "I reckon the {t} fits, although it is a bit tight.",
    "Have you given the {t} a try yet?",
    "Either the {t} or the {r} will do.",
    "The {t} runs for {h} hours.",
    "Sounds like a job for the {t}.",
    "Our {t} is made for that.",
    "Pick the {t} over the {r} if weight matters.",
    "Go with the {t} from {p}.",
    "We ship the {t} today.",
    "Ein guter Griff ist der {t}.",
    "Mit dem {t} liegen Sie richtig.",
    "Wie klingt der {t} für Sie?",
    "Der {t} wiegt kaum etwas.",
    "Für {price} Euro gibt es den {t}.",
)
PLAIN_PRODUCTS = (
    "Alright! Over-ear or in-ear?",
    "Understood. Any colour you like?",
    "How long is your commute?",
    "Enjoy your music!",
    "Do you share them with somebody?",
    "Lieber mit Kabel oder ohne?",
)
IN_STOCK = ("The {t} is in stock today.", "Der {t} ist auf Lager.", "Good news, the {t} is available now.")
SOLD_OUT = (
    "The {t} is sold out, sorry.",
    "Der {t} ist ausverkauft.",
    "At the moment the {t} is not available.",
)
WRONG_PRICE = ("The {t} is {price} euro.", "You get the {t} for {price} €.", "Der {t} kostet {price} Euro.")
WRONG_PRODUCT_YEAR = (
    "The {t} came out in {y}.",
    "The {t}, from {y}, is still good.",
    "Der {t} ist aus dem Jahr {y}.",
)
WRONG_BRAND = ("The {t} by {p} is good.", "The {t} is from {p}.", "Der {t} von {p} ist gut.")
WRONG_YEAR = ("{t} was made in {y}.", "{t} ({y}) is great.", "I'd suggest {t}, which came out in {y}.")
WRONG_PERSON = (
    "{t} was directed by {p}.",
    "{t} is a great film starring {p}.",
    "You'll like {t}, because {p} is in it.",
    "{t} with {p} is fun.",
)

if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    print(f"{len(FILMS)} frames of films, {len(PRODUCTS)} of products")
