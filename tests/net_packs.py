"""Twenty packs that together use every feature of a manifest, and the recordings that they name."""

from __future__ import annotations

from pathlib import Path

from tests.card.pictures import drawing
from tests.recordings import Recording, side_by_side, voice, with_peak, write

_LRC = "[00:00.50]하나\n[00:01.00]둘\n"
_SRT = "1\n00:00:00,500 --> 00:00:01,000\nOne\n\n2\n00:00:01,100 --> 00:00:01,900\nTwo\n"


def write_recordings(folder: Path) -> None:
    """Short recordings of every kind of sound that is treated in its own way, and what stands beside them."""
    for number in range(1, 5):
        write(folder / f"RUT/RUT_{number:03}.wav", Recording(voice(1.5, seed=number)[None]))
    for number in (1, 2, 3):
        write(
            folder / f"JOL/JOL_{number:03}.wav",
            Recording(voice(1.2, seed=10 + number, rate=16000)[None], 16000),
        )
    write(folder / "JUD/JUD_001.wav", Recording(voice(1.3, seed=20, level=-40.0)[None]))
    write(folder / "long.wav", Recording(voice(22, seed=21)[None]))
    write(folder / "loud.wav", Recording(with_peak(voice(3, seed=22), -0.2)[None]))
    write(folder / "two.wav", Recording(side_by_side(voice(2, seed=23), voice(2, seed=24, pitch=210))))
    write(folder / "quiet.wav", Recording(voice(2, seed=25, level=-52.0, room=-30.0)[None]))
    write(folder / "title.wav", Recording(voice(0.8, seed=26)[None]))
    write(folder / "prompts/RUT.wav", Recording(voice(0.5, seed=27)[None]))
    for number in range(1, 5):
        write(folder / f"prompts/{number:03}.wav", Recording(voice(0.4, seed=30 + number)[None]))
    write(folder / "prompts/S01.wav", Recording(voice(0.6, seed=40)[None]))
    (folder / "words.lrc").write_text(_LRC, "utf-8")
    (folder / "words.srt").write_text(_SRT, "utf-8")
    drawing(300, 200).save(folder / "cover.png")


_PACKS = """
title: 룻기
language: ko
sections:
  - &RUT
---
title: 路得记
language: zh-Hans
sections:
  - &RUT
---
title: Ruth
language: en
defaults: {speaker: A Reader}
sections:
  - &RUT
---
title: 룻기
language: ko
discreet: true
sections:
  - &RUT
  - {title: 설교, tracks: [{title: 위로, source: loud.wav}]}
---
title: 룻기
language: ko
romanize: true
sections:
  - &RUT
---
title: Cover
language: en
cover: cover.png
sections:
  - &RUT
---
title: Prompts
language: ko
prompts: prompts
defaults: {announce: true}
sections:
  - &RUT
---
title: Plan
language: ko
sections:
  - {plan: 3 days, reading: [RUT, JOL, JUD], source: "{book}/{book}_{chapter:03}.wav"}
---
title: Plan
language: en
sections:
  - {plan: 2 days, reading: RUT, source: "RUT/RUT_{chapter:03}.wav"}
---
title: Listed
language: en
sections:
  - title: One
    level: together
    tracks:
      - {title: Quiet, source: quiet.wav}
      - {title: Loud, source: loud.wav}
---
title: Cuts
language: en
sections:
  - title: One
    tracks:
      - {title: Part, source: long.wav, start: "0:02", end: "0:05"}
      - {title: Joined, source: [{source: long.wav, end: "0:02"}, two.wav, {source: long.wav, start: "0:09"}]}
      - {title: Split, source: long.wav, split: 10s}
---
title: Shaped
language: en
sections:
  - title: One
    tracks:
      - {title: A, source: two.wav, channel: left, fade_in: 0.3}
      - {title: B, source: two.wav, channel: mix, fade_out: 0.4}
      - {title: C, source: long.wav, high_pass: 100, denoise: light, compress: strong}
      - {title: D, source: quiet.wav, head_silence: 0, tail_silence: 0, compress: gentle}
---
title: Quality
language: en
quality: best
sections:
  - &RUT
---
title: Words
language: en
sections:
  - title: One
    tracks:
      - {title: A, source: two.wav, lyrics: words.srt, announce: title.wav, pause: 0.5}
---
title: 가사
language: ko
sections:
  - {title: One, tracks: [{title: A, source: two.wav, lyrics: words.lrc}]}
---
title: Groups
language: en
levels: 3
sections:
  - {group: First, title: One, tracks: [{title: A, source: two.wav}]}
  - {group: Second, title: Two, tracks: [{title: B, source: loud.wav}]}
---
title: Small cards
language: en
card: 64MB
fit: true
split: true
sections:
  - &RUT
---
title: Gaps
language: en
gaps: allowed
sections:
  - {reading: RUT 2-3, source: [RUT/RUT_002.wav, RUT/RUT_004.wav]}
  - {reading: JOL, source: "JOL/JOL_{chapter:03}.wav"}
---
title: Twice
language: en
sections:
  - &RUT
  - {reading: RUT, title: Again, source: "RUT/RUT_{chapter:03}.wav"}
---
title: Missing
language: en
sections:
  - {title: One, tracks: [{title: A, source: nowhere.wav}]}
"""
_RUT = '{reading: RUT, source: "RUT/RUT_{chapter:03}.wav"}'

PACKS = tuple(text.lstrip() for text in _PACKS.replace("&RUT", _RUT).split("---\n"))
