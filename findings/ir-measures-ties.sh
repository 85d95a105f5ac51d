#!/usr/bin/env bash
# ir-measures 0.4.3: RR@10 can exceed RR on the same ranking, since the two break ties in opposite directions.
#
# Expected: the reciprocal rank of the first relevant item cut off at 10 is at most the uncut one, and equal to it
# when that item is within the first 10. One call that asks for several measures ranks the items once.
#
# Instead: six items of equal score, the first by name relevant: RR 0.167, RR@10 1.000. RR@1 says that the item
# stands first, while P@1 and Success@1 of the same call say that it does not. In 166 of 200
# runs of eight items graded 0, 1 or 2 RR@10 is above RR, and the means are 0.46 and 0.25.
#
# Cause: measures are handed to different programs. RR goes to trec_eval (pytrec_eval), which sorts equal scores by
# descending document name; RR with a cutoff goes to the MS MARCO script, for which
# ir_measures/providers/msmarco_provider.py sorts by ascending name. The documentation names the programs, not
# their treatment of ties.
#
# Why it matters: rankers by a judge's grade, by a count of shared attributes or by a rounded probability tie all
# the time. MRR@10 beside nDCG@10, P@1 or MRR in one table then describe two different rankings, and a catalogue
# whose names sort popular or old items first shifts the two in opposite directions.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  ir-measures==0.4.3 pytrec-eval-terrier==0.5.11 numpy==2.4.6 scipy==1.17.1
"$work/venv/bin/python" - <<'EOF_PYTHON'
import random
import sys

import ir_measures
from ir_measures import P, Qrel, RR, ScoredDoc, Success

measures = [RR, RR @ 10, RR @ 1, P @ 1, Success @ 1]
judged = [Qrel("query", "film-a", 1)]
tied = ir_measures.calc_aggregate(measures, judged, [ScoredDoc("query", f"film-{name}", 1.0) for name in "abcdef"])
print("six items of one score:", {str(measure): round(value, 3) for measure, value in tied.items()})

rng = random.Random(0)
judged, run = [], []
for query in map(str, range(200)):
    judged.append(Qrel(query, "film-b", 1))
    run += [ScoredDoc(query, f"film-{name}", float(rng.randrange(3))) for name in "abcdefgh"]
ranks = {}
for metric in ir_measures.iter_calc([RR, RR @ 10], judged, run):
    ranks.setdefault(metric.query_id, {})[str(metric.measure)] = metric.value
above = sum(values["RR@10"] > values["RR"] + 1e-9 for values in ranks.values())
means = {name: sum(values[name] for values in ranks.values()) / len(ranks) for name in ("RR", "RR@10")}
print(f"eight items graded 0 to 2: RR@10 above RR in {above} of {len(ranks)} runs; means", means)
seen = (
    abs(tied[RR] - 1 / 6) < 1e-6
    and tied[RR @ 10] == tied[RR @ 1] == 1.0
    and tied[P @ 1] == tied[Success @ 1] == 0.0
    and above == 166
    and round(means["RR@10"], 2) == 0.46
    and round(means["RR"], 2) == 0.25
)
print("as found: RR@10 above RR where scores tie" if seen else "changed: see the figures above")
sys.exit(0 if seen else 1)
EOF_PYTHON
