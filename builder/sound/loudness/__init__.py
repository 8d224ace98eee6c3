"""Samples in, numbers out: loudness, gain and ceiling. Pure.

Face: meter, envelope, level.
"""
