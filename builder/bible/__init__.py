"""Facts of the Bible: books, passages, titles as read and as heard, coverage. Pure.

Face: books, passage, titles, coverage.
"""
