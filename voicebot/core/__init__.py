"""Words both halves share."""
