"""The card: tagged, laid out, recorded, published; verify/ and leaks/ look at it.

Face: layout, record, publish.
"""
