"""What was made to hurt the program: manifests, names, pictures, bytes and consoles."""
