"""What the voice says, each text once: made before anything is measured, and kept in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from builder.bible.titles import as_heard
from builder.errors import ToolMissingError
from builder.findings import Finding
from builder.manifest.pack import speech_of
from builder.plan.plan import Plan
from builder.sound.engine import Engine
from builder.sound.store import StoreEntry, key_of
from builder.sound.voice.voice import Voice, VoiceError
from builder.sources.find import Source
from builder.sources.probe import probe


def speak_plans(
    engine: Engine, plans: Sequence[Plan], voice: Voice | None, *, is_reading: bool = False
) -> tuple[dict[str, Source], list[Finding]]:
    """A recording of every text of the plans by its name, spoken now where the store has none; and what the voice
    cannot say. With `is_reading` nothing is spoken: what the store does not have is left out.
    """
    names = sorted(
        {name for plan in plans for track in plan.tracks for name in track.files if speech_of(name)}
    )
    if not names:
        return {}, []
    if voice is None:  # a check of these plans found one
        raise ToolMissingError("the voice does not answer", 'install it again: pip install -e ".[speech]"')

    def job(name: str) -> Source | str:
        if is_reading:
            entry = engine.store.find(_key(voice, name))
            return _source(entry) if entry else ""
        return _speak(engine, voice, name)

    found = dict(zip(names, engine.each("speak", names, job, str), strict=True))
    faults = {name: why for name, why in found.items() if isinstance(why, str) and why}
    spoken = {name: source for name, source in found.items() if isinstance(source, Source)}
    return spoken, _findings(plans, faults)


def _speak(engine: Engine, voice: Voice, name: str) -> Source | str:
    """The recording of a text, or the reason why there is none."""
    language, text = _said(name)
    with engine.store.take(_key(voice, name)) as folder:
        if isinstance(folder, StoreEntry):
            return _source(folder)
        file = folder / "title.wav"
        try:
            voice.speak(text, language, file)
        except VoiceError as error:
            return str(error)
        return _source(engine.store.add(_key(voice, name), {}, file))


def _said(name: str) -> tuple[str, str]:
    speech = speech_of(name)
    assert speech is not None  # noqa: S101  # names of texts only come here
    language, text = speech
    return language, as_heard(text) if language == "ko" else text


def _key(voice: Voice, name: str) -> str:
    language, text = _said(name)
    return key_of({"speech": text, "voice": language, "engine": voice.identity})


def _source(entry: StoreEntry) -> Source:
    assert entry.file is not None  # noqa: S101  # what is spoken is stored with its file
    facts = probe(entry.file).facts
    assert facts is not None  # noqa: S101  # the store has proved that it is what was put there
    return Source(path=entry.file, facts=facts)


def _findings(plans: Sequence[Plan], faults: Mapping[str, str]) -> list[Finding]:
    """One finding for each text that was not spoken, where the manifest asks for it first."""
    found = {}
    for plan in plans:
        for track in plan.tracks:
            for name in track.files:
                if name in faults and name not in found:
                    found[name] = Finding(
                        code="E344",
                        place=track.announcement_place,
                        track=track.title,
                        message=f'espeak-ng cannot say "{_said(name)[1]}": {faults[name]}',
                        help="record this title and put it into the `prompts` folder, or write it otherwise",
                    )
    return list(found.values())
