"""Recordings -> samples, by ffmpeg within limits.

Face: ffmpeg, analyse.
"""
