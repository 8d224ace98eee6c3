"""Samples -> MP3 streams, each measured after it is written.

Face: render.
"""
