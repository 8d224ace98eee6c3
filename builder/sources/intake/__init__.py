"""A folder of recordings -> a manifest.

Face: intake, write.
"""
