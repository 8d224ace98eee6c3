"""Whether a pack holds what its reviewers believe: every chapter once and in order, and under each title its own sound."""
