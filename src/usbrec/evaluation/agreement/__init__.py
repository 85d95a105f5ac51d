"""Agreement of a judge with people who rated the same dialogues, and what else moves the judge."""
