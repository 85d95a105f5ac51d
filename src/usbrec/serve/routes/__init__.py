"""Routes of the service, a file for each kind: OpenAI's, our own, and the page."""
