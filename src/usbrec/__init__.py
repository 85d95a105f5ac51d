"""USB-Rec: language models that recommend well in conversation."""
