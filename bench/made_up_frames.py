"""Frames of scripted replies about films and about products, for bench/made_up_names.py.

`{t}` is a title, real or made up, `{r}` another that is always real; `{g}` is the genre or category of `{t}`,
`{p}` one of its people, `{y}` its year, `{price}` its price, `{h}` its hours of battery, `{c}` its colour.
Frames with an even place were read while the check was written, the others only measured. Plain ones name
nothing.
"""

from __future__ import annotations

import argparse

FILMS = (
    "You should try {t}, because it is {g} at its best.",
    "I would suggest {t}.",
    "Have you seen {t}? It is a wonderful film.",
    "If you liked that, {t} might be just the thing for tonight.",
    "How about {t}? The pacing is slow, but the ending is worth it.",
    "{t} is a good choice for a rainy evening.",
    "I think you would enjoy {t}, which has a clever plot and a great soundtrack.",
    "My pick would be {t}.",
    "Let me recommend {t}, a {g} film with {p}.",
    "You could watch {t} or {r}; both are easy to like.",
    "For something lighter, {r} is fun, but {t} has more depth.",
    "Since you enjoy tense stories, {t} should keep you on the edge of your seat.",
    "{t} was directed with a steady hand and it shows.",
    "What about {t} with {p}?",
    "Oh, then you need to see {t}! It's so good.",
    "Great taste! {t} has the same dark humor.",
    "A friend of mine loves {t}, and I do too.",
    "Try {t} from {y}.",
    "You might like {t}. It came out in {y} and still holds up.",
    "1. {t}: a gripping story\n2. {r}: a classic",
    "- {t}\n- {r}",
    "Here are two ideas:\n\n1. **{t}** - moody and beautiful\n2. **{r}** - fast and funny",
    'I recommend "{t}" for your movie night.',
    'Have you heard of "{t}"? The acting is superb.',
    "*{t}* is what comes to my mind first.",
    "Perhaps {t}, if you don't mind subtitles.",
    "There's a lot of suspense in {t}, so it fits what you described.",
    "Well, {t} is one of the best {g} films I know.",
    "I'd go with {t}; the cast is brilliant and the jokes land.",
    "Not sure about that one, but {t} is close to what you want.",
    "Okay, then {t} it is. Enjoy the evening!",
    "Watch {t} tonight, and tell me how you liked it.",
    "People who love {r} often love {t} as well.",
    "{r} and {t} are both about family.",
    "It reminds me of {t}, only with a happier ending.",
    "So you want action and heart? {t} gives you both.",
    "The story of {t} is simple, but the performances are moving.",
    "If you have two hours, give {t} a chance.",
    "My favorite in that vein is {t}, hands down.",
    "I can see why you liked it. {t} goes even further.",
    "You'll find the same kind of twist in {t}.",
    "Something like {t} would suit you.",
    "{p} is great in {t}.",
    "Starring {p}, {t} is a treat for fans of {g}.",
    "Since you are after a comfort watch, may I suggest {t}?",
    "There is also {t}, which won many hearts.",
    "For a long weekend: {t}, then {r}.",
    "Honestly, nothing beats {t} when you want to be scared.",
    "In that case I'd pick {t} over {r}.",
    "That sounds like {t} to me.",
    "You can't go wrong with {t}, a true crowd-pleaser.",
    "Ich empfehle dir {t}, weil die Geschichte spannend ist.",
    "Wie wäre es mit {t}? Der Film ist lustig und warm.",
    "Hast du {t} schon gesehen?",
    "Vielleicht gefällt dir {t}, das ist ein Klassiker.",
    "Dann schau dir {t} an, die Schauspieler sind großartig.",
    "{t} passt gut zu deinem Geschmack.",
    "Mein Tipp: {t}.",
    "Für einen ruhigen Abend würde ich {t} vorschlagen.",
    "The one I have in mind is {t}, made in {y}.",
    "You said you like slow films, and {t} takes its time.",
    "Then {t}. No question about it.",
    "Try the {g} film {t} next.",
    "I suggest you start with {t} and see how you feel.",
)

