"""What the voice says: each text once, as it is heard, kept in the store; nothing by who only reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.files.opening import file_digest
from builder.manifest.pack import SoundSettings, speech_name
from builder.plan.draw import plan_card
from builder.plan.plan import Plan
from builder.profiles.load import built_in
from builder.sound.engine import Engine, open_engine
from builder.sound.voice.speaking import speak_plans
from builder.sound.voice.voice import Voice, find_voice
from tests.packs import listed, pack_of


def _plan(*texts: str, voice: str = "ko") -> Plan:
    section = listed(1, "S", [f"T{at}" for at in range(len(texts))])
    tracks = tuple(
        dataclasses.replace(track, edit=SoundSettings(announcement=(speech_name(voice, text),)))
        for track, text in zip(section.tracks, texts, strict=True)
    )
    return plan_card(pack_of(dataclasses.replace(section, tracks=tracks)), built_in()["sd-card"], {})


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("PACKBUILDER_CACHE", str(tmp_path / "cache"))
    with open_engine(lambda *_: None) as desk:
        yield desk


def test_a_text_is_spoken_once_as_it_is_heard(
    desk: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _plan("욥기 십육장", "욥기 십육장")
    spoken, findings = speak_plans(desk, [plan, plan], find_voice())
    assert (list(spoken), findings) == (["espeak-ng//ko/욥기 십육장"], [])
    (source,) = spoken.values()
    voice = find_voice()
    assert voice is not None
    voice.speak("욥기 심뉵장", "ko", tmp_path / "expected.wav")
    assert source.path.read_bytes() == (tmp_path / "expected.wav").read_bytes()
    assert source.facts.kind == "wav"
    assert source.facts.seconds == pytest.approx(1.2, abs=0.4)

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Voice, "speak", never)
    again, _ = speak_plans(desk, [plan], find_voice())
    assert {name: one.path for name, one in again.items()} == {name: one.path for name, one in spoken.items()}
    read, _ = speak_plans(desk, [_plan("욥기 십육장", "욥기 십칠장")], voice, is_reading=True)
    assert list(read) == ["espeak-ng//ko/욥기 십육장"]


def test_one_text_in_two_voices_is_two_recordings(desk: Engine) -> None:
    korean, _ = speak_plans(desk, [_plan("Hope")], find_voice())
    english, _ = speak_plans(desk, [_plan("Hope", voice="en")], find_voice())
    digests = {file_digest(source.path) for source in (*korean.values(), *english.values())}
    assert len(digests) == 2


def test_what_cannot_be_said_is_told_once_where_it_is_asked_for_first(desk: Engine) -> None:
    plan = _plan("희망", "!?", "!?")
    spoken, (finding,) = speak_plans(desk, [plan, plan], find_voice())
    assert list(spoken) == ["espeak-ng//ko/희망"]
    assert (finding.code, finding.track) == ("E344", "T1")
    assert finding.message == 'espeak-ng cannot say "!?": it says nothing'


def test_a_plan_without_spoken_titles_asks_for_no_voice(desk: Engine) -> None:
    section = listed(1, "S", ["A"])
    assert speak_plans(desk, [plan_card(pack_of(section), built_in()["sd-card"], {})], None) == ({}, [])
