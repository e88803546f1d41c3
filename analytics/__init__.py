"""Judges recordings: who spoke, what was said, how, and whether the script and the rules were kept."""
