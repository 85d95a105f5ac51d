"""Frames for a fifth measure of bench/made_up_names.py, by somebody who had not read what checks replies.

The marks are those of bench/made_up_frames.py; `{d}` is one who directed `{t}`, `{a}` one of its cast, and
`{P}`, `{D}`, `{A}` are `{p}`, `{d}`, `{a}` with an initial in place of the first name. Of every list the
first entry, the third and so on are the half to develop on; the others are kept, to be read and measured
once, at the end.
"""

from __future__ import annotations

import argparse

FILMS = (
    # after a comparison
    "Honestly, rather {t} than {r} tonight.",
    "I would take {t} over {r} any day.",
    "Better {t} than yet another sequel.",
    "Nothing beats {t}, not even {r}.",
    "{t} rather than {r}, if you ask me.",
    "Compared to {t}, {r} is a walk in the park.",
    "Is {t} funnier than {r}? I think so.",
    "More like {t}, less like {r}: that is how I read your wish.",
    "You are torn between {r} and {t}? Go with the second.",
    "As charming as {r}, but shorter: {t}.",
    "Lieber {t} als {r}, w\u00fcrde ich sagen.",
    "Dann doch lieber {t}.",
    "Besser als {r} finde ich {t}.",
    "{t} ist spannender als {r}.",
    "Eher {t} oder eher {r}?",
    "Ich ziehe {t} jederzeit {r} vor.",
    # after dashes and colons
    "One tip \u2014 {t} \u2014 and I'll leave you in peace.",
    "Something gentle \u2013 {t} \u2013 might help you sleep.",
    "Verdict: {t}. Reason: you asked for {g}.",
    "Tonight: {t}. Tomorrow: {r}.",
    "Plan A: {r}; plan B: {t}.",
    "There is only one answer to that -- {t}.",
    "It's slow, sad and beautiful: {t}.",
    "Mein Vorschlag: {t}. Er dauert nicht lang.",
    "Zwei Filme fallen mir ein \u2013 {r} und {t}.",
    # in questions
    "Could {t} be what you are looking for?",
    "And if I said {t}?",
    "Has anyone ever shown you {t}?",
    "Which one sounds better, {t} or {r}?",
    "What did you think of {t}, if you saw it?",
    "Shouldn't you finally see {t}?",
    "Wouldn't {t} make your evening?",
    "So, {t} it is?",
    "Schon mal von {t} geh\u00f6rt?",
    "Hast du {t} gesehen?",
    "Wie w\u00e4re es heute mit {t}?",
    # in parentheses
    "A small film (I mean {t}) with a big heart.",
    "You want {g}? I have one (it's {t}) that fits.",
    "There are two I'd name ({t} and {r}).",
    "The sequel to nothing and the father of many ({t}, of course).",
    "Something from the same decade (say, {t}) would do.",
    "Ein ruhiger Film (ich denke an {t}) passt gut.",
    # in lists
    "Try one of these: {r}, {t} or {r}.",
    "{t}, {r}, {r}: in that order.",
    "\u2022 {r}\n\u2022 {t}\n\u2022 {r}",
    "1. {t}\n2. {r}\n3. {r}\nTell me which one you know.",
    "a) {r}\nb) {t}\nWhich one shall it be?",
    "First choice: {t}\nSecond choice: {r}",
    "For laughs: {r}. For tears: {t}. For both: {r}.",
    "| film | why |\n|---|---|\n| {t} | it is {g} |\n| {r} | it is short |",
    "{r} and {t} and {r}, one after the other!",
    "Neither {r} nor {t} is long.",
    "Both {t} and {r} would please your mother.",
    "Either {t} or {r} will do.",
    # in quotes
    "Then \u00ab{t}\u00bb is what you want.",
    "They call it \u2018{t}\u2019 and you will see why.",
    'Look up "{t}" when you are home.',
    "**{t}** it is, then.",
    "`{t}` would be my answer.",
    "Der Film hei\u00dft \u201e{t}\u201c und ist sehenswert.",
    # possessives and parts
    "{t}'s ending will break your heart.",
    "I love {t}'s camera work.",
    "The mood of {t} is what you describe.",
    "In {t}, a family comes apart over one weekend.",
    "Halfway through {t} you'll forget your phone.",
    "The cast of {t} is a gift.",
    "Nobody in {t} is who they seem to be.",
    "Die Musik in {t} ist gro\u00dfartig.",
    # with people
    "{d}'s {t} would be a fine start.",
    "{D}'s {t} comes to mind.",
    "I'd go for {t} by {d}.",
    "{A} plays a part in {t} that you won't forget.",
    "Thanks to {p}, {t} never drags.",
    "Watch {a} in {t} and you will see what I mean.",
    "{d} has made better-known films, but {t} is the one for you.",
    "{t} (dir. {d}) is short enough for a weeknight.",
    "Mit {a} in einer Hauptrolle ist {t} ein Vergn\u00fcgen.",
    "{d} hat mit {t} etwas Besonderes geschaffen.",
    # with years and facts
    "Back in {y}, {t} was all that people talked about.",
    "It's from {y}, it's {g}, and it's called {t}.",
    "A {g} film of {y} named {t} is close to that.",
    "Released in {y}, {t} has aged well.",
    "{t}, {y}, {g}. Enough said.",
    "{t} kam {y} in die Kinos.",
    # where a name stands first or alone
    "{t}.",
    "{t}!",
    "{t}? A safe bet.",
    "{t}, obviously.",
    "{t} and popcorn: what more do you need?",
    "{t} - trust me.",
    "Definitely {t}",
    # in longer sentences
    "Given that your week was hard, I would not choose anything bleak, so {t} it shall be.",
    "If your dad likes {r}, then chances are that he will sit through {t} as well.",
    "Most people who come here for {g} leave with {t}, and they come back happy.",
    "I hear you; long films are tiring, and {t} is over before you know it.",
    "I know it sounds like a cliche, but {t} changed how I look at rain.",
    "You mentioned a dog, a road trip and a secret, which is more or less {t}.",
    "Before you decide, let me put in a word for {t}, since hardly anyone knows it.",
    "That one was great, wasn't it? Then you can't miss {t}.",
    "Say no more, {t} is on its way to your list.",
    "Mark my words: by Sunday you'll have seen {t} twice.",
    "We could do {r}, we could do {t}, we could even do both.",
    "People compare it with {r}, yet {t} has a lighter touch.",
    "After {r}, nothing calms the nerves like {t}.",
    "My grandmother's favorite was {t}, and she had taste.",
    "Skip the trailer of {t}, it gives away too much.",
    "Don't let the poster of {t} fool you.",
    "Give {t} twenty minutes.",
    "Put {t} on, lean back and breathe.",
    "Save {t} for Halloween, watch {r} now.",
    "I'm leaning towards {t} here.",
    "I'd bet on {t}.",
    "I settled on {t} for you.",
    "I'm thinking of {t}.",
    "We ended up with {t} last time, so how about {r} now?",
    "It reminds me of {t}.",
    "It has to be {t}.",
    "It's called {t}.",
    "You've earned {t}.",
    "You'd love {t}, I promise.",
    "Go for {t}; you can thank me later.",
    # German, longer
    "Da du {r} mochtest, k\u00f6nnte dir auch {t} gefallen.",
    "Ich w\u00fcrde es mit {t} versuchen.",
    "Probier mal {t} aus.",
    "Mir f\u00e4llt sofort {t} ein.",
    "Kein Problem, dann nehmen wir {t}.",
    "Wenn es lustig sein soll, ist {t} genau richtig.",
    "Schau dir {t} an, du wirst es nicht bereuen.",
    "Auch {t} ist einen Blick wert.",
)
PLAIN_FILMS = (
    "Who will be watching with you?",
    "Is there a film that you never want to see again?",
    "Rather something old or something new?",
    "Better safe than sorry: do you mind violence?",
    "Do you prefer a happy ending to a sad one?",
    "Alright! Shall it be set in Paris, in Tokyo or somewhere else?",
    "Hm, that is a hard one. Would a musical do?",
    "I see. What was the last film that made you laugh out loud?",
    "Sure, take your time. I'm here all night.",
    "So no zombies, no ghosts, no sharks. Anything else you'd rather avoid?",
    "Thanks! One more question: with subtitles or without?",
    "Oh no, that sounds tiring. A comedy, then?",
    "Happy to help! Enjoy your evening.",
    "Do you have two hours, or less?",
    "Lieber etwas Lustiges oder etwas Ernstes?",
    "Darf es auch ein \u00e4lterer Film sein?",
    "Verstehe. Und was magst du gar nicht?",
    "Gern geschehen, viel Spa\u00df heute Abend!",
)
PRODUCTS = (
    # after a comparison
    "Honestly, rather the {t} than the {r}.",
    "I would take the {t} over the {r} any day.",
    "Better the {t} than none.",
    "Nothing beats the {t}, not even the {r}.",
    "The {t} rather than the {r}, if you ask me.",
    "Compared to the {t}, the {r} is heavy.",
    "Is the {t} louder than the {r}? I think so.",
    "You are torn between the {r} and the {t}? Go with the second.",
    "As light as the {r}, but cheaper: the {t}.",
    "Lieber den {t} als den {r}, w\u00fcrde ich sagen.",
    "Dann doch lieber {t}.",
    "Der {t} ist leichter als der {r}.",
    "Besser als der {r} klingt der {t}.",
    "Eher {t} oder eher {r}?",
    # after dashes and colons
    "One tip \u2014 the {t} \u2014 and I'll let you shop.",
    "Something soft \u2013 the {t}, say \u2013 will not hurt your ears.",
    "Verdict: {t}. Reason: you asked for {g}.",
    "Cheapest: {r}. Best: {t}.",
    "Option A: {r}; option B: {t}.",
    "It's light, quiet and affordable: {t}.",
    "Unser Vorschlag: {t}.",
    "Zwei Modelle fallen mir ein \u2013 {r} und {t}.",
    # in questions
    "Could the {t} be what you need?",
    "And if I said {t}?",
    "Have you tried on the {t}?",
    "Which one looks better to you, the {t} or the {r}?",
    "Shouldn't you treat yourself to the {t}?",
    "So, the {t} it is?",
    "Kennen Sie schon den {t}?",
    "Wie w\u00e4re es mit dem {t}?",
    # in parentheses
    "A small one (I mean the {t}) with a big sound.",
    "There are two I'd name ({t} and {r}).",
    "One of our newer models (the {t}) can do that.",
    "Ein leichtes Modell (etwa der {t}) passt gut.",
    # in lists
    "Try one of these: {r}, {t} or {r}.",
    "{t}, {r}, {r}: in that order.",
    "\u2022 {r}\n\u2022 {t}\n\u2022 {r}",
    "1. {t}\n2. {r}\n3. {r}\nTell me which one you like.",
    "a) {r}\nb) {t}\nWhich one shall it be?",
    "First choice: {t}\nSecond choice: {r}",
    "For the gym: {r}. For the train: {t}.",
    "| model | why |\n|---|---|\n| {t} | it is {g} |\n| {r} | it is light |",
    "Neither the {r} nor the {t} has a cable.",
    "Both the {t} and the {r} fit in a coat pocket.",
    "Either the {t} or the {r} will do.",
    # in quotes
    "Then \u00ab{t}\u00bb is what you want.",
    'Look for "{t}" on the box.',
    "**{t}** it is, then.",
    "Das Modell hei\u00dft \u201e{t}\u201c.",
    # possessives and parts
    "The {t}'s ear pads are very soft.",
    "I like the {t}'s sound best.",
    "The hinge of the {t} is made of metal.",
    "With the {t} on, you won't hear the vacuum cleaner.",
    "Inside the {t} there is a second microphone.",
    "Die Polster des {t} sind weich.",
    # with brands
    "{p}'s {t} would be a fine start.",
    "I'd go for the {t} by {p}.",
    "Thanks to {p}, there is the {t}.",
    "{p} has dearer models, but the {t} is the one for you.",
    "Von {p} gibt es den {t}.",
    # with facts
    "Back in {y}, the {t} was our best seller.",
    "It's from {y}, it's {g}, and it's called {t}.",
    "At {price} euro the {t} is hard to beat.",
    "For {price} \u20ac you get the {t}.",
    "The {t} ({price} EUR) fits your budget.",
    "{h} hours on one charge: that is the {t}.",
    "The {t} gives you {h} hours of music.",
    "Would {c} suit you? The {t} comes in {c}.",
    "F\u00fcr {price} Euro bekommen Sie den {t}.",
    # where a name stands first or alone
    "{t}.",
    "{t}!",
    "{t}? A safe bet.",
    "{t}, obviously.",
    "{t} - you won't regret it.",
    "Definitely the {t}",
    # in longer sentences
    "Given that your ears get warm, I would not choose anything tight, so the {t} it shall be.",
    "If your son likes the {r}, then chances are that he will get along with the {t} as well.",
    "Most people who come here for {g} leave with the {t}, and they come back happy.",
    "I hear you; cables are a pain, and the {t} has none.",
    "You mentioned a budget, a long commute and small ears, which is more or less the {t}.",
    "Before you decide, let me put in a word for the {t}, since hardly anyone knows it.",
    "Say no more, the {t} is on its way to your basket.",
    "People compare it with the {r}, yet the {t} has a lighter touch.",
    "After a day with the {r}, nothing feels as light as the {t}.",
    "My colleague at the till wears the {t} all day.",
    "Don't let the look of the {t} fool you.",
    "Put the {t} on, lean back and listen.",
    "Plug in the {t} overnight and you are done.",
    "I'm leaning towards the {t} here.",
    "I'd bet on the {t}.",
    "I'm thinking of the {t}.",
    "It has to be the {t}.",
    "It's called {t}.",
    "You'd love the {t}, I promise.",
    "Go for the {t}; you can send it back within a month.",
    "Spotify, calls, podcasts: the {t} does it all.",
    "The {t} works with Android and with the iPhone.",
    # German, longer
    "Da Sie den {r} mochten, k\u00f6nnte Ihnen auch der {t} gefallen.",
    "Ich w\u00fcrde es mit dem {t} versuchen.",
    "Mir f\u00e4llt sofort der {t} ein.",
    "Wenn er leise sein soll, ist der {t} genau richtig.",
    "Auch der {t} ist einen Blick wert.",
    "Nehmen Sie {t}, der passt immer.",
)
PLAIN_PRODUCTS = (
    "Where will you use them most?",
    "Rather in the ear or over it?",
    "Better safe than sorry: do you have an old phone with a jack?",
    "Do you prefer a cable to a battery?",
    "Alright! Do you fly often, say from Berlin to Madrid?",
    "Is it for music, for calls or for games?",
    "I see. What did you dislike about your old ones?",
    "Thanks! One more question: with or without a microphone?",
    "Happy to help! Enjoy your music.",
    "Does it have to be black?",
    "Is there a limit to what you want to spend?",
    "Of course, you can send them back within thirty days.",
    "Lieber mit Kabel oder ohne?",
    "Darf es auch ein gebrauchtes Modell sein?",
    "Verstehe. Wie viel m\u00f6chten Sie h\u00f6chstens ausgeben?",
    "Gern geschehen, viel Freude damit!",
)
IN_STOCK = (
    "The {t} is in stock, so you could have it tomorrow.",
    "Good news: we have the {t} in stock.",
    "Yes, the {t} is available right now.",
    "Den {t} haben wir auf Lager.",
)
SOLD_OUT = (
    "The {t} is sold out, sorry.",
    "Sadly, the {t} is out of stock at the moment.",
    "No, the {t} is currently not available.",
    "Der {t} ist zurzeit ausverkauft.",
)
WRONG_PRICE = (
    "At {price} euro the {t} is hard to beat.",
    "For {price} \u20ac you get the {t}.",
    "The {t} ({price} EUR) fits your budget.",
    "The {t} is yours for {price} euro.",
    "F\u00fcr {price} Euro bekommen Sie den {t}.",
    "Der Preis des {t} liegt bei {price} \u20ac.",
)
WRONG_PRODUCT_YEAR = (
    "The {t} has been on the market since {y}.",
    "Launched in {y}, the {t} still sells.",
    "The {t} appeared in {y}.",
    "Den {t} gibt es seit {y}.",
)
WRONG_BRAND = (
    "{p}'s {t} would be a fine start.",
    "I'd go for the {t} by {p}.",
    "The {t} is a {p} product.",
    "Von {p} gibt es den {t}.",
)
WRONG_YEAR = (
    "Back in {y}, {t} was in all cinemas.",
    "Released in {y}, {t} has aged well.",
    "{t}, a film from {y}, is close to that.",
    "{t} kam {y} in die Kinos.",
    "I'd go for {t} ({y}), it is short.",
    "The {y} film {t} is my pick.",
)
WRONG_PERSON = (
    "{p}'s {t} would be a fine start.",
    "{P}'s {t} comes to mind.",
    "I'd go for {t} by {p}.",
    "{P} plays the lead in {t}.",
    "{t} (dir. {p}) is short enough for a weeknight.",
    "{t} by {P} is slow but good.",
    "{p} is wonderful in {t}.",
    "In {t}, {P} is at the top of the game.",
    "Mit {p} in der Hauptrolle ist {t} ein Vergn\u00fcgen.",
    "{p} hat {t} gedreht.",
)

