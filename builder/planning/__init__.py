"""Pack x profile -> plan: files, names, tags, sizes, and what is wrong with them. Pure."""
