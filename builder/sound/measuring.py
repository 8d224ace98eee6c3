"""The first sound stage: every recording decoded and measured once, spoken titles too, and kept in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builder.findings import Finding
from builder.manifest.pack import Piece
from builder.manifest.shaping import Channel
from builder.plan.plan import PlannedTrack
from builder.sound.decode.analyse import Analysis, analyse
from builder.sound.decode.graph import Clip, Window
from builder.sound.encode.render import MAX_TITLE_SECONDS, RENDER_REVISION
from builder.sound.engine import Session
from builder.sound.loudness.envelope import Envelope, Loudness, read_envelope
from builder.sound.store import StoreEntry, key_of
from builder.sources.find import Source, finding_of
from builder.sources.probe import SourceFault

# Some flat tops are a click or two; more are a recording made too loud.
_CLIPPED_SAMPLES = 50
# Less direct current is taken out without a word.
_MUCH_SHIFT = 0.05
_SPLIT_DOUBT = 0.15


@dataclass(frozen=True, kw_only=True)
class Measured:
    """An analysis, where its envelope lies, and the store's key for it: a digest of all that it depends on."""

    key: str
    analysis: Analysis
    file: Path

    def envelope(self) -> Envelope:
        return read_envelope(self.file, self.analysis.seconds)


@dataclass(frozen=True, kw_only=True)
class Extract:
    """A part of a recording to be measured: the source by its path in the manifest, the window in it, the channel."""

    source: str
    window: Window
    channel: Channel


def part_of(piece: Piece, track: PlannedTrack) -> Extract:
    window = Window(start=piece.start_seconds or 0.0, end=piece.end_seconds)
    return Extract(source=piece.source, window=window, channel=track.shaping.channel)


def titles_of(track: PlannedTrack) -> list[Extract]:
    """The spoken title of a track: whole recordings, one behind the other."""
    return [Extract(source=clip, window=Window(), channel="auto") for clip in track.announcement]


def parts_of(track: PlannedTrack) -> list[Extract]:
    """All that a track plays."""
    return [*(part_of(piece, track) for piece in track.pieces), *titles_of(track)]


def measure_plan(session: Session) -> tuple[dict[Extract, Measured], list[Finding]]:
    """Measure all that the plan plays, each part once; and findings about parts that cannot be used."""
    tracks = session.plan.tracks
    parts = list(dict.fromkeys(part for track in tracks for part in parts_of(track)))
    results = session.engine.each(
        "measure", parts, lambda part: _measure(session, part), lambda part: part.source
    )
    found = dict(zip(parts, results, strict=True))
    measured = {part: result for part, result in found.items() if isinstance(result, Measured)}
    findings = [finding for track in tracks for finding in _findings(track, found, session.sources)]
    return measured, list(dict.fromkeys(findings))


def _measure(session: Session, part: Extract) -> Measured | SourceFault:
    engine, key = session.engine, _key(session, part)
    with engine.store.take(key) as folder:
        if isinstance(folder, StoreEntry):
            return _measured(key, folder)
        source = session.sources[part.source]
        clip = Clip(path=source.path, facts=source.facts, window=part.window, channel=part.channel)
        with session.unchanged(part.source), engine.spools.open(key) as spool:
            found = analyse(session.decoder(folder), clip, spool)
        if isinstance(found, SourceFault):
            return found
        analysis, envelope = found
        file = folder / "envelope"
        envelope.write(file)
        return _measured(key, engine.store.add(key, _facts(analysis), file))


def recall(session: Session, part: Extract) -> Measured | None:
    """The measurement of a part, if the store has it."""
    key = _key(session, part)
    entry = session.engine.store.find(key)
    return None if entry is None else _measured(key, entry)


def _measured(key: str, entry: StoreEntry) -> Measured:
    values = {name: value for name, value in entry.facts.items() if name not in ("blocks", "true_peak_dbtp")}
    assert entry.file is not None  # noqa: S101  # measurements are stored with their envelope
    return Measured(
        key=key, analysis=Analysis(loudness=loudness_from(entry.facts), **values), file=entry.file
    )


