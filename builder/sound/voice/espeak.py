"""A text spoken by espeak-ng into a WAV file: a script, run in a process of its own by voice.py, with Python alone.

    python espeak.py LIBRARY                    writes the library's version to standard output
    python espeak.py LIBRARY VOICE FILE.wav     speaks the UTF-8 text on standard input

It runs in the folder that holds `espeak-ng-data`. The text is text: neither SSML nor phonemes are looked for in it.
"""

from __future__ import annotations

import ctypes
import sys
import wave

# speak_lib.h of espeak-ng 1.52.
_SYNCHRONOUS, _DONT_EXIT, _UTF8 = 2, 0x8000, 1
# As long as a spoken title may be, and as short as a recording (render.py, analyse.py).
_LONGEST_SECONDS, _SHORTEST_SECONDS = 60, 0.25
# What a voice has to reach somewhere, of 32,768: all else is silence.
_LOUD = 300
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def main(arguments: list[str]) -> str:
    """Do what the arguments ask; "", or why it cannot be done."""
    library = ctypes.CDLL(arguments[0])
    if len(arguments) == 1:
        library.espeak_Info.restype = ctypes.c_char_p
        sys.stdout.write(library.espeak_Info(None).decode("ascii", "replace"))
        return ""
    voice, file = arguments[1:]
    rate_hz = library.espeak_Initialize(_SYNCHRONOUS, 0, b".", _DONT_EXIT)
    if rate_hz <= 0:
        return "it does not find its data"
    pcm = bytearray()

    def heard(samples: int | None, count: int, events: int | None) -> int:  # noqa: ARG001  # t_espeak_callback
        if samples and count > 0:
            pcm.extend(ctypes.string_at(samples, count * 2))
        return int(len(pcm) > _LONGEST_SECONDS * rate_hz * 2)  # 1 ends it

    callback = _Callback(heard)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        return f"it has no voice {voice}"
    text = sys.stdin.buffer.read() + b"\0"
    size = ctypes.c_size_t(len(text))
    if library.espeak_Synth(text, size, 0, 0, 0, _UTF8, None, None) != 0:
        return "it refused the text"
    if len(pcm) > _LONGEST_SECONDS * rate_hz * 2:
        return f"it speaks longer than {_LONGEST_SECONDS} s"
    loudest = max((abs(sample) for sample in memoryview(pcm).cast("h")), default=0)
    if loudest < _LOUD or len(pcm) < _SHORTEST_SECONDS * rate_hz * 2:
        return "it says nothing"
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(pcm)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or 0)
