"""Pages for the office: one self-contained HTML file each, that prints well and loads nothing. Pure."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


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