def _findings(
    track: PlannedTrack, found: Mapping[Extract, Measured | SourceFault], sources: Mapping[str, Source]
) -> list[Finding]:
    """Findings about a track's recordings and of its spoken title, each where the manifest names it."""
    findings = []
    for piece in track.pieces:
        result = found[part_of(piece, track)]
        faults = (
            [result] if isinstance(result, SourceFault) else _doubts(Path(piece.source).name, result.analysis)
        )
        if track.part > 1:  # it was said of the first part
            faults = []
        findings += [finding_of(fault, piece.place, track.title) for fault in faults]
        if track.parts > 1 and isinstance(result, Measured):
            findings += _unlike_the_plan(track, piece, result.analysis.seconds)
    for title in titles_of(track):
        clip = found[title]
        said = _title_fault(sources[title.source].path, clip.analysis if isinstance(clip, Measured) else clip)
        if said is not None:  # without the track's title: one clip may announce many
            findings.append(finding_of(said, track.announcement_place, ""))
    return findings


def _unlike_the_plan(track: PlannedTrack, piece: Piece, seconds: float) -> list[Finding]:
    """The number of parts goes by what a header says, which may be wrong."""
    planned = track.sound_seconds * track.parts
    if track.part > 1 or abs(seconds - planned) <= planned * _SPLIT_DOUBT:
        return []
    fault = SourceFault(
        code="W515",
        message=f"{piece.source} is {seconds / 60:.1f} min long where its header says {planned / 60:.1f} min: "
        f"it was split into {track.parts} parts of {seconds / track.parts / 60:.1f} min",
        help="save it again in an audio editor, as WAV or as MP3 of one bitrate; then the length is known",
    )
    return [finding_of(fault, piece.place, "")]


def _doubts(name: str, found: Analysis) -> list[SourceFault]:
    """What is wrong with a recording that can be used all the same."""
    faults = []
    other = "right" if found.channel == "left" else "left"
    if found.complaint:
        message = f"the decoder complained about {name}: {found.complaint}"
        faults.append(
            SourceFault(code="W505", message=message, help="listen to it; there may be a click or a gap")
        )
    if found.clipped_samples > _CLIPPED_SAMPLES:
        message = f"{name} is clipped: {found.clipped_samples:,} samples are cut off at full scale"
        help_text = "it was recorded or saved too loud; ask for the original, or listen whether it crackles"
        faults.append(SourceFault(code="W510", message=message, help=help_text))
    if found.channel_fault == "dead":
        message = f"the {other} channel of {name} is dead; the {found.channel} one is used"
        faults.append(
            SourceFault(code="W511", message=message, help="if both are meant, write `channel: mix`")
        )
    if found.channel_fault == "cancelled":
        message = f"the two channels of {name} cancel each other out; the {found.channel} one is used"
        faults.append(
            SourceFault(
                code="W512", message=message, help="one was wired the wrong way round; that does no harm"
            )
        )
    if abs(found.shift) >= _MUCH_SHIFT:
        message = f"{name} carries direct current, {abs(found.shift):.1%} of full scale, which was taken out"
        faults.append(
            SourceFault(code="W513", message=message, help="the sound card that recorded it has a fault")
        )
    return faults


def _title_fault(path: Path, found: Analysis | SourceFault) -> SourceFault | None:
    """Why a clip cannot be a spoken title, if it cannot."""
    if isinstance(found, SourceFault):
        return found
    if found.seconds <= MAX_TITLE_SECONDS:
        return None
    return SourceFault(
        code="E504",
        message=f"{path.name} lasts {found.seconds:.0f} s; a spoken title at most {MAX_TITLE_SECONDS:.0f} s",
        help="is this the recording itself? `announce` names a clip that says the title",
    )


def _key(session: Session, part: Extract) -> str:
    return key_of(
        {
            "source": session.sha256(part.source),
            "start": part.window.start,
            "end": part.window.end,
            "channel": part.channel,
            "sample_rate_hz": session.rate_hz,
            "ffmpeg": session.engine.ffmpeg.identity,
            "revision": RENDER_REVISION,
        }
    )


def _facts(found: Analysis) -> dict[str, Any]:
    values = asdict(found)
    del values["loudness"]
    return {**values, **loudness_facts(found.loudness)}


def loudness_facts(loudness: Loudness) -> dict[str, Any]:
    """Loudness as JSON can hold it, which knows no numbers as keys."""
    return {"blocks": sorted(loudness.blocks.items()), "true_peak_dbtp": loudness.true_peak_dbtp}


def loudness_from(facts: Mapping[str, Any]) -> Loudness:
    blocks = {int(level): int(count) for level, count in facts["blocks"]}
    return Loudness(blocks=blocks, true_peak_dbtp=facts["true_peak_dbtp"])
