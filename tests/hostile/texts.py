"""Manifests made to hurt whoever reads them, as bytes, each with the one rule it breaks; "" where it is good."""

from __future__ import annotations

import unicodedata

HEAD = "pack: p\ntitle: T\nlanguage: ko\n"
TRACK = "sections: [{title: S, tracks: [{title: Hope, source: a.wav}]}]\n"
GOOD = HEAD + TRACK
MIB = 1024 * 1024


def noted(value: str) -> str:
    """A good manifest with a note, which is written as `value`."""
    return f"{HEAD}note: {value}\n{TRACK}"


def titled(title: str) -> str:
    """A good manifest whose track has this title, written between double quotes."""
    return GOOD.replace("Hope", f'"{title}"')


def sourced(source: str) -> str:
    return GOOD.replace("a.wav", f'"{source}"')


def listed(count: int, track: str) -> str:
    """So many tracks; `{}` in one is its number."""
    rows = "".join(f"  - {{{track.format(number)}}}\n" for number in range(count))
    return f"{HEAD}sections:\n- title: S\n  tracks:\n{rows}"


def _laughs() -> str:
    lines = ["a0: &a0 [" + ", ".join(["ha"] * 10) + "]\n"]
    return "".join(lines + [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]\n" for n in range(1, 20)])


_KOREAN = GOOD.replace("Hope", "희망의 소리")
_CHINESE = GOOD.replace("Hope", "马可福音")
_JSON = '{"title": "S", "tracks": [{"title": "A", "source": "a.wav"}]}'

TEXTS: dict[str, tuple[str | bytes, str]] = {
    # Bombs, and all that multiplies.
    "billion laughs": (noted("x") + _laughs(), "E105 E201"),
    "an alias on itself": (noted("&a [*a]"), "E105 E219"),
    "a merge key": (GOOD + "<<: {title: U}\n", "E107"),
    "a key twice": (GOOD + "title: U\n", "E106"),
    "a key twice in two Unicode forms": (
        f"{GOOD}books: {{가: x, {unicodedata.normalize('NFD', '가')}: y}}\n",
        "E106 E213",
    ),
    "two documents": (GOOD + "---\n" + GOOD, "E108"),
    "a tag": (noted("!!int 1"), "E105"),
    "a Python object": (noted('!!python/object/apply:os.system ["id"]'), "E105 E219"),
    "lists 5,000 deep": (noted("[" * 5_000 + "]" * 5_000), "E103"),
    "mappings 5,000 deep": (noted("{a: " * 5_000 + "}" * 5_000), "E103"),
    "dashes 5,000 deep": (noted("\n" + "- " * 5_000), "E103"),
    "blocks 1,000 deep": (noted("\n" + "\n".join(" " * n + "a:" for n in range(1, 1_000))), "E103"),
    "20,000 tracks": (listed(20_000, "title: t{0}, source: a.wav"), "E102"),
    "7,000 tracks": (listed(7_000, "title: t{0}, source: a.wav"), "E111"),
    "9,000 times all psalms": (
        HEAD + "sections:\n" + "- {reading: PSA, source: '{chapter}.wav'}\n" * 9_000,
        "E111",
    ),
    # Size.
    "2 MiB": (GOOD + "#" * (2 * MIB - len(GOOD)), ""),
    "2 MiB and a byte": (GOOD + "#" * (2 * MIB + 1 - len(GOOD)), "E102"),
    "a line of 2 MB": (noted("a" * 2_000_000), "E205"),
    "a key of 1 MB": ("k" * 1_000_000 + ": v\n" + GOOD, "E104"),
    "a key of 1 MB that is allowed": ("? " + "k" * 1_000_000 + "\n: v\n" + GOOD, "E201"),
    "a path of 2 MB": (sourced("a/" * 999_000 + "a"), "E205"),
    "a language of 2,000 parts": (GOOD.replace("ko", "ko" + "-x1234567" * 2_000), "E209"),
    "a passage of 200,000": (GOOD.replace("title: Hope", f'passage: "{"MRK 1;" * 200_000}"'), "E213"),
    "800,000 marks on one letter": (noted("a" + "\u0316\u0300" * 400_000), "E206"),
    "a thousand marks in a title": (titled("a" + "\u0301" * 1_000), "E206"),
    "five marks on one letter": (titled("q\u0300\u0301\u0302\u0303\u0304"), "E206"),
    "four marks on one letter": (titled("q\u0300\u0301\u0302\u0303"), ""),
    # Encodings.
    "UTF-8 with a mark": ("\ufeff" + _KOREAN, ""),
    "UTF-16": (_KOREAN.encode("utf-16"), "E101"),
    "UTF-16 LE without a mark": (_KOREAN.encode("utf-16-le"), "E101"),
    "UTF-16 BE without a mark": (_KOREAN.encode("utf-16-be"), "E101"),
    "UTF-32": (_KOREAN.encode("utf-32"), "E101"),
    "UTF-32 LE without a mark": (_KOREAN.encode("utf-32-le"), "E101"),
    "UTF-32 BE without a mark": (_KOREAN.encode("utf-32-be"), "E101"),
    "CP949": (_KOREAN.encode("cp949"), "E101"),
    "GBK": (_CHINESE.encode("gbk"), "E101"),
    "Shift-JIS": (GOOD.replace("Hope", "希望の声").encode("shift-jis"), "E101"),
    "Latin-1": (GOOD.replace("Hope", "Espérance").encode("latin-1"), "E101"),
    "broken UTF-8": (GOOD.encode().replace(b"Hope", b"\xed\x9d"), "E101"),
    "overlong UTF-8": (GOOD.encode().replace(b"Hope", b"a\xc0\xafb"), "E101"),
    "half a pair in UTF-8": (GOOD.encode().replace(b"Hope", b"\xed\xa0\x80"), "E101"),
    "half a pair as an escape": (titled("\\ud800"), "E206"),
    "a pair as two escapes": (titled("\\ud83d\\ude00"), "E206"),
    "an escape beyond Unicode": (titled("\\U00110000"), "E104"),
    "a mark in the middle": (HEAD + "\ufeff" + TRACK, "E201 E202"),
    "a mark in a title": (titled("Ho\ufeffpe"), "E206"),
    # Line ends and spaces.
    "Windows line ends": (GOOD.replace("\n", "\r\n"), ""),
    "line ends of old Macs": (GOOD.replace("\n", "\r"), ""),
    "a line end of mainframes": (GOOD.replace("T\n", "T\x85"), "E112"),
    "a line separator": (GOOD.replace("T\n", "T # why?\u2028"), "E112"),
    "a paragraph separator": (titled("a\u2029b"), "E112"),
    "a line separator as an escape": (titled("a\\u2028b"), "E206"),
    "tabs to indent": (GOOD + "books:\n\tGEN: x\n", "E104"),
    "tabs within a line": (GOOD.replace("title: T", "title:\tT"), "E104"),
    "tabs at the end of a line": (GOOD.replace("title: T", "title: T\t"), "E104"),
    # Control characters, and what terminals obey.
    "NUL": (titled("a\0b"), "E104"),
    "NUL as an escape": (titled("a\\0b"), "E206"),
    "a bell": (titled("a\x07b"), "E104"),
    "DEL": (titled("a\x7fb"), "E104"),
    "a screen cleared": (titled("\\e[2J"), "E206"),
    "a screen cleared by a key": ('"\\e[2J\\e]8;;http://example.org\\e\\\\": v\n' + GOOD, "E201"),
    "a screen cleared by a raw key": ("\x1b[2J: v\n" + GOOD, "E104"),
    "a link in a title": (titled("\\e]8;;http://example.org\\aclick\\e]8;;\\a"), "E206"),
    "a sequence of one character": (titled("\\x9b2J"), "E206"),
    "a script": (titled("<script>alert(1)</script>"), "E207"),
    "markup": (titled("[bold red]<b>&amp;"), ""),
    "a template": (titled("{0} %s ${HOME} `id` $(id)"), ""),
    # What is not seen, or not as it is.
    "right to left": (titled("a\u202egnp.3pm"), "E112"),
    "right to left as an escape": (titled("a\\u202egnp.3pm"), "E206"),
    "right to left in a comment": (GOOD + "# \u2067x\n", "E112"),
    "right to left in a key": (GOOD + "no\u202dte: x\n", "E112"),
    "a mark of direction": (titled("a\u200fb"), "E206"),
    "Arabic without marks": (titled("الرجاء"), ""),
    "nothing between letters of a key": (GOOD.replace("title: T", "ti\u200btle: T"), "E201 E202"),
    "nothing between letters of a title": (titled("Ho\u200bpe"), "E206"),
    "a joiner between Latin letters": (titled("Ho\u200dpe"), "E206"),
    "a non-joiner at the end": (titled("می\u200c"), "E206"),
    "a non-joiner in Persian": (titled("می\u200cخواهم"), ""),
    "a joiner in Sinhala": (titled("ශ්\u200dරී"), ""),
    "a soft hyphen": (titled("Ho\u00adpe"), "E206"),
    "a Hangul filler": (titled("\u3164"), "E206"),
    "a variation selector": (titled("\u2764\ufe0f"), "E206"),
    "tag characters": (titled("a\U000e0041\U000e007f"), "E206"),
    "a private letter": (titled("\ue000"), "E206"),
    "a noncharacter": (titled("\\ufffe"), "E206"),
    "an emoji": (titled("\U0001f600"), "E206"),
    # Values that readers of YAML turn into others.
    "a huge exponent": (GOOD + "levels: 1e999999\n", "E219"),
    "a hexadecimal number": (GOOD + "levels: 0x2\n", "E219"),
    "a number with underscores": (GOOD + "card: 1_000MB\n", "E226"),
    "infinity": (GOOD.replace("a.wav", "a.wav, start: .inf"), "E210"),
    "no number": (GOOD.replace("a.wav", "a.wav, pause: .nan"), "E210"),
    "a sexagesimal title": (titled("1:30:00"), ""),
    "a start far beyond the end": (GOOD.replace("a.wav", "a.wav, start: 99999"), "E502"),
    # What is no manifest.
    "nothing": ("", "E110"),
    "a recording": (b"ID3\x03\0\0\0\0\0\0\xff\xfb\x90\xc4" + bytes(5_000), "E101"),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20, "E101"),
    "a zip": (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(range(255, 0, -1)) * 20, "E101"),
    "a web page": ("<!DOCTYPE html>\n<html><title>404</title></html>\n", "E219"),
    "JSON": (f'{{"pack": "p", "title": "T", "language": "ko", "sections": [{_JSON}]}}', ""),
}  # fmt: skip
