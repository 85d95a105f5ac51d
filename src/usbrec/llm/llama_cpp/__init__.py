"""Chat model on a GGUF file, run in this process by llama.cpp."""
