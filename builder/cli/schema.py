"""`packbuilder schema`."""

from __future__ import annotations

import json

import click

from builder.cli.output import print_text
from builder.manifest.models import json_schema


@click.command(short_help="Print the JSON Schema of a manifest, for editors.")
def schema() -> None:
    """Print the JSON Schema of a manifest.

    An editor that knows YAML checks and completes a manifest by it, when the manifest's first line is
    "# yaml-language-server: $schema=manifest.schema.json".
    """
    print_text(json.dumps(json_schema(), ensure_ascii=True, indent=2))
