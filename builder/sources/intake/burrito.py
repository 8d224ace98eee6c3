"""Scripture Burrito: what the metadata.json of an audioTranslation says of each recording, held against the files.

Source: the schema of Scripture Burrito 1.0 (docs.burrito.bible): `type.flavorType`, `ingredients.<path>` with `size`,
`checksum.md5` and `scope`.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from builder.bible.passage import Passage, PassageError, parse_passage
from builder.files.opening import open_file
from builder.findings import Finding, Problem
from builder.sources.intake.listing import Recording, place_at

_MAX_BYTES = 16 * 1024 * 1024


@dataclass(kw_only=True)
class Burrito:
    """Passages by the path of the recording, relative to the folder that was given; and languages."""

    passages: dict[str, Passage] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_burrito(metadata: Recording, recordings: Mapping[str, Recording]) -> Burrito:
    """What a metadata.json says. A file of that name that is something else is reported, and not used."""
    found = Burrito()
    try:
        with open_file(metadata.at) as stream:
            said = json.loads(stream.read(_MAX_BYTES + 1)[:_MAX_BYTES])
        ingredients = _ingredients(said)
    except (OSError, ValueError, RecursionError) as error:
        problem = Problem("W337.other")
        if isinstance(error, OSError):
            problem = Problem("W337.unread", reason=error.strerror)
        found.findings.append(problem.at(place_at(metadata.path)))
        return found
    tags = [one.get("tag") for one in said.get("languages") or [] if isinstance(one, dict)]
    found.languages = [tag for tag in tags if isinstance(tag, str)]
    above = posixpath.dirname(metadata.path)
    named = set()
    for name, ingredient in ingredients.items():
        path = posixpath.normpath(posixpath.join(above, name))
        named.add(path)
        mime = ingredient.get("mimeType")
        if isinstance(mime, str) and not mime.startswith("audio/"):
            continue
        recording = recordings.get(path)
        if recording is None:
            found.findings.append(Problem("E336.absent").at(place_at(path)))
            continue
        found.findings += _differences(recording, ingredient)
        scope = ingredient.get("scope")
        passage = _passage(scope)
        if passage is not None:
            found.passages[path] = passage
        elif isinstance(scope, dict) and scope:
            problem = Problem("W337.scope", scope=json.dumps(scope)[:60])
            found.findings.append(problem.at(place_at(path)))
    extra = [path for path in recordings if path not in named and (not above or path.startswith(f"{above}/"))]
    if extra:
        found.findings.append(Problem("W337.unlisted", paths=extra).at(place_at(metadata.path)))
    return found


def _ingredients(said: Any) -> dict[str, dict[str, Any]]:
    """The ingredients; ValueError with the reason where it is no audioTranslation."""
    kind = _at(_at(said, "type"), "flavorType")
    name, flavor = _at(kind, "name"), _at(_at(kind, "flavor"), "name")
    if (name, flavor) != ("scripture", "audioTranslation"):
        raise ValueError("it is of another type or flavor")
    listed = _at(said, "ingredients")
    if not isinstance(listed, dict) or not all(isinstance(one, dict) for one in listed.values()):
        raise ValueError("it lists no ingredients")
    return listed


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _differences(recording: Recording, ingredient: Mapping[str, Any]) -> Iterator[Finding]:
    place = place_at(recording.path)
    size, md5 = ingredient.get("size"), _at(ingredient.get("checksum"), "md5")
    if isinstance(size, int) and size != recording.bytes:
        yield Problem("E336.bytes", expected=size, found=recording.bytes).at(place)
    elif isinstance(md5, str):
        try:
            with open_file(recording.at) as stream:
                digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        except OSError as error:
            yield Problem("E336.unread", reason=error.strerror).at(place)
            return
        if digest != md5.lower():
            yield Problem("E336").at(place)


def _passage(scope: Any) -> Passage | None:
    """`{"GEN": ["1"]}`, `{"LUK": ["1:26-38"]}`, `{"RUT": ["1", "2"]}`, `{"OBA": []}`; None where it is several
    passages, or none.
    """
    if not isinstance(scope, dict) or len(scope) != 1:
        return None
    ((book, parts),) = scope.items()
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return None
    if len(parts) > 1:  # chapters one behind the other
        chapters = [int(part) if re.fullmatch("[0-9]{1,3}", part) else 0 for part in parts]
        if chapters != [*range(chapters[0], chapters[0] + len(parts))]:
            return None
        parts = [f"{chapters[0]}-{chapters[-1]}"]
    try:
        return parse_passage(" ".join([str(book), *parts]))
    except PassageError:
        return None
