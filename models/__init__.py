"""Trained models: where they come from, what they may be used for, and the recipes that make them."""
