"""Play: a seeker and a recommender talk, round after round."""
