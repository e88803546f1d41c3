"""``santun adapt``: a head of the built-in recognizer, trained on with labelled calls of your own, in minutes.

Rows are read and their sound checked, doubtful labels are set aside, some callers are held out to judge by; the whole head is trained
with half of each batch replayed from what it knew; and the result becomes a new version only if it hears the held-out callers
better and nothing older worse. ``docs/adapt.md`` is the user's guide.
"""
