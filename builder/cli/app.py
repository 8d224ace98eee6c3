"""The group of verbs. A verb that is not built yet is not here."""

from __future__ import annotations

import click

from builder import __version__
from builder.cli.audit import audit
from builder.cli.build import build
from builder.cli.check import check
from builder.cli.doctor import doctor
from builder.cli.explain import explain
from builder.cli.plan import plan
from builder.cli.profiles import profiles
from builder.cli.schema import schema
from builder.cli.verify import verify


class _InOrder(click.Group):
    """Verbs in the order of the work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="packbuilder")
def app() -> None:
    """Build audio Bible and MP3 packs for SD cards and cheap players from YAML manifests.

    \b
    packbuilder check manifests/starter.yaml    is the manifest right, and are all recordings there?
    packbuilder plan manifests/starter.yaml     what would be on the card?
    packbuilder build manifests/starter.yaml    make the card, below out/
    packbuilder verify PACK TARGET              is the card as it was made?
    packbuilder audit PATH                      does anything on it give someone away?
    """


for verb in (check, plan, build, verify, audit, profiles, schema, explain, doctor):
    app.add_command(verb)
