"""Frames for a third measure of bench/made_up_names.py: read while speech acts were written, to develop on.

The marks are those of bench/made_up_frames.py; all frames are measured.
"""

from __future__ import annotations

import argparse

from made_up_frames_held_out import WRONG_BRAND as WRONG_BRAND
from made_up_frames_held_out import WRONG_PERSON as WRONG_PERSON
from made_up_frames_held_out import WRONG_PRICE as WRONG_PRICE
from made_up_frames_held_out import WRONG_PRODUCT_YEAR as WRONG_PRODUCT_YEAR
from made_up_frames_held_out import WRONG_YEAR as WRONG_YEAR

FILMS = (
    "Okay, picture this: a cold night, hot tea and {t}.",
    "Hmm, tough one. {t}, maybe?",
    "Everyone at work is talking about {t} these days.",
    "Top of my list: {t}. Runner-up: {r}.",
    "Where {r} shouts, {t} whispers.",
    "If you can't find {r}, {t} will do just as well.",
    "Think {r}, but funnier: that's {t}.",
    "A bit like {r}, yes, but {t} is the better film.",
    "I have three ideas: {t}, {r}, and if all else fails, something by {p}.",
    "{t}! How could I forget.",
    "Two words: {t}.",
    "Did I mention {t} already?",
    "The obvious answer is {r}; the better answer is {t}.",
    "My sister swears by {t}, and she hates {g} films.",
    "Honestly? Skip {r} tonight and save it for later. {t} first.",
    "Let's make it {t}, then.",
    "From what you say, I'd guess that {t} will work for you.",
    "It's between {t} and {r}, and I lean towards the former.",
    "I was going to say {r}, but {t} suits you more.",
    "Any chance you haven't seen {t}?",
    "You know what goes well with pizza? {t}.",
    "In the mood for {g}? {t}, without hesitation.",
    "A film that never gets old: {t}.",
    "{t} is on my mind ever since you said \u201cquiet\u201d.",
    "How familiar are you with {t}?",
    "Would you be up for {t}?",
    "Shall we say {t}?",
    "Does {t} ring a bell?",
    "There's a reason why {t} is loved by so many.",
    "Not {r}, that one is too long. {t} is short.",
    "Here's my list:\n- {r}\n- {t}\n\nEnjoy!",
    "(1) {t}, (2) {r}. Both are kind films.",
    "First {r}, afterwards {t}: a perfect evening.",
    "I'd rank {t} above {r}.",
    "Same team, same humor: {t}.",
    "\u201e{t}\u201c wäre mein Vorschlag.",
    "Also, {t} solltest du dir nicht entgehen lassen.",
    "Statt {r} lieber {t}, der ist kürzer.",
    "Ganz klar {t}.",
    "Wie stehst du zu {t}?",
)
PLAIN_FILMS = (
    "Of course! What did you enjoy about it?",
    "Is it for a movie night with friends or just for you?",
    "Do you usually finish long films, or do you fall asleep?",
    "I see. Should it have a happy ending?",
    "Great, thanks! Which language do you want to watch it in?",
    "How about something with a lot of music?",
    "You're right, sorry. Would you like a different genre?",
    "Soll es spannend sein oder eher lustig?",
)
PRODUCTS = (
    "Hmm, tough one. The {t}, maybe?",
    "Top of my list: the {t}. Runner-up: the {r}.",
    "Where the {r} booms, the {t} stays clean.",
    "If the {r} is too dear, the {t} will do just as well.",
    "A bit like the {r}, yes, but the {t} is softer.",
    "The {t}! How could I forget.",
    "Did I mention the {t} already?",
    "My brother uses the {t} on his bike.",
    "Let's make it the {t}, then.",
    "From what you say, I'd guess that the {t} will work for you.",
    "It's between the {t} and the {r}, and I lean towards the former.",
    "I was going to say the {r}, but the {t} suits you more.",
    "For less than you think, there is the {t}: {price} euro.",
    "Any chance you have seen the {t}?",
    "How familiar are you with the {t}?",
    "Would the {t} be an option?",
    "Shall I reserve the {t} for you?",
    "Does the {t} ring a bell?",
    "There's a reason why the {t} sells so well.",
    "Not the {r}, that one is too heavy. The {t} is light.",
    "Here's my list:\n- {r}\n- {t}\n\nAnything else?",
    "(1) {t}, (2) {r}. Both fold.",
    "I'd rank the {t} above the {r}.",
    "Same drivers, lower price: the {t}.",
    "You asked for {c}: the {t} comes in that.",
    "After {h} hours the {t} wants its cable back.",
    "In {g}, the {t} leads, followed by the {r}.",
    "The {t} goes for {price} euro these days.",
    "Only one of them folds, and that's the {t}.",
    "Wearing glasses? The {t} is made for you.",
    "The cushions on the {t} are wide and soft.",
    "Ask for the {t} in our shop.",
    "Nice and simple: {t}.",
    "Der {t} wäre mein Vorschlag.",
    "Statt des {r} lieber den {t}, der ist leichter.",
    "Ganz klar der {t}.",
    "Was halten Sie vom {t}?",
    "Den {t} gibt es auch in anderen Farben.",
    "Wer viel reist, nimmt den {t}.",
    "Probieren Sie ruhig den {t} aus.",
)
PLAIN_PRODUCTS = (
    "Of course! What bothers you about your old ones?",
    "Is it for the office or for travelling?",
    "I see. Should they cover the whole ear?",
    "Do you want to hear the traffic around you?",
    "Would a cable be a problem?",
    "Great, thanks! Is sound or comfort more important?",
    "You're right, sorry. What is the most you would pay?",
    "Sollen es große oder kleine sein?",
)
IN_STOCK = ("The {t} is in stock, yes.", "You can get the {t} right away, it is in stock.")
SOLD_OUT = ("Sorry, the {t} is sold out.", "The {t} isn't available right now.")

