"""A card, an image or a folder held against the record of its pack.

Face: verify.
"""
