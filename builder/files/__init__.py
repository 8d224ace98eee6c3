"""Files and folders of this computer, opened, removed, locked and written safely.

Face: opening, folders, locking, papers, names.
"""
