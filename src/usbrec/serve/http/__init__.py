"""What any HTTP service needs; knows nothing of recommendation."""
