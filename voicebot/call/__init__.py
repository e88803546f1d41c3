"""One conversation, from answer to outcome."""
