"""A checkpoint run in this process by transformers."""
