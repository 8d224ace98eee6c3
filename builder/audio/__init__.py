"""Sound: facts of files, decoding, rendering, and proof on what was written."""
