"""The leak gate: every byte of a card is accounted for, and names nobody."""
