"""Hears: recognizers, the speech detector and transcripts. Knows nothing of calls or debts."""
