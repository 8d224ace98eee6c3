"""What people wrote -> a frozen pack.

Face: load, pack, models.
"""
