"""The Bible as facts: the books, their chapters and names, and passages written by people."""
