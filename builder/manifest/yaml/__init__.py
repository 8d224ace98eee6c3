"""Strict YAML: nodes that know their place, validated against models.

Face: document, validate.
"""
