#!/usr/bin/env bash
# evalica 0.4.2: one system that never lost makes every Bradley-Terry score the same.
#
# Expected: `bradley_terry` ranks systems by pairwise wins; its docstring names no condition on the comparisons.
# A system that beats everybody belongs on top, and the others keep their order (here B beats C 14 to 6).
# Where the maximum likelihood is infinite, an error or a warning would do as well.
#
# Instead: all scores are 1e-6 (the value of `tolerance`), whoever won. There is no warning, the record says
# 2 iterations of 100 (as if converged), and `pairwise_frame` then gives 0.5 for every pair. A system that never
# won a game does the same, and so does `newman`. The counts (`counting`, `average_win_rate`) rank rightly.
#
# Cause, in evalica/_pairwise.py (and in the compiled solver): the update of an unbeaten system divides by 0
# losses and is infinite; the geometric mean used to normalise is then infinite too, infinity/infinity is NaN
# for all systems, and `nan_to_num(..., nan=tolerance)` turns the NaNs into equal scores. The next round changes
# nothing, which counts as convergence.
#
# Why it matters: arenas of few dialogues often hold a system that won all its games (an oracle, the searched
# system against a random one), and resamples of a bootstrap hold one more often still. The table then says
# that all systems are equal.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check evalica==0.4.2 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys
import warnings

from evalica import Winner, average_win_rate, bradley_terry, newman, pairwise_frame

warnings.simplefilter("error")
FIRST, SECOND = Winner.X, Winner.Y


def games(a_beats_b, b_beats_a):
    played = [("A", "B", FIRST)] * a_beats_b + [("A", "B", SECOND)] * b_beats_a
    played += [("B", "C", FIRST)] * 14 + [("B", "C", SECOND)] * 6
    return zip(*played, strict=True)


beaten = bradley_terry(*games(19, 1))
print("A lost 1 of 20 games: ", beaten.scores.round(4).to_dict(), "iterations", beaten.iterations)
flat = []
for method, solver in [(bradley_terry, "pyo3"), (bradley_terry, "naive"), (newman, "pyo3")]:
    result = method(*games(20, 0), solver=solver)
    flat.append(result.scores.nunique() == 1)
    print(f"A lost none ({method.__name__}, {solver}):", result.scores.to_dict(), "iterations", result.iterations)
unbeaten = bradley_terry(*games(20, 0))
odds = pairwise_frame(unbeaten.scores)
print("chance that A beats C:", odds.loc["A", "C"])
wins = average_win_rate(*games(20, 0)).scores
print("average win rates:    ", wins.round(3).to_dict())
ranked = list(beaten.scores.sort_values(ascending=False).index) == ["A", "B", "C"]
seen = ranked and all(flat) and odds.loc["A", "C"] == 0.5 and unbeaten.iterations == 2 and wins.idxmax() == "A"
print("as found: one unbeaten system makes all scores equal" if seen else "changed: see the scores above")
sys.exit(0 if seen else 1)
EOF_PYTHON
