#!/usr/bin/env bash
# krippendorff 0.9.0: ratings stored as unsigned integers get a wrong alpha, 0.37 in place of 0.86.
#
# Expected: alpha depends on the ratings, not on the integer type that holds them. The code names unsigned integers
# among the kinds it reads, and refuses others with an error.
#
# Instead: three raters, grades 1 to 5 on 40 items, at most one grade away from the truth. Interval alpha (the
# default level) is 0.858 for int64 and 0.368 for uint8; ratio alpha falls from 0.790 to 0.144. Two raters who
# differ by at most 3 points on a scale to 100 agree with 0.997, as uint8 with -0.148 (ratio: 0.872 and -36.5).
# There is no warning. Nominal and ordinal alpha are right, and the wrong figures look plausible: for uint32 the
# interval alpha is the nominal one, to three places.
#
# Cause, in krippendorff/krippendorff.py: `_interval_metric` and `_ratio_metric` subtract the values in their own
# type and convert afterwards. 1 - 2 in uint8 is 255, so that the distance of two neighbouring grades is 255**2 in
# one direction and 1 in the other, and the distances between different grades become nearly equal.
#
# Why it matters: judges' grades are small whole numbers, which columnar tools store without a sign to save memory
# (numpy and pandas down-casting to "unsigned", counts and ranks of polars, tiny unsigned columns of Parquet files).
# Agreement near 0.37 says "discard these ratings" by the usual thresholds, 0.86 says "good". Convert to float first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check krippendorff==0.9.0 numpy==2.4.6
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys
import warnings

import krippendorff
import numpy as np

warnings.simplefilter("error")
LEVELS = ("nominal", "ordinal", "interval", "ratio")
rng = np.random.default_rng(0)
truth = rng.integers(1, 6, 40)
grades = np.array([truth, *(np.clip(truth + rng.integers(-1, 2, 40), 1, 5) for _ in range(2))])
points = rng.integers(0, 101, (1, 40))
points = np.clip(np.vstack([points, points + rng.integers(-3, 4, (1, 40))]), 0, 100)


def alphas(ratings, kind):
    stored = ratings.astype(kind)
    assert (stored == ratings).all()  # No value changes by the conversion.
    found = {level: round(float(krippendorff.alpha(stored, level_of_measurement=level)), 3) for level in LEVELS}
    print(f"{kind:8}", found)
    return found


print("grades 1 to 5, three raters")
signed, single, double, byte, word = (
    alphas(grades, kind) for kind in ("int64", "int8", "float64", "uint8", "uint32")
)
print("points 0 to 100, two raters")
wide, narrow = (alphas(points, kind) for kind in ("int64", "uint8"))
seen = (
    signed == single == double
    and all(byte[level] == signed[level] for level in ("nominal", "ordinal"))
    and signed["interval"] > 0.85
    and byte["interval"] < 0.4
    and word["interval"] < 0.4
    and byte["ratio"] < 0.2 < signed["ratio"]
    and wide["interval"] > 0.99
    and narrow["interval"] < 0
    and narrow["ratio"] < -1
)
print("as found: alpha depends on the integer type" if seen else "changed: see the values above")
sys.exit(0 if seen else 1)
EOF_PYTHON
