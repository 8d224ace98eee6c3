"""One pass over a recording: its envelope, its true length, its channels, and the silence at its head and tail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from builder.manifest.shaping import Channel
from builder.sound.decode.ffmpeg import failure
from builder.sound.decode.graph import Clip, Window
from builder.sound.decode.measure import EDGE_SECONDS, ChannelFault, Decoded, decode_and_measure
from builder.sound.decode.pcm import Decoder
from builder.sound.decode.spool import Spool
from builder.sound.encode.speech import head_silence_seconds, tail_silence_seconds
from builder.sound.loudness.envelope import ABSOLUTE_GATE_LUFS, Envelope, Loudness
from builder.sources.mpeg import format_change
from builder.sources.probe import (
    CUT_SHORT_HELP,
    LONGEST_HOURS,
    TOO_LONG_HELP,
    UNLIKE_ITS_SIZE_HELP,
    SourceFacts,
    SourceFault,
    longest_seconds,
)

# Silence is what stays this far below the recording's own loudness, so that a whisper is never cut.
SILENCE_BELOW_LU = 35.0
QUIETEST_SILENCE_DBFS = -75.0
# Filters may end a little earlier or later than what goes in.
_SHAPING_SLACK_SECONDS = 0.1
# Below this it is a click: too few frames for players, and for checkers of MP3, to know it for sound.
SHORTEST_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What a recording is, within its window. `silence_dbfs` is what counts as silence in it; `complaint` is
    the decoder's, or "". `channel` is what was measured of its `channels`, and `shift` the direct current taken from it
    (0 where there is none to speak of); `clipped_samples` counts flat tops.
    """

    loudness: Loudness
    seconds: float
    head_silence_seconds: float
    tail_silence_seconds: float
    silence_dbfs: float
    channels: int
    channel: Channel
    channel_fault: ChannelFault
    shift: float
    clipped_samples: int
    complaint: str


def analyse(decoder: Decoder, clip: Clip, spool: Spool) -> tuple[Analysis, Envelope] | SourceFault:
    """Decode a plain clip and measure it as it will go to the encoder. A fault if it cannot be used.

    It is decoded a second time if direct current must be taken from it, or, with `channel` "auto", if only one of its
    two channels is any good. What the clip says of `channels` and `shift` is not used.
    """
    path, facts, channel = clip.path, clip.facts, clip.channel
    if facts.kind == "mp3" and (change := format_change(path, facts.tag_bytes)):
        return SourceFault(
            code="E314",
            message=f"{path.name} is more than one recording: {change}",
            help="save it again in an audio editor, or use the recordings it was joined from",
        )
    clip = replace(clip, channels=0, shift=0.0)
    heard = decode_and_measure(decoder, clip, spool)
    if fault := _unusable(clip, heard, decoder.folder):
        return fault
    why: ChannelFault = ""
    if channel == "auto":
        why = heard.channel_fault
        channel = heard.louder if why else "mix"
    shift = heard.shift_of(channel)
    if why or shift:
        spool.begin_again()
        heard = decode_and_measure(decoder, replace(clip, channel=channel, shift=shift), spool)
        if fault := _unusable(clip, heard, decoder.folder):
            return fault
    envelope = heard.envelope
    loudness = envelope.loudness
    level = loudness.integrated_lufs
    if level is None:
        return SourceFault(
            code="E501",
            message=f"{path.name} is silent: nothing in it is louder than {ABSOLUTE_GATE_LUFS:.0f} LUFS",
            help="listen to it; it may be the wrong file, or an unplugged microphone",
        )
    threshold = max(level - SILENCE_BELOW_LU, QUIETEST_SILENCE_DBFS)
    head = head_silence_seconds(heard.edges.head, decoder.rate_hz, threshold)
    tail = tail_silence_seconds(heard.edges.tail, decoder.rate_hz, threshold)
    if envelope.seconds > EDGE_SECONDS:
        far_head, far_tail = envelope.silence_at_ends(threshold)
        head = max(head, far_head) if head > EDGE_SECONDS - 1 else head
        tail = max(tail, far_tail) if tail > EDGE_SECONDS - 1 else tail
    spool.keep()
    found = Analysis(
        loudness=loudness,
        seconds=envelope.seconds,
        head_silence_seconds=head,
        tail_silence_seconds=tail,
        silence_dbfs=threshold,
        channels=heard.channels,
        channel=channel,
        channel_fault=why,
        shift=shift,
        clipped_samples=heard.clipped_samples,
        complaint=heard.outcome.complaints[0] if heard.outcome.complaints else "",
    )
    return found, envelope


