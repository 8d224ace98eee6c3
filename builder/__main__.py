"""`python -m builder` is the same program as `packbuilder`."""

from __future__ import annotations

from builder.cli import main

main()
