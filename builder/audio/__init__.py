"""Sound: what a source is, how loud it is, and the normalized MP3 made of it."""
