#!/usr/bin/env bash
# RecTools 0.13.0: users who took an item twice in the test period push precision, NDCG and MCC above 1.
#
# Expected: precision, recall, MAP and MCC are at most 1, NDCG lies in [0, 1] (its docstring), and an item that is
# recommended once is one hit, however often the user went back to it. The tables of interactions are described
# without a condition that pairs of user and item be unique, and `Dataset.construct` accepts a log as it is.
#
# Instead: two items recommended, the first of them relevant and taken three times: Precision@2 1.5 (right: 0.5),
# NDCG@2 1.84, Recall@2 0.75 (0.5), MAP@2 0.75 (0.5), MCC@2 1.06. `cross_validate` on a log of 30 users, with the
# library's own splitter and `PopularModel`, gives Precision@3 4.2, NDCG@3 5.3 and MCC@3 4.2. No warning tells of it.
# `MRR`, `HitRate`, `PartialAUC` and `PAP` are right: metrics of one call rest on different test sets.
#
# Cause, in rectools/metrics/base.py: `merge_reco` joins the test rows to the recommendations and keeps every
# repetition, each with the rank of the one recommended item; hits, gains and the numbers of relevant items are then
# sums over rows. `outer_merge_reco`, which the AUC metrics use, drops repetitions first.
#
# Why it matters: logs of music, shops, short video and chat hold repetitions as a rule. Mostly the mean stays below
# 1 and nobody sees it: recall and MAP count an item by the number of its plays, which favours whatever recommends
# the heavily repeated, popular items, and tables are not comparable with those of other libraries. Drop repetitions
# from the test rows before the metrics (not from the training rows, where they may be wanted).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  rectools==0.13.0 implicit==0.7.3 numpy==1.26.4 pandas==2.3.3 scipy==1.12.0
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys

import numpy as np
import pandas as pd
from rectools.dataset import Dataset
from rectools.metrics import MAP, MCC, MRR, NDCG, HitRate, PartialAUC, Precision, Recall, calc_metrics
from rectools.model_selection import TimeRangeSplitter, cross_validate
from rectools.models import PopularModel


def all_metrics(k):
    kinds = (Precision, Recall, NDCG, MAP, MCC, MRR, HitRate, PartialAUC)
    return {kind.__name__: kind(k=k) for kind in kinds}


def shown(values):
    return {name: round(float(value), 2) for name, value in values.items() if name not in ("model", "i_split")}


recommended = pd.DataFrame({"user_id": [1, 1], "item_id": [10, 20], "rank": [1, 2]})
found = {}
for times in (1, 3):
    taken = pd.DataFrame({"user_id": 1, "item_id": [10] * times + [30]})
    found[times] = shown(calc_metrics(all_metrics(2), recommended, interactions=taken, catalog=range(100)))
    print(f"item 10 taken {times}x, item 30 once; recommended 10 and 20:", found[times])

rng = np.random.default_rng(0)
days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(20), unit="D")
rows = [
    (user, item, 1, day)
    for day in days
    for user in range(30)
    for item in [int(rng.zipf(1.6) % 20)]
    for _ in range(3 if item < 3 else 1)  # Popular items are taken three times a day.
]
log = pd.DataFrame(rows, columns=["user_id", "item_id", "weight", "datetime"])
splitter = TimeRangeSplitter("7D", n_splits=1, filter_already_seen=False, filter_cold_items=False)
report = cross_validate(
    Dataset.construct(log), splitter, all_metrics(3), {"popular": PopularModel()}, k=3, filter_viewed=False
)
crossed = shown(report["metrics"][0])
print("cross_validate on a log with repetitions:", crossed)
once, thrice = found[1], found[3]
seen = (
    [once[name] for name in ("Precision", "Recall", "NDCG", "MAP")] == [0.5, 0.5, 0.61, 0.5]
    and [thrice[name] for name in ("Precision", "Recall", "NDCG", "MAP", "MCC")] == [1.5, 0.75, 1.84, 0.75, 1.06]
    and all(once[name] == thrice[name] for name in ("MRR", "HitRate", "PartialAUC"))
    and all(crossed[name] > 1 for name in ("Precision", "NDCG", "MCC"))
)
print("as found: repetitions count as hits" if seen else "changed: see the values above")
sys.exit(0 if seen else 1)
EOF_PYTHON
