"""From a folder of recordings to a manifest: what their names claim, what is decided of it, and what is written."""
