"""Chat model on a checkpoint, run in this process by transformers."""
