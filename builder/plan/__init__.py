"""A pack, a profile and lengths -> a plan, and what is wrong with it. Pure.

Face: plan, fitting, limits, days.
"""
