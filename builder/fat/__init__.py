"""FAT16 and FAT32 disk images: written with their entries in play order, and read back by a reader of its own."""
