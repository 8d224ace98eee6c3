"""Recordings as they are delivered: found, probed and compared.

Face: find, probe, prompts; lyrics/, intake/.
"""