PLAIN_FILMS = (
    "What kind of films do you usually enjoy?",
    "Do you prefer something recent or an older classic?",
    "Are you in the mood for a comedy or for something more serious?",
    "Could you tell me a little more about what you like?",
    "Who will be watching with you tonight, and how much time do you have?",
    "I love that you enjoy foreign films! Do you mind subtitles?",
    "Do you like movies set in Paris or New York?",
    "Would you rather laugh, cry, or be scared?",
    "Is there an actor or a director whose work you always like?",
    "Magst du lieber Komödien oder Krimis?",
    "Was hast du zuletzt gesehen, und wie fandest du es?",
    "Sure! Shall it be a series or a film?",
)

PRODUCTS = (
    "You should try the {t}, because it is {g} at its best.",
    "I would suggest the {t}.",
    "The {t} is a good match for what you describe.",
    "How about the {t}? It is comfortable and light.",
    "If you want clear sound, take the {t}.",
    "The {t} costs {price} euro and sounds great.",
    "For {price} €, the {t} is hard to beat.",
    "We have the {t} for {price} euro.",
    "I recommend the {t} in {c}.",
    "My pick for the office is the {t}; its microphone is very clear.",
    "The {t} has {h} hours of battery and a soft fit.",
    "You could get the {t} or the {r}; both are good for travel.",
    "For running, the {t} stays in place better than the {r}.",
    "Have you looked at the {t}? It folds flat and fits into a bag.",
    "Great question! The {t} by {p} is what most people choose.",
    "{t} would be my choice.",
    "Then the {t} it is.",
    "I'd go with the {t}: strong bass, long battery life, easy to clean.",
    "1. {t}: clear and light\n2. {r}: warmer, with more bass",
    "- {t} ({price} €)\n- {r}",
    "Two ideas:\n\n1. **{t}** - great for calls\n2. **{r}** - better for music",
    'I suggest "{t}" for your commute.',
    "The {p} model to look at is the {t}.",
    "Since you travel a lot, the {t} with noise cancelling makes sense.",
    "Perhaps the {t}, if you don't mind the weight.",
    "The {t} is one of our best {g} headphones.",
    "People who buy the {r} often like the {t} as well.",
    "Not quite, but the {t} comes close to what you want.",
    "The {t} is in the same range, but it is easier to carry.",
    "Honestly, nothing beats the {t} for long calls.",
    "Take a look at the {t}; it came out in {y}.",
    "The {t} from {y} is still a very good buy.",
    "You'll like the {t}. It is soft, warm and well made.",
    "Go for the {t} if you want the longest battery life.",
    "In that case I'd choose the {t} over the {r}.",
    "With the {t} you get a detachable cable and a travel case.",
    "The {t} is priced at {price} euro, which fits your budget.",
    "At {price} euro the {t} is not cheap, but it lasts.",
    "So you need something for the gym? The {t} is sweat-proof and stays put.",
    "Its little brother, the {t}, is lighter still.",
    "Let me suggest the {t} for your daughter, as the volume is limited.",
    "There is also the {t}, which charges fast.",
    "You can't go wrong with the {t}.",
    "Okay! The {t} should be on your list.",
    "For mixing and recording I would take the {t}.",
    "What about the {t}? Its sound is balanced and never harsh.",
    "The {t} will do everything you need, and it looks good in {c}.",
    "Try the {t} first, and come back if it is too heavy.",
    "Well, the {t} is the one I'd buy myself.",
    "You want quiet on the train, so look at the {t}.",
    "The sound of the {t} is warm, while the {r} is brighter.",
    "Ich empfehle Ihnen den {t}, weil er bequem ist und gut klingt.",
    "Wie wäre es mit dem {t}? Er kostet {price} Euro.",
    "Der {t} passt gut zu Ihren Wünschen.",
    "Für Reisen würde ich den {t} nehmen, der Akku hält {h} Stunden.",
    "Vielleicht gefällt Ihnen der {t} von {p}.",
    "Schauen Sie sich den {t} an, er ist leicht und robust.",
    "Mein Vorschlag: {t}.",
    "Mit dem {t} machen Sie nichts falsch, der Klang ist ausgewogen.",
    "Der {t} für {price} € ist eine gute Wahl.",
    "My suggestion is the {t}, a {g} headphone by {p}.",
    "The {t} and the {r} both have two years of warranty.",
    "You asked for something simple: the {t} has one button and no app.",
    "Hm, the {t} may be a little tight if you wear glasses.",
)

