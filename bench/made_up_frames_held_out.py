"""Frames and names kept apart for bench/made_up_names.py: written before the check was changed, measured
once.

The marks are those of bench/made_up_frames.py. All frames here are measured: there is no half to develop on.
"""

from __future__ import annotations

import argparse

FILMS = (
    "Tonight I'd put on {t}. You won't regret it.",
    "Give {t} a go, it's {g} with a big heart.",
    "My vote goes to {t}.",
    "Queue up {t} and make some popcorn.",
    "You mentioned you were tired, so maybe {t}? It's easy going.",
    "I'm thinking {t}.",
    "Between {r} and {t}, the second is the stranger one.",
    "Then you'll adore {t}, trust me.",
    "{t} might surprise you: it starts slowly and never lets go.",
    "Few films are as honest as {t}.",
    "Ever since I first saw {t}, I've been telling everyone about it.",
    "Fans of {p} usually start with {t}.",
    "Okay, one more: {t}, from {y}.",
    "If {r} made you laugh, {t} will too.",
    "You'd get a lot out of {t}, I'm sure.",
    "Got it. {t} should do the trick.",
    "That would be {t}, hands down the best ending of its decade.",
    "No blood, no jump scares, just a good story: {t}.",
    "Start with {t}. If it's too dark, move on to {r}.",
    "I keep coming back to {t} whenever I want something {g}.",
    "Let's go with {t}!",
    "For your mood I see two options, {t} and {r}.",
    "Critics were split on {t}, but I find it charming.",
    "There's {t}, where nothing is what it seems.",
    "Your best bet is {t}; everyone in the room will be happy.",
    "I'd say {t} ticks all of your boxes.",
    "It's hard to top {t} when it comes to dialogue.",
    "Have a look at {t} - beautifully shot, wonderfully acted.",
    "Skip the rest and go straight to {t}.",
    "You could do worse than {t}.",
    "As a double bill, {r} and {t} work really well.",
    "What I love about {t} is how calm it is.",
    "Right, so something with a twist. {t} has a great one.",
    "Also consider {t}, which is shorter.",
    "Same director? No, but {t} feels very similar.",
    "People cried at the end of {t}, and they left smiling.",
    "Because you want something short and sweet, {t}.",
    "A quiet gem: {t}.",
    "Thanks for telling me! I'd recommend {t} then.",
    "In {t} a family falls apart and finds itself again.",
    "Nobody plays tired men like {p}, and {t} is the proof.",
    "If I had to choose one, it'd be {t}.",
    "{t} was made for evenings like this.",
    "Put {t} on your list.",
    "You'll want to see {t} on a big screen.",
    "Here you go:\n* {t} (funny, warm)\n* {r} (a little sad)",
    "Two picks for you:\n1) {t}\n2) {r}",
    "__{t}__ is my answer.",
    "The first that springs to mind is '{t}'.",
    "Maybe \u201c{t}\u201d is what you need right now.",
    "Without a doubt {t} deserves your evening.",
    "So many choices! Still, {t} stands out.",
    "Yes, {t} is on the list as well.",
    "Compared to {r}, {t} is much gentler.",
    "Next up, {t}, if you can handle a slow burn.",
    "{g} fans swear by {t}.",
    "If you can spare ninety minutes, spend them on {t}.",
    "Nicht ganz neu, aber stark: {t}.",
    "Ich würde mit {t} anfangen.",
    "Kennst du {t}? Der ist richtig witzig.",
    "Heute Abend vielleicht {t}, dazu eine Decke und Tee.",
    "An {t} führt kein Weg vorbei.",
    "Wenn du {r} mochtest, wirst du {t} lieben.",
    "Da fällt mir {t} ein, ein Film voller Überraschungen.",
    "{t} ist genau das Richtige für dich.",
    "{t} wäre eine Idee, oder lieber etwas Leichtes?",
)

PLAIN_FILMS = (
    "Got it! Which decade do you like best?",
    "Happy to help. Should it be long or short?",
    "That makes sense. Do you want to laugh or to think?",
    "Sounds like a cosy night in. Is anyone watching with you?",
    "Noted: no horror and no sad endings. Anything else that you can't stand?",
    "Which of the two did you like better, and why?",
    "You're welcome! Have a lovely evening.",
    "I'm glad to hear that. Enjoy!",
    "Would a film from Korea or Japan be all right?",
    "Soll er eher kurz sein?",
    "Gern! Magst du Untertitel?",
    "Do you care about Oscars, or do you prefer hidden gems?",
)

