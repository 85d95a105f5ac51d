"""Chat model on a server that speaks OpenAI's chat completions."""

#: The server that is always there, and where it is when neither settings nor environment say otherwise.
OPENAI = "openai"
OPENAI_URL = "https://api.openai.com/v1"
