"""Service storage: conversations, feedback, votes, and their export."""