PRODUCTS = (
    "Take the {t}: it does everything you asked for.",
    "Most of our customers end up with the {t}.",
    "I think the {t} is the one for you.",
    "The {t} should serve you well on the train.",
    "Why not the {t}? It weighs next to nothing.",
    "You're looking at {price} euro for the {t}.",
    "The {t} sells for {price} euro.",
    "Our price for the {t} is {price} euro.",
    "That'd be the {t}, {price} € at the moment.",
    "The {t} in {c} would look lovely.",
    "With the {t} you can talk for {h} hours on one charge.",
    "Both the {t} and the {r} would work for you.",
    "Between the {r} and the {t}, the second has the better microphone.",
    "I'd skip the {r} and get the {t}.",
    "If I were you I'd buy the {t}.",
    "Something sturdy? The {t}, without a doubt.",
    "{t}. Light, comfortable, well made.",
    "Our bestseller is the {t}, made by {p}.",
    "Start with the {t}, it is easy to send back.",
    "Hello! Have you thought about the {t}?",
    "Here is what I'd look at:\n* {t}, {price} €\n* {r}",
    "Two that fit:\n1) {t} - very light\n2) {r} - very clear",
    "__{t}__ is what I would take on a plane.",
    "Maybe the '{t}' is what you need.",
    "Your daughter will be happy with the {t}.",
    "The {t} handles bass very well.",
    "Same sound, less weight: the {t}.",
    "Noise cancelling is best on the {t}.",
    "You'd be fine with the {t} as well.",
    "The {t}, launched in {y}, has held up nicely.",
    "A good {g} model is the {t}.",
    "In {g}, I'd suggest the {t}.",
    "For a small head, the {t} is softer than the {r}.",
    "People tell us the {t} is very quiet.",
    "My colleagues swear by the {t}.",
    "The ear pads of the {t} can be replaced.",
    "I would put the {t} first, then the {r}.",
    "Compared to the {r}, the {t} folds smaller.",
    "Right, the {t} comes with a cable too.",
    "There are cheaper ones, but the {t} will last you for years.",
    "Long battery and a light frame, that is the {t}.",
    "Nothing in our shop is as light as the {t}.",
    "Let me show you the {t}.",
    "Give the {t} a try for a week.",
    "Then I'd go for the {t} in {c}.",
    "Okay, how does the {t} sound to you?",
    "It's the {t} that I would wear all day.",
    "So it comes down to the {t} and the {r}.",
    "Sure thing: the {t} charges in an hour.",
    "{p} does this well, so have a look at the {t}.",
    "For calls, nothing we have beats the {t}.",
    "Well, the {t} is a safe bet at {price} euro.",
    "I hear you. The {t} won't press on your glasses.",
    "As a gift the {t} is always welcome.",
    "Am besten passt der {t} zu Ihnen.",
    "Nehmen Sie den {t}, der ist angenehm weich.",
    "Der {t} liegt bei {price} Euro.",
    "Schon mal den {t} probiert?",
    "Unser Tipp ist der {t} in bester Qualität.",
    "Sehr beliebt ist auch der {t}.",
    "Im Vergleich zum {r} sitzt der {t} fester.",
    "Den {t} können Sie den ganzen Tag tragen.",
    "Wir haben den {t} für {price} €.",
    "Mit {h} Stunden Akku ist der {t} gut für Reisen.",
)

PLAIN_PRODUCTS = (
    "Happy to help! Do you want a cable or not?",
    "What did you like about your last pair?",
    "Got it. Should they fold?",
    "Do you take them to the gym or only on the train?",
    "Is 100 euro all right, or is that too much?",
    "Will you use them with an iPhone or with Android?",
    "You're welcome! Come back any time.",
    "Thanks, that helps. How long do you wear them in a day?",
    "Darf es etwas mehr kosten?",
    "Sollen sie kabellos sein?",
    "We have both kinds. Which one is it for, work or travel?",
    "Some are heavy. Does weight matter to you?",
)

IN_STOCK = (
    "Yes, the {t} is in stock.",
    "We still have the {t}, it is available right now.",
    "The {t} can be shipped today, it is in stock.",
    "Der {t} ist verfügbar.",
    "Den {t} haben wir auf Lager.",
)
SOLD_OUT = (
    "I'm sorry, the {t} is sold out right now.",
    "The {t} isn't in stock.",
    "The {t} is unavailable at the moment.",
    "Der {t} ist zurzeit nicht verfügbar.",
    "Der {t} ist gerade ausverkauft.",
)
WRONG_PRICE = (
    "The {t} sells for {price} euro.",
    "You pay {price} € for the {t}.",
    "The price of the {t} is {price} euro.",
    "At just €{price}, the {t} is a steal.",
    "The {t} - {price} EUR - would be my choice.",
    "Der {t} ist für {price} Euro zu haben.",
    "Für {price} € bekommen Sie den {t}.",
    "We're asking {price} euro for the {t}.",
)
WRONG_PRODUCT_YEAR = (
    "The {t}, which came out in {y}, is a good buy.",
    "The {t} ({y}) is still worth it.",
    "Der {t} kam {y} auf den Markt.",
    "Released in {y}, the {t} has held up well.",
)
WRONG_BRAND = (
    "The {t}, made by {p}, is a good pick.",
    "{p} makes the {t}, and it shows.",
    "I like the {t} by {p} best.",
    "Von {p} gibt es den {t}.",
)
WRONG_YEAR = (
    "Have a look at {t}, which was released in {y}.",
    "{t} is from {y}.",
    "Made in {y}, {t} has aged well.",
    "{t} ({y}) is what you need.",
    "Wie wäre es mit {t} aus dem Jahr {y}?",
    "{y}'s {t} would be my pick.",
)
WRONG_PERSON = (
    "{p} directed {t}, and it shows.",
    "In {t}, {p} is at the top of the game.",
    "{t} has {p} in the lead.",
    "Have you seen {t}? {p} plays the lead.",
    "{t} was written and directed by {p}.",
    "Wie wäre es mit {t} von {p}?",
    "{p} stars in {t}.",
)

