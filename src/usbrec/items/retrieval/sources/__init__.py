"""Sources of a ranking: each rates all items for a dialogue."""
