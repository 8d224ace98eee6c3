"""A card, its image or a copy of it held against the record of its pack: file by file, byte by byte, entry by entry."""