PRODUCTS_ELSEWHERE = (
    "Sony WF-1000XM4", "Bose 700", "Beats Solo 4", "Sennheiser Accentum Wireless", "JBL Live 660NC",
    "Jabra Evolve2 65", "AKG N700NC", "Anker Space One", "Philips TAH8506",
    "Audio-Technica ATH-R70x", "Beyerdynamic Amiron", "Shure Aonic 50", "Marshall Monitor III",
    "Bose Ultra Open Earbuds", "Galaxy Buds FE", "CMF Buds Pro", "Teufel Airy Sports", "Grado RS2x",
    "Corsair Virtuoso", "Turtle Beach Stealth 700", "Astro A50", "Bang & Olufsen Beoplay HX",
    "Technics AZ80", "Koss KSC75", "HiFiMan Sundara", "Meze 99 Classics", "Edifier Stax Spirit S3",
    "Sony Inzone H9", "Apple EarPods", "Powerbeats Pro", "Freebuds 5", "Momentum Sport", "Tune Flex",
    "Elite Active", "Night Owl", "Paper Crown", "Silent Harbor",
)  # fmt: skip
FILMS_ELSEWHERE = (
    "The Handmaiden", "Portrait of a Lady on Fire", "The Worst Person in the World", "Drive My Car",
    "Shoplifters", "Like Father, Like Son", "Still Walking", "After Life", "Raw", "Titane",
    "Petite Maman", "Girlhood", "Water Lilies", "Force Majeure", "The Square", "Triangle of Sadness",
    "The Hunt", "Another Round", "Pusher", "Bronson", "Valhalla Rising", "Leviathan", "Loveless",
    "The Return", "Come and See", "Ivan's Childhood", "The Mirror", "Ashes of Time",
    "Days of Being Wild", "Eat Drink Man Woman", "Lust, Caution", "Raise the Red Lantern", "To Live",
    "Still Life", "Memories of Murder", "Poetry", "Secret Sunshine", "Peppermint Candy",
    "Right Now, Wrong Then", "Lamb", "Rams", "Of Horses and Men", "Sing Street", "Once", "The Guard",
    "Calvary", "Frank", "Short Term 12", "Leave No Trace", "Wind River", "Sicario", "Arrival",
    "Moonlight", "Get Out", "Us", "Nope", "Hereditary", "Midsommar", "The Lighthouse", "The Witch",
    "Uncut Gems", "Good Time", "Eighth Grade", "Lady Bird", "Frances Ha",
)  # fmt: skip
WORDS = (
    "Ember", "Harvest", "Citadel", "Hurricane", "Pendulum", "Orchard", "Lantern", "Avalanche",
    "Fever", "Requiem", "Pilgrim", "Beacon", "Driftwood", "Masquerade", "Overture", "Carnival",
    "Horizon", "Thunder", "Velvet", "Marathon", "Gossip", "Winter", "Salvation", "Stranger",
    "Legacy", "Breathless",
)  # fmt: skip
SYLLABLES = (
    "ba", "dro", "fen", "gis", "hu", "jor", "kla", "mep", "nuv", "osk", "pra", "ruz", "sti", "tev",
    "wix", "yal",
)  # fmt: skip
FOREIGN = (
    "沈黙の海", "Ночной поезд", "버닝", "花样年华", "Зеркало", "東京物語", "Κυνόδοντας", "ひかり", "Весна",
    "소나타", "音の森", "הרחק משם",
)  # fmt: skip
EDITIONS = ("Elite", "Mini", "2nd Gen", "Limited Edition", "Prime", "Z", "Wireless", "Mark III")
SEQUELS = ("The Reckoning", "Afterlife", "Homecoming", "The Last Chapter", "Blood Moon", "Part Two")
PEOPLE = (
    "Ingrid Solheim", "Peter Alcott", "Rosa Benitez", "Kofi Mensah", "Hanna Lindqvist",
    "David Okafor", "Claire Dumont",
)  # fmt: skip
SEEKERS_FILMS = (
    "What should I watch on Friday?", "I love dramas with good acting.",
    "Hello! Anything funny and short?", "Something for a date night, please.",
    "Hallo, ich suche einen guten Film.",
)  # fmt: skip
SEEKERS_PRODUCTS = (
    "Hi, I need new headphones.", "Which headphones are best for calls?",
    "I want to listen to music at the gym.", "My old pair broke. Something light, please.",
    "Hallo, ich brauche einen Kopfhörer für das Büro.",
)  # fmt: skip

if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    print(f"{len(FILMS)} frames of films, {len(PRODUCTS)} of products")
