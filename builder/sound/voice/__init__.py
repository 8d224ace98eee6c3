"""Titles spoken by espeak-ng.

Face: voice, speaking.
"""
