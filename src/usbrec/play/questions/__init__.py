"""Attribute questions (iEvaLM): asking, answering by rules, ranking after each round."""
