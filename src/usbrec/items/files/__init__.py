"""A catalogue file becomes items."""