def analyse_shaped(decoder: Decoder, clip: Clip, seconds: float, spool: Spool) -> Envelope:
    """The envelope of a recording that was analysed before and is `seconds` long, once it is lifted and shaped."""
    heard = decode_and_measure(decoder, clip, spool)
    length = heard.envelope.seconds
    if heard.outcome.code != 0 or heard.is_strange or abs(length - seconds) > _SHAPING_SLACK_SECONDS:
        raise failure(
            decoder.folder,
            heard.outcome,
            f"ffmpeg shaped {length:.2f} of {seconds:.2f} s of {clip.path.name}",
        )
    spool.keep()
    return heard.envelope


def _unusable(clip: Clip, heard: Decoded, folder: Path) -> SourceFault | None:
    """Why what was decoded is not what was asked for, if it is not."""
    path, facts, window = clip.path, clip.facts, clip.window
    seconds, outcome = heard.envelope.seconds, heard.outcome
    if heard.is_strange:
        return SourceFault(
            code="E514",
            message=f"{path.name} holds samples that are no numbers (NaN or infinite)",
            help="export it again from the program that made it, as 16- or 24-bit WAV or as FLAC",
        )
    if seconds > LONGEST_HOURS * 3600:
        return SourceFault(
            code="E313", message=f"{path.name} goes on beyond {LONGEST_HOURS} hours", help=TOO_LONG_HELP
        )
    if seconds > longest_seconds(facts.bytes):  # its header did not say so
        message = (
            f"{path.name} has {facts.bytes:,} bytes and goes on beyond {seconds / 60:.0f} min of silence"
        )
        return SourceFault(code="E319", message=message, help=UNLIKE_ITS_SIZE_HELP)
    nothing = outcome.code == 0 and seconds == 0 and not outcome.complaints
    if nothing and window.start > 0 and not facts.is_exact:  # its header promised more than there is
        return SourceFault(
            code="E502",
            message=f"`start` is at {window.start:.1f} s; {path.name} ends before that",
            help="set `start` inside the recording",
        )
    if outcome.crashed or (nothing and not heard.is_begun and facts.seconds > window.start):
        raise failure(folder, outcome, f"ffmpeg stopped while it decoded {path.name}")
    if seconds == 0 and window.start >= facts.seconds > 0:
        return SourceFault(
            code="E502",
            message=f"`start` is at {window.start:.1f} s; {path.name} is {facts.seconds:.1f} s long",
            help="set `start` inside the recording",
        )
    if outcome.code != 0 or seconds == 0:
        complaint = outcome.complaints[0] if outcome.complaints else "no sound came out of it"
        return SourceFault(
            code="E503",
            message=f"{path.name} cannot be decoded: {complaint}",
            help="play it in another program; copy or export it again",
        )
    if short := _shortfall(facts, window, seconds):
        return SourceFault(code="E307", message=f"{path.name} is cut short: {short}", help=CUT_SHORT_HELP)
    if heard.is_damaged:
        return SourceFault(
            code="E312",
            message=f"{path.name} is damaged: its samples are not those it was saved with (MD5)",
            help="copy it again from where it came; if this is all there is, set `end:` before the damage",
        )
    if seconds < SHORTEST_SECONDS:
        return SourceFault(
            code="E507",
            message=f"{path.name} gives {seconds:.3f} s of sound, less than {SHORTEST_SECONDS} s",
            help="is it the right file? Join it to another if it is",
        )
    return None


def _shortfall(facts: SourceFacts, window: Window, seconds: float) -> str:
    """What is missing against the length the header declares, or against the `end` that was asked for."""
    if window.end is not None:
        wanted = window.end - window.start
        if seconds < wanted - 0.5:
            return f"`end` asks for {wanted:.1f} s from {window.start:.1f} s on; there are {seconds:.1f} s"
        return ""
    wanted = facts.seconds - window.start
    if facts.is_exact and seconds < wanted - max(0.5, wanted * 0.005):
        return f"it declares {facts.seconds:.1f} s and holds {window.start + seconds:.1f} s"
    return ""
