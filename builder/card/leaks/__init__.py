"""The leak gate: every byte of a card that could give someone away.

Face: audit.
"""