PRODUCTS_ELSEWHERE = (
    "Sony WF-1000XM4", "Bose QuietComfort 45", "Sennheiser Momentum 4", "JBL Tune 770NC", "Beats Studio Buds",
    "AKG N700NC", "Marshall Major IV", "Shure Aonic 50", "Jabra Elite 85t", "Nothing Ear (2)",
    "Apple AirPods Max", "Grado SR80x", "Focal Bathys", "Sonos Ace", "Anker Soundcore Q30",
    "Samsung Galaxy Buds2 Pro", "Audio-Technica ATH-M50x", "Beyerdynamic DT 770 Pro", "Teufel Real Blue",
    "Google Pixel Buds", "Panasonic RB-M700", "Technics EAH-A800", "Philips H6509", "HyperX Cloud Alpha",
)  # fmt: skip
FILMS_ELSEWHERE = (
    "Certain Women", "First Cow", "Wendy and Lucy", "Toni Erdmann", "Undine", "Phoenix", "Barbara", "Transit",
    "Western", "System Crasher", "Victoria", "Good Bye, Lenin!", "Soul Kitchen", "Goodbye to Language",
    "Vivre sa vie", "La Jet\u00e9e", "Sans Soleil", "Le Bonheur", "Vagabond", "Faces Places", "Lola",
    "Beau Travail", "35 Shots of Rum", "High Life", "Holy Motors", "Mauvais Sang", "A Separation",
    "The Salesman", "Close-Up", "Taste of Cherry", "Still Walking", "Like Father, Like Son", "Nobody Knows",
    "Tampopo", "Yi Yi", "Millennium Mambo", "Memories of Murder", "Mother", "Burning", "Poetry",
    "Uncle Boonmee", "Tropical Malady", "Zama", "The Headless Woman", "Neighboring Sounds", "Aquarius",
    "Theeb", "Wadjda", "Caramel", "Timbuktu", "Moolaad\u00e9", "Touki Bouki", "Stalker", "Mirror",
    "Come and See", "Leviathan", "Ida", "Cold War", "The Double Life of Veronique", "Sátántangó",
)  # fmt: skip
WORDS = (
    "Driftwood", "Ember", "Glass", "Lantern", "Harbour", "Orchard", "Static", "Marrow", "Tinsel", "Cobalt",
    "Saffron", "Plaster", "Gravel", "Thaw", "Rewind", "Halfway", "Closer to Home", "Understudy", "Bystander",
    "Turnstile", "Linger", "Overcast", "Anyhow", "Sooner", "Elsewhere", "Nobody", "Sugar", "Velvet", "Ash",
    "Brine",
)  # fmt: skip
SYLLABLES = (
    "an", "bru", "ced", "dro", "elm", "fen", "gor", "hal", "ist", "jor", "kru", "lav", "mon", "nev", "ost",
    "pry", "qua", "rif", "sel", "tam", "ulb", "vex",
)  # fmt: skip
FOREIGN = (
    "\u6625\u306e\u5d50", "\u9752\u3044\u90e8\u5c4b", "\u0411\u0435\u0440\u0435\u0433",
    "\u041f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0439 \u043f\u043e\u0435\u0437\u0434",
    "\uac00\uc744 \uc5ed", "\u5317\u98ce", "\u0397 \u03c3\u03b9\u03c9\u03c0\u03ae",
    "\u0631\u0628\u064a\u0639", "\u05d4\u05dc\u05d9\u05dc\u05d4", "\u0938\u093e\u0935\u0928",
    "Z\u00edtra v poledne", "Dom nad jeziorem", "Ki\u015f G\u00fcnleri", "\u00darslit",
)  # fmt: skip
EDITIONS = (
    "Mark II", "NC", "Mini", "Studio Edition", "Ultra", "SE", "2026", "Air Max", "Travel Pack", "Lite 2",
)  # fmt: skip
SEQUELS = (
    "A Love Story", "The Return", "Origins", "Redux", "The Reckoning", "Last Rites", "Part II",
    "Days of Salt", "The Musical", "Aftermath",
)  # fmt: skip
#: Kinds of made-up names that the other sets do not have; `{t}` is a real title, `{b}` a real brand.
FILM_NAMES = {
    "a sentence": (
        "Nobody Told the Gardener", "We Were Never Here Before", "She Counts the Boats",
        "Where the Tram Ends", "All My Neighbours Are Bakers", "Don't Wake Ludwig", "I Married a Lighthouse",
        "What the Snow Left", "They Came by Ferry", "Tell Me About Oslo",
    ),
    "ordinary words, small": (
        "a summer's lease", "the long way round", "glass and smoke", "after the harvest", "half a life ago",
        "before we sleep", "the other side of town", "no place to stand", "slow water", "a good man's debt",
        "quiet hours", "the last of the light",
    ),
    "somebody's name": (
        "Ottilie Kranz", "The Ballad of Jonas Veit", "Being Hannah Price", "Aunt Dorothy", "Mr. Quill",
        "Marguerite", "The Two Lives of Ed Boone", "Dr. Halloway", "Saint Winifred", "Captain Orlo",
    ),
    "numbers in words": (
        "Seven Winters", "Ninety-Nine Doors", "Half Past Nine", "Two Sisters and a Mule", "Thirteen Stairs",
        "The Fifth Passenger", "One Thousand Crows", "Twice on Sunday", "Four by Four", "Room Eleven",
    ),
    "head and subtitle": (
        "Meridian: A Requiem", "Harbour \u2013 A Love Story", "Iron Tide: Uprising", "Salt (Director's Cut)",
        "Vesper - The Beginning", "Orphan Road: Chapter One", "Nightjar, or the Art of Waiting",
        "Cinders: The Lost Reel", "Paper Kings / Paper Queens", "Undercurrent: Berlin",
    ),
    "around a real one": (
        "Return to {t}", "The {t} Story", "Beyond {t}", "{t} Forever", "Son of {t}", "{t} vs. the World",
        "The Making of {t}", "Young {t}", "{t} in Love", "Escape from {t}",
    ),
    "of a language": (
        "Der letzte Sommer auf R\u00fcgen", "Das Glashaus", "Die Stille der Felder", "Wir Kinder vom Hafen",
        "La maison du vent", "Un jour de pluie", "El faro perdido", "Las tres hermanas",
        "Il mare dentro casa",
        "O quarto vazio", "Vom Suchen und Finden", "Nachtzug nach Triest",
    ),
    "with marks": (
        "What's Left?", "Oh, Margaret!", "M.A.R.K.", "60/40", "#Lost", "Th3 Wall", "Yes/No/Maybe",
        "...and Then Snow", "Tick, Tick, Tock", "K-91", "e-mail", "R.O.O.K.",
    ),
}  # fmt: skip
PRODUCT_NAMES = {
    "a brand and a model": (
        "Velum Audio K2", "Tarnow TX-9", "Ostra One", "Brandl & Sohn M4", "Lumo Buds", "Kestrel S20",
        "Ohrwurm Klassik", "Nimbus Pro 3", "Fjell F-100", "Arden Acoustics Solo",
    ),
    "a model of a real brand": (
        "{b} Zephyr 4", "{b} QX-901", "{b} Featherweight", "{b} Nachtruhe", "{b} Tempo XL", "{b} K9",
        "{b} Monsoon Pro", "{b} Sprint", "{b} 450 BT", "{b} Duett",
    ),
    "a model alone": (
        "QX-901", "WH-77", "Zephyr 4", "K9 Pro", "Nachtruhe", "Whisperer", "Featherweight", "T-50 RP",
        "Duett Plus", "M3x",
    ),
    "ordinary words, small": (
        "night owl", "quiet one", "little drummer", "second skin", "soft cloud 2", "blue hour",
        "free bird pro",
        "deep end", "open road", "long player",
    ),
    "small brand and model": (
        "velum k2", "tarnow tx-9", "ostra one", "lumo buds", "kestrel s20", "nimbus pro", "fjell f-100",
        "arden solo",
    ),
    "around a real one": (
        "{t} Mark II", "New {t}", "{t} NC", "{t} for Kids", "{t} Wireless+", "Super {t}", "{t} S", "{t}/B",
    ),
    "numbers": ("700", "Series 9", "No. 5", "X", "1000X", "Mk. III", "3.5", "Two", "A1", "Zwei"),
    "with marks": (
        "e.a.r. 2", "Sound+Vision", "hear!", "i-Tone", "#1 Buds", "Q/20", "O'Malley 3", "d:tone",
    ),
}  # fmt: skip
PEOPLE = (
    "Werner Falk", "Ingrid Sorel", "Tobias Lenz", "Maria Castellan", "Walter Pryce", "Jean-Luc Ferrand",
    "Anna Kowal", "Desmond Oyelaran", "Kenji Mori", "Lucia Brandt",
)  # fmt: skip
SEEKERS_FILMS = (
    "What should I put on tonight?", "I want to laugh, but not at slapstick.", "hi! got a film for me?",
    "We are four people and can't agree on anything.", "Something for a rainy Sunday, please.",
    "Kannst du mir einen Film empfehlen?", "Ich mag ruhige Filme.", "It may be old, I don't mind.",
)  # fmt: skip
SEEKERS_PRODUCTS = (
    "I need headphones for the train.", "hi! got something quiet for me?", "My old ones broke yesterday.",
    "They should not be too dear.", "Which ones are good for running?",
    "Ich suche Kopfh\u00f6rer f\u00fcrs B\u00fcro.",
    "K\u00f6nnen Sie mir etwas empfehlen?", "It's a present for my mother.",
)  # fmt: skip

if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    print(f"{len(FILMS)} frames of films, {len(PRODUCTS)} of products")
