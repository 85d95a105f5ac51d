"""A GGUF file run in this process by llama.cpp."""
