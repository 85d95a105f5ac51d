"""A judge learnt from people's ratings of recorded dialogues, light enough for any processor."""
