"""Facts of the Bible: books, passages, titles as read and as heard, coverage. Pure.

Face: passage, titles, spoken, coverage.
"""
