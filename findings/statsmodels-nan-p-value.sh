#!/usr/bin/env bash
# statsmodels 0.15.0: one undefined p-value changes or erases all corrected ones, and the two answers of one call
# then contradict each other.
#
# Expected: `multipletests` either refuses a NaN (as scipy.stats.false_discovery_control does) or leaves it out and
# corrects the rest. By its docstring, corrected p-values can be compared with alpha: they say what `reject` says.
#
# Instead, for p = .01, .02, .03 and NaN at alpha .05, without an error or a warning:
# - fdr_bh returns corrected p-values that are all NaN, and rejects all three (without the NaN: .03 each);
# - hommel, fdr_by and simes-hochberg return NaN throughout too, but reject nothing or one of three;
# - holm and bonferroni count the NaN as a fourth test: .04, .06, .06 in place of .03, .04, .04, so that two of
#   three findings are lost.
#
# Cause, in statsmodels/stats/multitest.py: the number of tests is len(pvals); a NaN sorts last, and step-up
# methods accumulate a minimum from the last value downwards, which spreads the NaN to all, while `reject` comes
# from comparisons before that.
#
# Why it matters: a paired test of two systems that agree on every dialogue is NaN (0/0; scipy's ttest_rel below),
# which happens for rare metrics in small evaluations. Whether the other metrics are significant then depends on
# the method and on which of the two answers the report prints.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys
import warnings

import numpy as np
from scipy.stats import ttest_rel
from statsmodels.stats.multitest import multipletests

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    undefined = float(ttest_rel([1.0, 0.0, 2.0], [1.0, 0.0, 2.0]).pvalue)
print("p of two systems that agree on every row:", undefined)
warnings.simplefilter("error")
pvals = [0.01, 0.02, 0.03]
found = {}
for method in ("fdr_bh", "fdr_by", "hommel", "simes-hochberg", "holm", "bonferroni"):
    alone = multipletests(pvals, alpha=0.05, method=method)
    reject, corrected = (column[:3] for column in multipletests([*pvals, undefined], alpha=0.05, method=method)[:2])
    found[method] = alone[0].tolist(), alone[1].round(3).tolist(), reject.tolist(), corrected.round(3).tolist()
    print(f"{method:15}alone {found[method][1]} {found[method][0]}  with NaN {found[method][3]} {found[method][2]}")
seen = (
    np.isnan(undefined)
    and all(np.isnan(found[method][3]).all() for method in ("fdr_bh", "fdr_by", "hommel", "simes-hochberg"))
    and found["fdr_bh"][2] == [True, True, True]
    and found["simes-hochberg"][2] == [True, False, False]
    and found["holm"][1] == [0.03, 0.04, 0.04]
    and found["holm"][3] == [0.04, 0.06, 0.06]
    and found["bonferroni"][3] == [0.04, 0.08, 0.12]
)
print("as found: one NaN changes the other corrected p-values" if seen else "changed: see the values above")
sys.exit(0 if seen else 1)
EOF_PYTHON