PRODUCTS_ELSEWHERE = (
    "Sony WH-CH720N", "Bose QuietComfort SE", "Sennheiser HD 450BT", "JBL Quantum 100", "Soundcore Space Q45",
    "Nothing Headphone", "Beats Flex", "Marshall Minor IV", "Jabra Elite 4", "Audio-Technica M20xBT",
    "Grado SR60x",
    "Final UX3000", "Creative Zen Hybrid", "Baseus Bowie", "Cambridge Melomania", "Loop Quiet",
    "Raycon Everyday",
    "Quiet Storm", "Blue Hour", "Open Road", "Long Distance", "Soft Landing", "City Lights",
)  # fmt: skip
FILMS_ELSEWHERE = (
    "The Quiet Girl", "Past Lives", "Aftersun", "The Banshees of Inisherin", "Decision to Leave", "Close",
    "Playground",
    "Flee", "Happening", "The Father", "Sound of Metal", "Minari", "Nomadland", "The Farewell", "Honey Boy",
    "Waves",
    "Pain and Glory", "Monos", "Birds of Passage", "Burning", "The Rider", "A Ghost Story", "Good Morning",
    "Late Spring",
    "Early Summer", "The Apartment Next Door", "Ordinary Love", "Small Things Like These", "Living",
    "Sorry We Missed You",
    "Never Rarely Sometimes Always", "All of Us Strangers", "Perfect Days", "The Holdovers",
    "Anatomy of a Fall",
)  # fmt: skip
WORDS = (
    "Harbor", "Whisper", "Threshold", "Bloom", "Static", "Homeland", "Mercy", "Ritual", "Summit", "Parade",
    "Shelter",
    "Glass", "Signal", "Crossing", "Fortune", "Echo", "Gravity", "Silence", "Heartbeat", "Runaway",
    "Fireworks",
)  # fmt: skip
SYLLABLES = ("zan", "bri", "mol", "tee", "kra", "ven", "sul", "phi", "nor", "dax", "ulo", "gri", "pem", "sha")
FOREIGN = (
    "夜の歌",
    "Белая ночь",
    "행복",
    "臥虎藏龍",
    "Листопад",
    "青い鳥",
    "Ο Θίασος",
    "שלום",
    "雨の日",
    "Маяк",
)
EDITIONS = ("Deluxe", "Nano", "Gen 3", "Special Edition", "Studio", "R", "Sport", "Mark II")
SEQUELS = ("Rise of Shadows", "The Beginning", "Redemption", "Dark Water", "The Final Cut", "Chapter Three")
PEOPLE = ("Nora Feldt", "Ivan Petrescu", "Sofia Marchetti", "Jonas Brandt", "Amina Diallo", "Lars Nygren")
SEEKERS_FILMS = (
    "Recommend me a movie.",
    "I want to cry tonight.",
    "Any good action films?",
    "Etwas Lustiges, bitte.",
)
SEEKERS_PRODUCTS = (
    "I want headphones.",
    "Something for phone calls?",
    "I sit in an open office.",
    "Ich will in Ruhe arbeiten.",
)

if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    print(f"{len(FILMS)} frames of films, {len(PRODUCTS)} of products")
