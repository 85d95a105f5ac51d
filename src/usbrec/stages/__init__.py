"""Stages of the work as functions: settings and files in, a run folder out.

The rooms below know nothing of files that runs leave; the command line above only reads options and
prints. Everything a script would want to call stands here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.stages.agreement import agreement
    from usbrec.stages.benchmarking import benchmark
    from usbrec.stages.evaluating import evaluate
    from usbrec.stages.fidelity import fidelity
    from usbrec.stages.judge_training import make_judge
    from usbrec.stages.pairing import make_pairs
    from usbrec.stages.probing_seats import probe_seat
    from usbrec.stages.ranking import make_ranker
    from usbrec.stages.scoring import score
    from usbrec.stages.seeker_training import make_seeker
    from usbrec.stages.seekers import make_samples
    from usbrec.stages.training import merge, show_examples, train_model
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "agreement": "agreement",
            "benchmarking": "benchmark",
            "evaluating": "evaluate",
            "fidelity": "fidelity",
            "judge_training": "make_judge",
            "pairing": "make_pairs",
            "probing_seats": "probe_seat",
            "ranking": "make_ranker",
            "scoring": "score",
            "seeker_training": "make_seeker",
            "seekers": "make_samples",
            "training": "merge show_examples train_model",
        },
    )

__all__ = [
    "agreement",
    "benchmark",
    "evaluate",
    "fidelity",
    "make_judge",
    "make_pairs",
    "make_ranker",
    "make_samples",
    "make_seeker",
    "merge",
    "probe_seat",
    "score",
    "show_examples",
    "train_model",
]
