"""What the service keeps: conversations, feedback, votes, and their export."""
