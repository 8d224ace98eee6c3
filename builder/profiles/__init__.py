"""What each device reads, and names that it can show.

Face: choose, profile, naming.
"""
