"""Pages for the office: one self-contained HTML file each, that prints well and loads nothing. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


# What `base.html` begins with.
_BEGINNING = re.compile(
    rb'<!doctype html>\n<html lang="[A-Za-z0-9-]*">\n<head>\n'
    rb'<meta name="generator" content="packbuilder: a page for the office, for no card">\n'
)


@cache
def _templates() -> jinja2.Environment:
    import jinja2  # when there is a page to be made

    return jinja2.Environment(
        loader=jinja2.PackageLoader("builder.review"),
        autoescape=True,  # titles come from a manifest
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, **data: object) -> str:
    """The page that a template of `review/templates/` makes of the data; every one of them extends `base.html`."""
    return _templates().get_template(f"{template}.html").render(**data)


def is_page(data: bytes) -> bool:
    """Whether bytes are those of a page that this program made."""
    return _BEGINNING.match(data) is not None
