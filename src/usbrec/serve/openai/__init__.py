"""OpenAI's protocol as the service speaks it."""
