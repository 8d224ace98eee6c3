"""A comparison as text for people, and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.review.compare import Change, Comparison, Row
from builder.text import length, many, printable

_MOST_RENAMED = 5
_LONGEST = 60


def comparison_text(found: Comparison) -> str:
    """What differs, one line per track, and the counts last."""
    lines = [f"  {name}: {_shown(one)} -> {_shown(other)}" for name, one, other in found.heads]
    lines += [f'  folder "{printable(one)}" is now "{printable(other)}"' for one, other in found.sections]
    renamed = [change for change in found.changes if change.kinds == ("renamed",)]
    for change in found.changes:
        if change.kinds != ("renamed",) or change in renamed[:_MOST_RENAMED]:
            lines += _lines(change)
    if len(renamed) > _MOST_RENAMED:
        lines.append(f"  ~ {len(renamed) - _MOST_RENAMED:,} more are renamed, and the same otherwise")
    return "\n".join([*lines, counts_text(found)])


def removed_text(found: Comparison) -> str:
    """A line for each track that went."""
    return "\n".join(line for change in found.changes if change.after is None for line in _lines(change))


def counts_text(found: Comparison) -> str:
    """`1 retitled, 1 re-recorded, 82 as they were`."""
    if found.is_empty:
        return f"no difference: {many(found.same, 'track')} as they were"
    kinds = [f"{count:,} {kind}" for kind, count in found.counts.items()]
    kinds += [f"{found.same:,} as {'it was' if found.same == 1 else 'they were'}"] if found.same else []
    of_the_pack = [name for name, _, _ in found.heads] + ["folders' names"] * bool(found.sections)
    return "; ".join(filter(None, [", ".join(of_the_pack), ", ".join(kinds)]))


def _lines(change: Change) -> Iterator[str]:
    row = change.after or change.before
    if row is None:
        return
    where = printable(row.path or f"{row.section} / {row.title}")
    if change.before is None or change.after is None:
        yield f"  {change.sign} {where}{_about(row)}"
        return
    # A new name that follows from a new title or another folder is not worth a line.
    kinds = ", ".join(kind for kind in change.kinds if kind != "renamed") or "renamed"
    details = [one for one in change.details if one[0] != "path" or kinds == "renamed"]
    yield f"  {change.sign} {where}: {kinds}"
    for name, one, other in details:
        yield f"      {name}: {_shown(one)} -> {_shown(other)}"


def _about(row: Row) -> str:
    title = f'  "{printable(row.title)}"' if row.path else ""
    return title + (f", {length(row.seconds)}" if row.seconds else "")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_span if isinstance(value[0], list) else _shown, value)) if value else "none"
    text = "none" if value is None or value == "" else printable(str(value))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def _span(times: list[float | None]) -> str:
    """A part of a recording: `0:12.5 to the end`."""
    start, end = times
    return f"{_time(start or 0.0)} to {'the end' if end is None else _time(end)}"


def _time(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:06.3f}".rstrip("0").rstrip(".")


def comparison_json(found: Comparison) -> dict[str, Any]:
    return {
        "pack": [{"what": name, "before": one, "after": other} for name, one, other in found.heads],
        "folders": [{"before": one, "after": other} for one, other in found.sections],
        "changes": [_change_json(change) for change in found.changes],
        "counts": found.counts,
        "same": found.same,
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "kinds": list(change.kinds),
        "before": _row_json(change.before),
        "after": _row_json(change.after),
        "details": [{"what": name, "before": one, "after": other} for name, one, other in change.details],
    }


def _row_json(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"path": row.path, "section": row.section, "title": row.title, "passage": row.passage}
