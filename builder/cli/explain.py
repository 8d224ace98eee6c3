"""`packbuilder explain`."""

from __future__ import annotations

import click

from builder.cli.output import print_text
from builder.findings import rules


def _known(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and value.upper() not in rules():
        raise click.BadParameter(
            f'There is no finding "{value}". All of them: packbuilder explain', ctx, param
        )
    return value.upper() if value else None


@click.command(short_help="Explain a finding at length.")
@click.argument("code", required=False, callback=_known)
def explain(code: str | None) -> None:
    """Explain the finding CODE, such as E301: what it means, why it matters, what to do. Without CODE, list all."""
    if code is None:
        for rule in rules().values():
            print_text(f"{rule.code}  {rule.severity:<7}  {rule.title}")
        return
    rule = rules()[code]
    print_text(f"{rule.code} ({rule.severity}): {rule.title}\n\n{rule.text}")
