"""Fidelity: simulated seekers beside the people whose recorded dialogues they go on with."""
