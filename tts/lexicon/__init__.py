"""How words sound that espeak-ng's Indonesian rules read wrongly."""
