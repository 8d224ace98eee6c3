"""FAT16 and FAT32 as formats: written, read, compared.

Face: geometry, write, read.
"""
