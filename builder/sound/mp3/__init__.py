"""Frames of finished MP3s, read to the last bit.

Face: walk, ancillary.
"""
