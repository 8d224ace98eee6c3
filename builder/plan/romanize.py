"""Korean and Chinese in Latin letters, for players that have no others. The words come from the `[romanize]` extra."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from builder.errors import ToolMissingError

_HANGUL = re.compile(r"[\uac00-\ud7a3]+")
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
            'in the project\'s folder, with the pip that installed the program: pip install -e ".[romanize]"',
        ) from error

    # One capital for each word, which is easier to read on a small screen. What is in Latin letters stays as it is.
    def word(hangul: re.Match[str]) -> str:
        latin = str(korean(hangul[0]))
        is_inside = hangul.string[: hangul.start()][-1:].isalnum()
        return latin if is_inside else latin[:1].upper() + latin[1:]

    def words(han: re.Match[str]) -> str:
        return f" {' '.join(syllable.capitalize() for syllable in lazy_pinyin(han[0]))} "

    def romanize(text: str) -> str:
        return " ".join(_HANGUL.sub(word, _HAN.sub(words, unicodedata.normalize("NFC", text))).split())

    return romanize
