#!/usr/bin/env bash
# LightGBM 4.7.0: the NDCG that a ranker is validated and stopped early by can be 5.5; it depends on the unit of
# the row weights.
#
# Expected: NDCG is at most 1, and multiplying all row weights by one constant changes no weighted mean. (The page
# of parameters says that a row may have a weight; it names no condition for the metric `ndcg`.)
#
# Instead: with half of the queries without a relevant item, a perfect ranker gets NDCG 1.0 at weight 1, 1.5 at
# weight 0.5, 5.5 at weight 0.1 and 0.75 at weight 2. MAP on the same data stays at 1.0 throughout.
#
# Cause, in src/metric/rank_metric.hpp: a query without a relevant item counts as a perfect 1. In the branch for
# weighted queries this 1 is added without the query's weight, while the sum is divided by the sum of the weights.
#
# Why it matters: dialogues whose target is not among the candidates are such queries, and weights below 1 (the
# trust in a simulated dialogue, inverse propensities, weights normalised to sum to 1) are common. The figure is
# then mostly the share of unanswerable queries: a better ranker moves it little, and two data sets or two weight
# schemes cannot be compared by it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys

import lightgbm
import numpy as np

QUERIES, ITEMS = 40, 5
rng = np.random.default_rng(0)
features = rng.uniform(0, 0.4, (QUERIES * ITEMS, 1))
relevance = np.zeros(QUERIES * ITEMS)
target = np.arange(QUERIES) * ITEMS + rng.integers(0, ITEMS, QUERIES)
relevance[target] = 1
features[target] += 0.6  # One feature tells the target.
relevance[QUERIES * ITEMS // 2 :] = 0  # The second half of the queries have no relevant item.

found = {}
for weight in (1.0, 0.5, 0.1, 2.0):
    data = lightgbm.Dataset(features, relevance, weight=np.full(len(relevance), weight), group=[ITEMS] * QUERIES)
    history = {}
    lightgbm.train(
        {"objective": "lambdarank", "metric": "ndcg,map", "eval_at": [3], "verbose": -1, "num_threads": 1},
        data,
        num_boost_round=3,
        valid_sets=[data],
        valid_names=["validation"],
        callbacks=[lightgbm.record_evaluation(history)],
    )
    found[weight] = [float(history["validation"][name][-1]) for name in ("ndcg@3", "map@3")]
    print(f"every row weighs {weight}: NDCG@3 {found[weight][0]:.3f}, MAP@3 {found[weight][1]:.3f}")
expected = {1.0: 1.0, 0.5: 1.5, 0.1: 5.5, 2.0: 0.75}
seen = all(abs(found[w][0] - ndcg) < 1e-4 and abs(found[w][1] - 1.0) < 1e-4 for w, ndcg in expected.items())
print("as found: NDCG above 1 with row weights below 1" if seen else "changed: see the figures above")
sys.exit(0 if seen else 1)
EOF_PYTHON
