"""Understands: intents, amounts, dates and times in what people say. Knows nothing of calls or debts ledgers."""
