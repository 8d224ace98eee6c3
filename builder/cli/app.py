"""The group of verbs. A verb that is not built yet is not here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

import click

from builder import __version__

_NAMES = (
    "init",
    "check",
    "plan",
    "build",
    "diff",
    "accept",
    "verify",
    "audit",
    "profiles",
    "schema",
    "explain",
    "doctor",
)


class _Verbs(Mapping[str, click.Command]):
    """Verbs by name, in the order of the work; each is imported when it is asked for, since a run needs one of them."""

    def __getitem__(self, name: str) -> click.Command:
        if name not in _NAMES:
            raise KeyError(name)
        verb: click.Command = getattr(import_module(f"builder.cli.{name}"), name)
        return verb

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


class _InOrder(click.Group):
    """Verbs in the order of the work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(self.commands)


@click.group(
    cls=_InOrder,
    commands=_Verbs(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="packbuilder")
def app() -> None:
    """Build audio Bible and MP3 packs for SD cards and cheap players from YAML manifests.

    \b
    packbuilder init FOLDER -o my-pack.yaml     write a manifest from a folder of recordings
    packbuilder check manifests/starter.yaml    is the manifest right, and are all recordings there?
    packbuilder plan manifests/starter.yaml     what would be on the card?
    packbuilder build manifests/starter.yaml    make the card, below out/
    packbuilder diff PACK PACK                  what is not as it was before?
    packbuilder verify PACK TARGET              is the card as it was made?
    packbuilder audit PATH                      does anything on it give someone away?
    """
