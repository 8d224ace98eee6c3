"""What people wrote: strict YAML with marks, the models, and the pack they describe."""
