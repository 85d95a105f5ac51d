"""For verifiers: PYTHONPATH=docs/examples vf-eval usbrec_seekers -m MODEL --client.base-url URL --no-push"""

from usbrec.library.verifiers_environment import verifiers_environment

SeekerTaskset, SeekerEnv = verifiers_environment("docs/examples/books.jsonl", "docs/examples/books.csv")

__all__ = ["SeekerEnv", "SeekerTaskset"]