PLAIN_PRODUCTS = (
    "What will you use the headphones for?",
    "Do you prefer in-ear or over-ear headphones?",
    "Is noise cancelling important to you, and should they be wireless?",
    "How much would you like to spend?",
    "Would you rather stay under 50 euro, or may it be a little more?",
    "Do you need a microphone for calls with Windows or a Mac?",
    "Should the battery last a whole working day?",
    "Bluetooth is handy on the train, but a cable never runs out of power. Which do you prefer?",
    "Welche Farbe hätten Sie gern, und wie viel möchten Sie ausgeben?",
    "Brauchen Sie die Kopfhörer für Sport oder für das Büro?",
    "Thanks! Are they for you, or is it a gift?",
    "Do you wear glasses? Some models press a little.",
)

#: Claims about stock: a frame for what is there, and one for what is not.
IN_STOCK = (
    "The {t} is in stock.",
    "I suggest the {t}, which is available now.",
    "Good news: the {t} is in stock and ready to ship.",
    "Der {t} ist auf Lager.",
    "Der {t} ist sofort lieferbar.",
    "You can have the {t} tomorrow, it's in stock.",
)
SOLD_OUT = (
    "I would suggest the {t}, but it is sold out.",
    "The {t} is out of stock at the moment.",
    "Sadly the {t} is no longer available.",
    "Der {t} ist leider ausverkauft.",
    "The {t} is currently not available.",
    "Der {t} ist nicht auf Lager.",
)
#: Said of a real item with another's price, year or maker.
WRONG_PRICE = (
    "The {t} costs {price} euro.",
    "We have the {t} for {price} €.",
    "For {price} euro you get the {t}.",
    "How about the {t} for only {price} euro?",
    "The {t} is yours for ${price}.",
    "The {t} (€{price}) is what I would buy.",
    "Der {t} kostet {price} Euro.",
    "Den {t} gibt es für {price} €.",
    "I suggest the {t}, priced at {price} EUR.",
    "At {price} dollars the {t} is a bargain.",
)
WRONG_PRODUCT_YEAR = (
    "The {t} from {y} is a safe choice.",
    "The {t} was released in {y}.",
    "Try the {t}, launched in {y}.",
    "Der {t} aus dem Jahr {y} klingt gut.",
)
WRONG_BRAND = (
    "The {t} is made by {p}.",
    "How about the {t} from {p}?",
    "I recommend the {t} by {p}.",
    "Der {t} von {p} ist leicht.",
)
WRONG_YEAR = (
    "Try {t} from {y}.",
    "{t} came out in {y} and still works.",
    "You might like {t}, released in {y}.",
    "I recommend {t} ({y}).",
    "How about {t} ({y})? It is very funny.",
    "{t}, made in {y}, is my suggestion.",
)
WRONG_PERSON = (
    "Try {t}, directed by {p}.",
    "You might enjoy {t} with {p}.",
    "{t}, starring {p}, is a treat.",
    "I suggest {t}; {p} stars in it and is superb.",
    "How about {t} by {p}?",
    "{t} features {p} in a great role, directed by {p}.",
)
#: Names that stand in neither catalogue, and what names are made of.
PRODUCTS_ELSEWHERE = (
    "Sony WH-1000XM5", "Bose QuietComfort 45", "Apple AirPods Max", "Sennheiser Momentum 4",
    "JBL Tune 510BT", "Beats Studio Pro", "Skullcandy Crusher Evo", "Jabra Elite 85h", "AKG K371",
    "Anker Soundcore Q30", "Philips Fidelio X2HR", "Audio-Technica ATH-M50x", "Beyerdynamic DT 770 Pro",
    "Shure SE215", "Marshall Major IV", "Sony SR-121 Black", "Bose Sport Earbuds", "Google Pixel Buds A",
    "Samsung Galaxy Buds2 Pro", "Nothing Ear 2", "Bowers & Wilkins PX7", "Teufel Real Blue",
    "Grado SR80x", "HyperX Cloud II", "SteelSeries Arctis 7", "Razer Kraken X", "Logitech G Pro X",
    "Master & Dynamic MW65", "Technics EAH-A800", "Koss Porta Pro", "Audeze Maxwell", "Focal Bathys",
    "Edifier W820NB", "Sennheiser HD 600", "Sony LinkBuds S", "AirPods Pro", "QuietComfort Ultra",
    "Soundcore Life",
)  # fmt: skip
FILMS_ELSEWHERE = (
    "The Zero Theorem", "Tomorrow Never Dies", "Kiss Kiss Bang Bang", "A Bittersweet Life",
    "The Man from Nowhere", "Summer of Soul", "The Lobster", "Wild Strawberries", "La Strada",
    "The Seventh Seal", "Stalker", "Solaris", "Paper Moon", "Harold and Maude", "The Vast of Night",
    "First Cow", "Columbus", "Paterson", "Ghost Dog", "Brick", "Primer", "Coherence", "The Fall",
    "Tampopo", "Cure", "Audition", "The Wailing", "Burning", "Mother", "Okja", "Snowpiercer",
    "Certified Copy", "Close-Up", "Taste of Cherry", "A Separation", "Capernaum", "Timbuktu",
    "Atlantics", "Beau Travail", "The Double Life of Veronique", "Dekalog", "Ida", "Cold War",
    "Toni Erdmann", "Victoria", "Phoenix", "Barbara", "Transit", "Undine", "Goodbye Dragon Inn", "Yi Yi",
    "Happy Together", "Chungking Express", "Fallen Angels", "2046", "Hard Boiled", "The Killer",
    "Infernal Affairs", "Election", "Drug War", "Exiled", "Police Story",
)  # fmt: skip
WORDS = (
    "Solace", "Momentum", "Halcyon", "Tundra", "Paragon", "Bastion", "Cascade", "Monolith", "Vertigo",
    "Inferno", "Catalyst", "Oblivion", "Serenade", "Tempest", "Labyrinth", "Mirage", "Nocturne",
    "Obsidian", "Rhapsody", "Silhouette", "Meridian", "Vanguard", "Whirlwind", "Equinox", "Lullaby",
    "Quicksand", "Inception",
)  # fmt: skip
SYLLABLES = (
    "ta",
    "vro",
    "kel",
    "lin",
    "mo",
    "ri",
    "sen",
    "dar",
    "pho",
    "zu",
    "bex",
    "gor",
    "lum",
    "nai",
    "qui",
    "tor",
)
FOREIGN = ("サイレンス", "静音王", "Тихий час", "기생충", "霸王别姬", "Сталкер", "千と千尋", "Ησυχία",
            "ゆめ", "Полночь", "음악가", "風の音")  # fmt: skip
EDITIONS = ("Ultra", "Max", "SE", "Black Edition", "Signature", "X", "Evo", "Neo")
SEQUELS = ("The Return", "Origins", "Resurrection", "A New Dawn", "Last Stand", "Part II")
PEOPLE = (
    "Anders Holm",
    "Maria Kessler",
    "Tom Brannigan",
    "Yuki Tanabe",
    "Lena Fortuna",
    "Marcus Idowu",
    "Greta Vance",
)
SEEKERS_FILMS = (
    "I'm in the mood for a good film tonight.", "I like crime films and thrillers.",
    "Something funny, please!", "Hi! I want to watch something with my family.",
    "Ich mag spannende Filme.",
)  # fmt: skip
SEEKERS_PRODUCTS = (
    "I need headphones for the train.", "I'm looking for comfortable headphones with good bass.",
    "Hello, which headphones are good for running?",
    "I want something for my office, with a microphone.", "Ich suche einen Kopfhörer für Reisen.",
)  # fmt: skip

if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    print(f"{len(FILMS)} frames of films, {len(PRODUCTS)} of products")
