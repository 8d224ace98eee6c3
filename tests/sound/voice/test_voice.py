"""The voice: the same bytes every time, text that stays text, and nothing that can stop the build."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.bible.titles import as_heard, speech_seconds
from builder.sound.voice import voice as module
from builder.sound.voice.voice import Voice, VoiceError, find_voice


@pytest.fixture(scope="module")
def voice() -> Voice:
    found = find_voice()
    assert found is not None
    return found


def _spoken(voice: Voice, text: str, folder: Path, language: str = "ko") -> bytes:
    file = folder / f"{hashlib.sha256(text.encode()).hexdigest()}.{language}.wav"
    voice.speak(text, language, file)
    return file.read_bytes()


def _seconds(path: Path) -> float:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        return float(sound.getnframes() / sound.getframerate())


def test_it_is_the_version_that_reads_mandarin(voice: Voice) -> None:
    assert voice.version.startswith("1.52")


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("ko", "ko"), ("ko-KP", "ko"), ("zh-Hans", "cmn"), ("zh-Hant-TW", "cmn"), ("yue", "yue"), ("en", "en"),
        ("en-US", "en-US"), ("pt-BR", "pt-BR"), ("pt", "pt"), ("sr-Latn", "sr"), ("mn", None), ("qqq", None),
    ],
)  # fmt: skip
def test_a_language_has_the_voice_of_its_nearest_tag(voice: Voice, language: str, name: str | None) -> None:
    assert voice.of(language) == name


def test_one_text_is_the_same_bytes_whatever_was_said_before_and_beside_it(
    voice: Voice, tmp_path: Path
) -> None:
    first = _spoken(voice, "마가복음 삼장", tmp_path)
    texts = ["시편 이십삼편", "마가복음 삼장", "설교", "마가복음 삼장"]
    found: dict[int, bytes] = {}

    def say(at: int) -> None:
        (tmp_path / str(at)).mkdir()
        found[at] = _spoken(voice, texts[at], tmp_path / str(at))

    threads = [threading.Thread(target=say, args=(at,)) for at in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[1] == found[3] == first
    assert len(set(found.values())) == 3


@pytest.mark.parametrize(
    ("marked", "least", "most"),
    [
        ('<speak><break time="20s"/>Mark</speak>', 1.0, 8.0),  # as SSML it would last 20 s
        ("[[m'A@k m'A@k]]", 1.2, 4.0),  # as phonemes half a second
        ("&lt;Mark&gt;", 1.0, 4.0),  # as <Mark> half a second
    ],
)
def test_markup_and_phonemes_are_read_as_text(
    voice: Voice, tmp_path: Path, marked: str, least: float, most: float
) -> None:
    voice.speak(marked, "en", tmp_path / "a.wav")
    assert least < _seconds(tmp_path / "a.wav") < most


@pytest.mark.parametrize("text", ["가나다라마" * 40, "하나님의 은혜와 사랑 " * 16])
def test_a_long_korean_title_is_said_to_its_end(voice: Voice, tmp_path: Path, text: str) -> None:
    voice.speak(as_heard(text), "ko", tmp_path / "whole.wav")
    assert _seconds(tmp_path / "whole.wav") > 0.7 * speech_seconds(text)
    voice.speak(text, "ko", tmp_path / "bare.wav")
    assert _seconds(tmp_path / "bare.wav") < 0.9 * _seconds(tmp_path / "whole.wav")


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        ("...", "ko", "it says nothing"),
        ("", "ko", "it says nothing"),
        ("-", "en", "it says nothing"),
        ("Mark", "none-such", "it has no voice none-such"),
        ("가나다라마 " * 200, "ko", "it speaks longer than 60 s"),
    ],
)
def test_what_cannot_be_said_is_told_with_the_reason_and_leaves_no_file(
    voice: Voice, tmp_path: Path, text: str, language: str, why: str
) -> None:
    with pytest.raises(VoiceError, match=why):
        voice.speak(text, language, tmp_path / "a.wav")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another script in the place of ours."""
    path = tmp_path / "script.py"
    monkeypatch.setattr(module, "_SCRIPT", path)
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 1)
    yield path


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import time; time.sleep(60)", "it does not come to an end"),
        ("import os; os.abort()", "it crashed"),
        ("import sys; sys.exit('broken data')", "broken data"),
    ],
)
def test_a_voice_that_hangs_or_crashes_ends_itself_and_not_the_build(
    voice: Voice, script: Path, tmp_path: Path, code: str, why: str
) -> None:
    if sys.platform == "win32" and "abort" in code:
        pytest.skip("Windows would ask what to do")
    script.write_text(code, "utf-8")
    with pytest.raises(VoiceError, match=why):
        voice.speak("설교", "ko", tmp_path / "a.wav")


def test_it_is_told_nothing_of_who_runs_it(voice: Voice, script: Path, tmp_path: Path) -> None:
    script.write_text("import os, sys; sys.exit(repr(sorted(os.environ)))", "utf-8")
    with pytest.raises(VoiceError) as error:
        voice.speak("설교", "ko", tmp_path / "a.wav")
    assert "HOME" not in str(error.value)
    assert "USER" not in str(error.value)


def test_without_the_extra_or_with_one_that_does_not_work_there_is_no_voice(
    voice: Voice, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.write_text("import sys; sys.exit('its library is of another system')", "utf-8")
    assert find_voice() is None
    monkeypatch.undo()
    assert find_voice() == dataclasses.replace(voice)
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    assert find_voice() is None
