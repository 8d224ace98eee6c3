"""Whether a pack holds what its reviewers believe: every chapter once, in order, and each title its own sound."""
