#!/usr/bin/env bash
# ranx 0.3.21: rank fusion takes the order in which results were added for their rank, whatever their scores are.
#
# Expected: a `Run` holds scores, and its order comes from them: `evaluate`, `save` and `make_comparable` sort it
# first. Two runs with the same scores are fused to the same result, however they were filled.
#
# Instead: two runs give the items x, y, z the scores 1, 3, 2 and 1, 2, 3. Made with `Run({...})`, reciprocal rank
# fusion puts x, the worst item of both, last (MRR for x 1/3). Filled with `add_score` in the order x, y, z, it
# puts x first (MRR 1.0), while `evaluate` on either run still says rank 3. `isr`, `bordafuse` and `condorcet` do
# the same, so does the normalisation `rank`. No error, no warning.
#
# Cause: `add_score` marks the run as unsorted. ranx/fusion/rrf.py (and the other rank-based methods) and
# ranx/normalization/rank_norm.py enumerate the results as they lie, and neither they nor `fuse` look at that mark.
#
# Why it matters: `add_score` is the way to fill a run item by item, as a loop over candidates does. Candidates come
# in catalogue order, often the popular or the old ones first; the fusion of a dense and a sparse ranker is then the
# catalogue's order, and the figure reported for it says nothing of the rankers. Call `run.sort()` before fusing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  ranx==0.3.21 numba==0.68.1 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys
import warnings

from ranx import Qrels, Run, evaluate, fuse

warnings.simplefilter("ignore")  # numba's remarks on its own types.
scores = [{"x": 1.0, "y": 3.0, "z": 2.0}, {"x": 1.0, "y": 2.0, "z": 3.0}]
relevant = Qrels({"query": {"x": 1}})


def filled(items):
    run = Run()
    for item, score in items.items():
        run.add_score("query", item, score)
    return run


def fused(runs, method):
    result = fuse(runs, norm=None, method=method)
    return round(float(evaluate(relevant, result, "mrr")), 3)


found = {}
for method in ("rrf", "isr", "bordafuse"):
    found[method] = (
        fused([Run({"query": items}) for items in scores], method),
        fused([filled(items) for items in scores], method),
    )
    print(f"{method}: MRR for x (worst in both runs), made at once / filled by add_score:", *found[method])
alone = [round(float(evaluate(relevant, filled(items), "mrr")), 3) for items in scores]
print("MRR for x in each run alone, filled by add_score:", alone)
seen = all(pair == (0.333, 1.0) for pair in found.values()) and alone == [0.333, 0.333]
print("as found: fusion ranks by order of insertion" if seen else "changed: see the values above")
sys.exit(0 if seen else 1)
EOF_PYTHON
