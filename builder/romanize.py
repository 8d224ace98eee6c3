"""Korean and Chinese in Latin letters, for players that have no others. The words come from the `[romanize]` extra."""

from __future__ import annotations

import re
from collections.abc import Callable

from builder.errors import ToolMissingError

_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HAN = re.compile(r"[\u3400-\u9fff]+")


def romanizer() -> Callable[[str], str]:
    """Text in Latin letters: Hangul by the Revised Romanization, Han as Mandarin in Pinyin without tones.

    ToolMissingError where the extra is not installed.
    """
    try:
        from koroman import romanize as korean  # an extra
        from pypinyin import lazy_pinyin
    except ImportError as error:
        raise ToolMissingError(
            f"`romanize: true` needs a part that is not installed ({error.name})",
            'in the project\'s folder: .venv/bin/pip install -e ".[romanize]"',
        ) from error

    def romanize(text: str) -> str:
        text = _HAN.sub(lambda match: f" {' '.join(lazy_pinyin(match[0]))} ", text)
        if _HANGUL.search(text):
            text = korean(text)
        # One capital for each word, which is easier to read on a small screen.
        return " ".join(word[:1].upper() + word[1:] for word in text.split())

    return romanize
