"""What people and scripts are shown. Pure.

Face: report, coverage, daytable, finder.
"""
