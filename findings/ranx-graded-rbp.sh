#!/usr/bin/env bash
# ranx 0.3.21: rank-biased precision of graded judgments exceeds 1; the grade is counted, not whether it is relevant.
#
# Expected: in the docstring's formula each position contributes 0 or 1, "whether the i-th ranked document is
# non-relevant or relevant", and `rel_lvl` (the `-l2` of a measure's name) is the grade from which on a document
# counts as relevant. The measure is a precision: it lies between 0 and 1.
#
# Instead: grades 3, 2, 1, 0, ranked perfectly: RBP with persistence .50 is 2.125 (right: 0.875), with .80 1.048
# (0.488), and "rbp.80-l2" 0.92 (0.36). The same judgments as 0 and 1 give the right values. `precision`, `map` and
# `r_precision` do read the grades as relevant or not. There is no warning.
#
# Cause: ranx/metrics/rank_biased_precision.py drops documents below `rel_lvl` and then weights each position with
# the grade itself, as the gain of a DCG without its normalisation.
#
# Why it matters: judges' grades from 0 to 3 or 1 to 5 are the usual form of relevance here. Most rankings find a
# few relevant items far down, so that the figures stay below 1 and look right, several times too large; they cannot
# be compared with RBP of other programs, of other scales, or of binary judgments in the same table.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  ranx==0.3.21 numba==0.68.1 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys
import warnings

from ranx import Qrels, Run, evaluate

warnings.simplefilter("ignore")  # numba's remarks on its own types.
MEASURES = ["rbp.50", "rbp.80", "rbp.80-l2", "precision@3"]
grades = {"a": 3, "b": 2, "c": 1, "d": 0}
run = Run({"query": {"a": 3.0, "b": 2.0, "c": 1.0}})


def measured(judgments, measures):
    values = evaluate(Qrels({"query": judgments}), run, measures)
    return {name: round(float(value), 3) for name, value in values.items()}


graded = measured(grades, MEASURES)
binary = measured({name: int(grade >= 1) for name, grade in grades.items()}, MEASURES[:2])
print("grades 3, 2, 1, 0, ranked perfectly:", graded)
print("the same as relevant or not:        ", binary)
seen = (
    graded == {"rbp.50": 2.125, "rbp.80": 1.048, "rbp.80-l2": 0.92, "precision@3": 1.0}
    and binary == {"rbp.50": 0.875, "rbp.80": 0.488}
)
print("as found: RBP above 1" if seen else "changed: see the values above")
sys.exit(0 if seen else 1)
EOF_PYTHON
