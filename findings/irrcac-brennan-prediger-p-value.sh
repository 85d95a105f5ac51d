#!/usr/bin/env bash
# irrCAC 0.4.4: the p-value of the Brennan-Prediger coefficient of raw ratings is half of what it ought to be.
#
# Expected: `CAC.bp()` gives a coefficient, its standard error, an interval and a p-value as the other coefficients
# of the class do: below .05 if and only if the 95 % interval leaves out 0.
#
# Instead: two raters, 20 items, 3 categories: coefficient 0.325, interval -0.03 to 0.68, p = .036. Gwet's AC1,
# Fleiss' and Conger's kappa and Krippendorff's alpha of the same ratings have p of .07 to .09, and the same counts
# given to `irrCAC.table.CAC` have the same coefficient, an interval from -0.02 to 0.67 and p = .066. Of 300 pairs
# of raters who guess, 33 are "significant" at .05 (Gwet: 24, Fleiss: 26).
#
# Cause, in irrCAC/raw.py: `bp` computes the share of the t distribution above |coefficient / error|, one tail; the
# other four methods, and `bp` in table.py, take it twice. The documentation names no one-sided test, and a
# one-sided one would not take the absolute value: ratings worse than chance count as significant too.
#
# Why it matters: Brennan-Prediger is taken for judges with a skewed use of categories, and the class is made for
# reporting several coefficients beside each other. Agreement that is not above chance is then published as such
# by this one alone. Double the p-value.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  irrCAC==0.4.4 numpy==1.26.4 scipy==1.12.0 pandas==2.3.3
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys
import warnings

import numpy as np
import pandas as pd
from irrCAC import raw, table
from scipy import stats

warnings.simplefilter("ignore")  # pandas' remarks on the library's code.
METHODS = ("bp", "gwet", "fleiss", "conger", "krippendorff")


def estimate(cac, method):
    found = getattr(cac, method)()["est"]
    low, high = (round(float(bound), 3) for bound in found["confidence_interval"])
    return round(float(found["coefficient_value"]), 3), low, high, round(float(found["p_value"]), 4)


rng = np.random.default_rng(0)
truth = rng.integers(1, 4, 20)
ratings = pd.DataFrame(
    {rater: np.where(rng.random(20) < 0.45, truth, rng.integers(1, 4, 20)) for rater in ("first", "second")}
)
single = {method: estimate(raw.CAC(ratings), method) for method in METHODS}
for method, values in single.items():
    print(f"raw ratings, {method:12}: coefficient, interval, p", values)
counts = pd.crosstab(ratings["first"], ratings["second"])
counted = estimate(table.CAC(counts), "bp")
print(f"table,       {'bp':12}: coefficient, interval, p", counted)
z = raw.CAC(ratings).bp()["est"]["z"]
twice = round(float(2 * stats.t.sf(abs(z), len(ratings) - 1)), 4)
print("both tails above the coefficient / its error, raw ratings:", twice)

significant = dict.fromkeys(("bp", "gwet", "fleiss"), 0)
for seed in range(300):
    guesses = pd.DataFrame(np.random.default_rng(seed).integers(1, 4, (40, 2)), columns=["first", "second"])
    for method in significant:
        significant[method] += estimate(raw.CAC(guesses), method)[3] < 0.05
print("of 300 pairs of guessing raters significant at .05:", significant)
seen = (
    single["bp"][0] == counted[0]
    and single["bp"][1] < 0
    and single["bp"][3] < 0.05
    and abs(twice - 2 * single["bp"][3]) < 0.001
    and counted[1] < 0
    and counted[3] > 0.05
    and all(single[method][1] < 0 and single[method][3] > 0.05 for method in METHODS[1:])
    and significant["bp"] > significant["gwet"]
)
print("as found: half the p-value" if seen else "changed: see the values above")
sys.exit(0 if seen else 1)
EOF_PYTHON
