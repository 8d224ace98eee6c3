"""Words on the screen, from the files that people deliver.

Face: files, lines.
"""
