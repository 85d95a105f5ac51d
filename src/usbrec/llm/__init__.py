"""Models that answer: one protocol, several backends."""
