"""HTTP parts that any service needs; they know nothing of recommendation."""
