"""For verl: the reward of rows that `usbrec export --to verl` wrote from the same samples and items."""

from usbrec.library.verl_reward import verl_reward

compute_score = verl_reward("docs/examples/books.jsonl", "docs/examples/books.csv")
