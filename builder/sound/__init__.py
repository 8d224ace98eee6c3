"""A plan -> finished MP3 streams, each measured.

Face: engine, measuring, rendering.
"""
