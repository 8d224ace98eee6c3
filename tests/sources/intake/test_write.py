"""The manifest that is written: read back, it says what was meant, whatever names and titles there are."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.errors import BuilderError, StorageError
from builder.findings import Finding, Place
from builder.manifest.load import load_pack
from builder.manifest.text import checked_source
from builder.sources.intake.intake import Intake, recognize
from builder.sources.intake.sections import Reading
from builder.sources.intake.sermons import SectionTitles, Sermons, shown_title
from builder.sources.intake.write import Head, manifest_text, publish, relative

HEAD = Head(pack="test", title="yes", language="ko", sources=".")
_TEXTS = st.one_of(
    st.sampled_from(["no", "012", "3:16", "- a", "# a", "null", "a: b", '"', "{a}"]), st.text()
)
_TALKS = Sermons(title="설교", tracks=(("a.mp3", "희망"),))


def _intake(*sections: Reading | Sermons, placed: dict[str, str] | None = None, **more: object) -> Intake:
    titles = {path: title for one in sections if isinstance(one, Sermons) for path, title in one.tracks}
    return Intake(
        language="ko",
        sections=sections,
        placed=titles if placed is None else placed,
        left_out={},
        findings=more.get("findings", ()),  # type: ignore[arg-type]
    )


def _is_source(text: str) -> bool:
    try:
        return checked_source(text) == text
    except ValueError:
        return False


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_TEXTS, _TEXTS), min_size=2, max_size=8))
def test_titles_and_paths_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    titles = [shown_title(f"{text}{at}") for at, (text, _) in enumerate(pairs)]
    sources = [
        text if _is_source(text := f"{path}{at}") else f"{at}.mp3" for at, (_, path) in enumerate(pairs)
    ]
    path = tmp_path_factory.getbasetemp() / "written.yaml"
    talks = Sermons(title=titles[0], tracks=tuple(zip(sources, titles, strict=True)))
    head = Head(pack="t", title=titles[1], language="ko", sources="../a b: c")
    intake = _intake(talks)
    publish(manifest_text(intake, head, "x"), path, intake)
    pack = load_pack(path).pack
    assert pack is not None
    assert (pack.title, pack.sections[0].title) == (titles[1], titles[0])
    assert [(track.pieces[0].source, track.title) for track in pack.tracks] == list(talks.tracks)


@given(st.text(max_size=500))
def test_a_comment_stays_one_line_whatever_a_file_is_called(name: str) -> None:
    finding = Finding(code="E327", place=Place(file=name, is_binary=True), message=name)
    lines = manifest_text(_intake(_TALKS, findings=(finding,)), HEAD, name).split("\n")
    assert [line[:1] for line in lines[:3]] == ["#", "#", "p"]
    assert all(len(line.splitlines()) <= 1 for line in lines)


def test_head_says_only_what_was_asked_for() -> None:
    assert manifest_text(_intake(_TALKS), HEAD, "m.yaml").splitlines()[1:] == [
        "pack: test",
        'title: "yes"',
        "language: ko",
        'sources: "."',
        "sections:",
        "  - title: 설교",
        "    tracks:",
        "      - {title: 희망, source: a.mp3}",
    ]
    head = Head(
        pack="test",
        title="T",
        language="ko",
        sources="..",
        names="ko-common",
        profiles=("sd-card",),
        allow_gaps=True,
    )
    text = manifest_text(_intake(_TALKS), head, "m.yaml")
    assert "names: ko-common\nprofiles: [sd-card]\n" in text
    assert "\ngaps: allowed\n" in text


@pytest.mark.parametrize(
    "intake",
    [
        _intake(_TALKS, placed={"a.mp3": "믿음"}),
        _intake(_TALKS, placed={"b.mp3": "희망"}),
        _intake(_TALKS, placed={}),
        _intake(Reading(text="OBA", source="o.mp3"), placed={"p.mp3": "OBA 1"}),
        _intake(Reading(text="RUT", source="o.mp3"), placed={"o.mp3": "RUT 1"}),
    ],
)
def test_a_manifest_that_does_not_say_what_was_meant_is_not_published(tmp_path: Path, intake: Intake) -> None:
    with pytest.raises(BuilderError, match="does not say what was meant"):
        publish(manifest_text(intake, HEAD, "m.yaml"), tmp_path / "m.yaml", intake)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error_of_storage(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        publish(manifest_text(_intake(_TALKS), HEAD, "m.yaml"), tmp_path / "no" / "m.yaml", _intake(_TALKS))


def test_sources_are_relative_to_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "성경" / "mp3").mkdir(parents=True)
    assert relative(tmp_path / "성경" / "mp3", tmp_path / "packs" / "m.yaml") == "../성경/mp3"
    assert relative(tmp_path, tmp_path / "m.yaml") == "."
    if sys.platform != "win32":
        (tmp_path / "packs" / "link").symlink_to(tmp_path / "성경")
        assert relative(tmp_path, tmp_path / "packs" / "link" / "m.yaml") == ".."


@pytest.mark.parametrize(
    ("names", "language"),
    [
        (["en_ulb_b41_mat_c01.wav"], "en"),
        (["0040-0001-Matthew-ko.mp3"], "ko"),
        (["B01___01_Matthew_____KORNKSN1DA.mp3"], "ko"),
        (["창세기 1장.mp3"], "ko"),
        (["创世记 第1章.mp3"], "zh-Hans"),
        (["創世記_001.mp3", "出埃及記_001.mp3"], "zh-Hant"),
        (["GEN_001.mp3"], ""),
        (["Genesis 1.mp3"], ""),
        (["01 희망.mp3"], ""),
        (["en_ulb_b41_mat_c01.wav", "0041-0001-Mark-ko.mp3"], ""),
    ],
)
def test_the_language_is_what_the_names_tell_or_unknown(
    tmp_path: Path, names: list[str], language: str
) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"sound")
    intake = recognize(tmp_path)
    assert (intake.language, intake.told_by_names) == (language, bool(language))
    assert recognize(tmp_path, language="fr").language == "fr"


def test_more_folders_or_names_than_a_manifest_holds_are_one_finding(tmp_path: Path) -> None:
    for number in range(901):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "talk.mp3").write_bytes(b"sound")
    intake = recognize(tmp_path, language="en")
    assert (intake.placed, intake.sections, [f.code for f in intake.findings]) == ({}, (), ["E320"])


def test_a_name_in_two_forms_does_not_slip_in_by_a_pattern(tmp_path: Path) -> None:
    for name in ("룻기 1장.mp3", "룻기 2장.mp3", unicodedata.normalize("NFD", "룻기 2장.mp3")):
        (tmp_path / name).write_bytes(b"sound")
    if len(list(tmp_path.iterdir())) < 3:
        pytest.skip("this file system holds both forms as one")
    (section,) = recognize(tmp_path).sections
    assert isinstance(section, Reading)
    assert section.source[:2] == ("룻기 1장.mp3", "RUT 2 is missing.mp3")


def _deep(name: str, length: int) -> str:
    """A path of so many characters that ends with a name."""
    above = "/".join(["f" * 200] * 4)
    return f"{above}/{'g' * (length - len(above) - len(name) - 2)}/{name}"


_ALIKE = {
    "Latin": [f"{'A' * 210}{end}.mp3" for end in "123"],
    "Korean": [f"{'희' * 80}{end}.mp3" for end in ("가", "나", "나 (2)")],
    "one cut title and its own count": [
        f"{'A' * length}{end}.mp3" for length in (200, 201) for end in ("", " (2)")
    ],
    "folders": [f"{'B' * 210}{end}/01 a.mp3" for end in "12"],
    "folders of one name": [f"{end}/{'B' * 210}/01 a.mp3" for end in "12"],
    "full stops": [f"a{'.' * 210}{end}.mp3" for end in "12"],
    "an ellipsis, cut": [f"{'a' * 194}...{'b' * 20}{end}.mp3" for end in "12"],
    "255 bytes": [f"{'A' * 250}{end}.mp3" for end in "12"],
    "a list with a gap, deep": [_deep(f"{name}.mp3", 998) for name in ("RUT 1", "RUT 02", "RUT 4")],
    "a pattern, deep": [_deep(f"{'룻기'} {n}장.mp3", 995) for n in (1, 2, 3, 4)],
    "a pattern of braces": [f"{'{' * 240}/{'}' * 240}/{'{' * 100}/RUT_{n:03}.mp3" for n in (1, 2, 3, 4)],
}


@pytest.mark.parametrize("section_titles", ["neutral", "folders"])
@pytest.mark.parametrize("names", _ALIKE.values(), ids=_ALIKE)
def test_long_names_that_begin_alike_become_a_manifest(
    tmp_path: Path, names: list[str], section_titles: SectionTitles
) -> None:
    for name in names:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(b"sound")
    intake = recognize(tmp_path / "in", language="ko", section_titles=section_titles)
    assert set(intake.placed) == set(names)
    publish(manifest_text(intake, HEAD, "m.yaml"), tmp_path / "m.yaml", intake)
    titles = [section.title.casefold() for section in intake.sections if isinstance(section, Sermons)]
    assert len(set(titles)) == len(titles)


def test_names_that_take_more_room_in_quotes_than_a_manifest_has_are_one_finding(tmp_path: Path) -> None:
    above = tmp_path / ('"' * 200) / ('"' * 200) / ('"' * 200)
    above.mkdir(parents=True)
    for number in range(1_500):
        (above / f"{number:04} {'a' * 150}.mp3").write_bytes(b"sound")
    intake = recognize(tmp_path, language="en")
    assert (intake.placed, [f.code for f in intake.findings if f.severity == "error"]) == ({}, ["E320"])


@pytest.mark.parametrize("files", [[], ["a.pdf"], ["a.wma"]])
def test_a_folder_with_nothing_to_place_says_so(tmp_path: Path, files: list[str]) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"x")
    assert "E320" in [finding.code for finding in recognize(tmp_path, language="ko").findings]
