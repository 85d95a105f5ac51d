#!/usr/bin/env bash
# openskill 6.2.0: with weights, a competitor that plays alone gains double and loses half, whatever the weights are.
#
# Expected: a weight is a player's contribution within the team (the docstrings). One who plays alone is the whole
# team, so that weights change nothing, or they scale the game's effect. Equal weights for all keep the gains of the
# winner and the losses of the loser in balance, as a game without weights does.
#
# Instead, for two new competitors: without weights 27.64 and 22.36 after one game; with [[1], [1]] 30.27 and 23.68,
# and the same to the last digit with 0.2, 5 or different weights for the two. Ratings inflate: after 200 games
# between four equal competitors the mean rating is 24.9 without weights and 84 to 118 with them, in all five models.
# In teams of two, equal weights do give the result without weights. There is no warning, and
# `weight_bounds=None`, by the docstring the way to switch the scaling off, raises a TypeError in the published wheel.
#
# Cause: weights are scaled to the bounds 1 and 2 within each team. For a vector of one element `_normalize` in
# openskill/models/common.py returns the upper bound; gains are then multiplied by 2 and losses divided by 2.
#
# Why it matters: arenas of assistants are games of one against one, and the weight of a comparison is the natural
# place for a judge's confidence. The confidences are dropped, and who has played most is rated highest: ratings of
# systems with different numbers of games cannot be compared. Leave weights out.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check openskill==6.2.0
"$work/venv/bin/python" - <<'EOF_PYTHON'
import random
import sys
import warnings

from openskill import models

warnings.simplefilter("error")
NAMES = (
    "PlackettLuce",
    "BradleyTerryFull",
    "BradleyTerryPart",
    "ThurstoneMostellerFull",
    "ThurstoneMostellerPart",
)


def one_game(model, weights, size=1):
    teams = [[model.rating() for _ in range(size)] for _ in range(2)]
    extra = {} if weights is None else {"weights": weights}
    return [round(team[0].mu, 3) for team in model.rate(teams, ranks=[1, 2], **extra)]


def mean_after(model, games, weights):
    rng = random.Random(0)
    ratings = [model.rating() for _ in range(4)]
    extra = {} if weights is None else {"weights": weights}
    for _ in range(games):
        winner, loser = rng.sample(range(4), 2)  # All four are equally good.
        after = model.rate([[ratings[winner]], [ratings[loser]]], ranks=[1, 2], **extra)
        ratings[winner], ratings[loser] = after[0][0], after[1][0]
    return round(sum(rating.mu for rating in ratings) / 4, 1)


seen = True
for name in NAMES:
    model = getattr(models, name)()
    plain = one_game(model, None)
    weighted = {str(pair): one_game(model, [[one] for one in pair]) for pair in ((1, 1), (0.2, 0.2), (5, 5), (0.2, 5))}
    same_in_pairs = one_game(model, [[1, 1], [1, 1]], 2) == one_game(model, None, 2)
    means = mean_after(model, 200, None), mean_after(model, 200, [[1], [1]])
    print(f"{name}: plain {plain}, weighted {weighted}; mean rating after 200 games {means}")
    first = weighted["(1, 1)"]
    seen &= all(found == first for found in weighted.values()) and same_in_pairs
    seen &= abs((first[0] - 25) - 2 * (plain[0] - 25)) < 0.01 and abs((first[1] - 25) - (plain[1] - 25) / 2) < 0.01
    seen &= abs(means[0] - 25) < 0.5 and means[1] > 60
try:
    models.PlackettLuce(weight_bounds=None)
    refused = False
except TypeError as error:
    refused = True
    print("weight_bounds=None: TypeError:", error)
seen &= refused
print("as found: weights inflate the ratings of those who play alone" if seen else "changed: see the values above")
sys.exit(0 if seen else 1)
EOF_PYTHON
