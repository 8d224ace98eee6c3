"""Draws up the plan of a card: pack x profile x lengths of the sources -> Plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from builder.bible.calendar import days_title
from builder.manifest.pack import Pack, sound_seconds
from builder.manifest.shaping import JOIN_SECONDS, Shaping
from builder.plan.arrange import File, arrange
from builder.plan.paths import FileName, Namer, Romanize
from builder.plan.plan import Plan, PlannedTrack, files_of
from builder.plan.sizing import size_for
from builder.plan.tagging import ID3V1_BYTES, Tags, discreet_tags, shown, tag_bytes, three_letters
from builder.profiles.profile import AudioSettings, Profile

# LAME ends a stream with two frames of its own and rounds its length up by one more, of 1152 samples each.
_ENCODER_SECONDS = 3 * 1152 / 44_100


def plan_card(
    pack: Pack,
    profile: Profile,
    seconds: Mapping[str, float],
    *,
    romanize: Romanize | None = None,
    bitrate_kbps: int | None = None,
    cover_bytes: int = 0,
    lyrics_bytes: Mapping[str, int] | None = None,
) -> Plan:
    """Lay the pack out for a profile. `seconds` holds the length of each source by its path; `bitrate_kbps` is another
    than the profile's; `cover_bytes` is the size of the picture in each track, 0 without one; `lyrics_bytes` that of
    each file of words that the card may have, by its source.
    """
    levels = levels_of(pack, profile)
    folders = arrange(pack, profile.limits, seconds, is_flat=levels == 1)
    files = sum(len(folder.files) for folder in folders)
    namer = Namer(pack, profile, levels, files, romanize)
    audio = replace(
        profile.audio, quality=pack.quality, bitrate_kbps=bitrate_kbps or profile.audio.bitrate_kbps
    )
    inputs = _CardInputs(
        pack=pack,
        profile=profile,
        audio=audio,
        namer=namer,
        cover_bytes=cover_bytes,
        lengths=seconds,
        lyrics_bytes=lyrics_bytes or {},
    )
    tracks: list[PlannedTrack] = []
    discs: dict[str, int] = {}
    for place, folder in enumerate(folders, 1):
        path = namer.folder(folder)
        disc = discs.setdefault(path, len(discs) + 1)
        album = namer.album(folder)
        if not pack.discreet:
            album = _numbered_album(*album, place, len(folders))
        for file, name in zip(folder.files, namer.files(folder, path, len(tracks) + 1), strict=True):
            tags = inputs.tags(file, name, album, track=len(tracks) + 1, disc=disc)
            tracks.append(inputs.planned(file, name, f"{path}/{name.file}" if path else name.file, tags))
    return Plan(
        pack=pack.id,
        title=pack.title,
        language=pack.language,
        edition=pack.edition,
        discreet=pack.discreet,
        profile=profile,
        audio=audio,
        cover=pack.cover if cover_bytes else None,
        cover_bytes=cover_bytes,
        tracks=tuple(tracks),
        label_bytes=pack.card.label_bytes,
        size=size_for(list(files_of(tracks)), pack.card.label_bytes, profile.limits),
    )


def levels_of(pack: Pack, profile: Profile) -> int:
    """How deep the card is, files included: as the manifest says, within what the device reads."""
    limits = profile.limits
    return min(max(pack.card.levels or limits.max_levels, limits.min_levels), limits.max_levels)


def _numbered_album(title: str, plain: str, place: int, folders: int) -> tuple[str, str]:
    """Albums sort by name on players with a tag database: a number keeps them in play order."""
    if folders == 1:
        return title, plain
    number = f"{place:0{max(2, len(str(folders)))}d}"
    return f"{number} {title}", f"{number} {plain}".strip()


@dataclass(frozen=True, kw_only=True)
class _CardInputs:
    """What every track of a plan shares."""

    pack: Pack
    profile: Profile
    audio: AudioSettings
    namer: Namer
    cover_bytes: int
    lengths: Mapping[str, float]
    lyrics_bytes: Mapping[str, int]

    def tags(self, file: File, name: FileName, album: tuple[str, str], *, track: int, disc: int) -> Tags:
        settings, pack = self.profile.tag, self.pack
        if pack.discreet:
            return discreet_tags(name.shown_title, album[0], track=track, disc=disc)
        artist = file.track.speaker or pack.title
        plain_artist = self.namer.plain(artist, "")  # never the id, which is the office's
        return Tags(
            title=shown(name.shown_title, name.plain_title, settings),
            artist=shown(artist, plain_artist, settings),
            album=shown(album[0], album[1], settings),
            track=track,
            disc=disc,
            language=three_letters(pack.language),
            genre=settings.genre,
            plain_title=name.plain_title,
            plain_artist=plain_artist,
            plain_album=album[1],
        )

    def planned(self, file: File, name: FileName, path: str, tags: Tags) -> PlannedTrack:
        track, profile = file.track, self.profile
        edit = track.edit
        pause = _given(edit.pause_seconds, profile.pause_seconds)
        announcement = edit.announcement if file.part == 1 else ()
        seconds = sound = sound_seconds(track, self.lengths) / file.parts
        if announcement:
            seconds += sum(self.lengths.get(clip, 0.0) for clip in announcement) + pause
            seconds += JOIN_SECONDS * (len(announcement) - 1)
        lyrics = tuple(
            p.lyrics.source for p in track.pieces if p.lyrics and p.lyrics.source in self.lyrics_bytes
        )
        stream_bytes = round((seconds + _ENCODER_SECONDS) * self.audio.bitrate_kbps * 125)
        return PlannedTrack(
            path=path,
            number=file.number,
            tags=tags,
            title=name.title,
            speaker=track.speaker,
            passage=", ".join(map(str, track.passages)) or None,
            reads=track.passages if track.is_reading else (),
            section=days_title(track.days, self.pack.books) if track.days else file.section.title,
            pieces=track.pieces,
            part=file.part,
            parts=file.parts,
            work=track.work,
            shaping=Shaping(
                channel=edit.channel,
                high_pass_hz=_given(edit.high_pass_hz, profile.high_pass_hz),
                denoise=edit.denoise,
                compress=edit.compress or profile.compress,
            ),
            fade_in_seconds=edit.fade_in_seconds if file.part == 1 else 0.0,
            fade_out_seconds=edit.fade_out_seconds if file.part == file.parts else 0.0,
            head_silence_seconds=_given(edit.head_silence_seconds, profile.head_silence_seconds),
            tail_silence_seconds=_given(edit.tail_silence_seconds, profile.tail_silence_seconds),
            announcement=announcement,
            pause_seconds=pause,
            sound_seconds=sound,
            seconds=seconds,
            bytes=stream_bytes
            + tag_bytes(tags, profile.tag, self.cover_bytes)
            + (ID3V1_BYTES if profile.tag.id3v1 != "none" else 0),
            place=track.place,
            announcement_place=track.announcement_place,
            section_place=file.section.place,
            lyrics=lyrics,
            lyrics_bytes=sum(self.lyrics_bytes[source] for source in lyrics),
        )


def _given(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
