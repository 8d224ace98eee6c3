"""The sound stages: what is measured, what each track is made of, and finished streams with their proof."""
