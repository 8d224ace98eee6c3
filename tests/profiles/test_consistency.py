"""Facts that contradict each other, and facts that only look as if they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.profiles.load import ProfileRead, built_in, read_profile


def _read(tmp_path: Path, base: str, facts: dict[str, object]) -> ProfileRead:
    """A profile of one's own: its fact number n, from 0, has its value in line 6 + 3 n."""
    stated = "".join(
        f'  {fact}:\n    value: "{value}"\n    source: ours as tried\n' for fact, value in facts.items()
    )
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: mine\ntitle: My player\nbased_on: {base}\nfacts:\n{stated}", "utf-8")
    return read_profile(path, built_in())


@pytest.mark.parametrize(
    ("base", "facts", "at", "message", "change"),
    [
        # Names: only the label of a pattern can be cut.
        ("sd-card", {"max_name_chars": 13}, "max_name_chars", "01_GEN_001.mp3 of 14 characters", "chapter_name"),
        ("sd-card", {"max_name_bytes": 13}, "max_name_bytes", "of 14 bytes; max_name_bytes is 13", "chapter_name"),
        ("numbered-module", {"max_name_chars": 6}, "max_name_chars", "001.mp3 of 7 characters", "track_name"),
        ("numbered-module", {"chapter_name": "{number:4}"}, "chapter_name", "0001.mp3 of 8", "max_name_chars"),
        ("numbered-module", {"max_files_per_folder": 1000}, "max_files_per_folder", "0001.mp3 of 8", "chapter_name"),
        ("car-legacy", {"chapter_name": "{bookname}{number}"}, "chapter_name", "Men01-02.mp3 of 36", "max_name_chars"),
        ("mp3-player", {"track_name": "{section}_{book}_{number}"}, "track_name", "by character 11", "distinct_chars"),
        ("sd-card", {"distinct_chars": 8}, "distinct_chars", "apart by character 10", "chapter_name"),
        ("mp3-player", {"distinct_chars": 2}, "distinct_chars", "apart by character 3", "section_name"),
        ("saber", {"section_name": "{section}:{label}"}, "section_name", "no name on a FAT card may have", ""),
        ("saber", {"section_name": "{section}부{label}"}, "section_name", "the charset ascii has not", "charset"),
        ("sd-card", {"section_name": "{section} {label}"}, "section_name", "more than the capitals", "letters"),
        ("saber", {"letters": "any", "chapter_name": "{number}장"}, "chapter_name", "the charset ascii", ""),
        ("mp3-player", {"letters": "capitals"}, "letters", "capitals are a choice of ascii", "charset"),
        ("sd-card", {"charset": "cp949"}, "charset", "capitals are a choice of ascii", "letters"),
        # Paths.
        ("sd-card", {"max_path_bytes": 16}, "max_path_bytes", "01/01_GEN_001.mp3 have 17 bytes", "section_name"),
        ("kulumi", {"root_folder": "K" * 41}, "root_folder", "cannot be the name of a folder", "max_name_chars"),
        ("kulumi", {"root_folder": "CON"}, "root_folder", "cannot be the name of a folder", ""),
        ("kulumi", {"root_folder": "A/B"}, "root_folder", "cannot be the name of a folder", ""),
        ("kulumi", {"root_folder": "성경"}, "root_folder", "cannot be the name of a folder", "charset"),
        ("kulumi", {"root_folder": "Kulumi "}, "root_folder", "cannot be the name of a folder", ""),
        ("kulumi", {"max_path_bytes": 20}, "max_path_bytes", "Kulumi/001/001001.mp3 have 21 bytes", "root_folder"),
        # Levels.
        ("sd-card", {"min_levels": 3}, "min_levels", "min_levels 3 is more than max_levels 2", "max_levels"),
        (
            "sd-card",
            {"min_levels": 2, "max_levels": 1},
            "min_levels",
            "min_levels 2 is more than max_levels 1",
            "max_levels",
        ),
        ("sd-card", {"root_folder": "MUSIC"}, "root_folder", "3 levels; max_levels is 2", "max_levels"),
        ("sd-card", {"groups": "manifest"}, "groups", "3 levels; max_levels is 2", "max_levels"),
        ("kulumi", {"groups": "manifest"}, "groups", "root_folder and groups above", "max_levels"),
        ("sd-card", {"min_levels": 3, "max_levels": 3}, "min_levels", "there are 2", "groups"),
        ("pearl", {"groups": "manifest"}, "groups", "{testament} has nothing to say", "group_name"),
        ("megavoice-envoy", {"group_name": "{group}_{testament}"}, "group_name", "no testaments", "groups"),
        ("pearl", {"max_groups": 1}, "max_groups", "two testaments", "groups"),
        # Counts.
        ("sd-card", {"max_files": 200}, "max_files", "255 files in a folder", "max_files_per_folder"),
        ("saber", {"max_seconds": 2}, "max_seconds", "min_seconds 2 is not below max_seconds 2", "min_seconds"),
        ("sd-card", {"reserve_mb": 29440}, "reserve_mb", "on a card of 32 GB", "max_card_gb"),
        ("numbered-module", {"merge": "chapters", "max_name_chars": 30, "max_name_bytes": 30}, "merge", "001-003", ""),
        ("numbered-module", {"section_name": "{canon:2}"}, "section_name", "leaves out the books", "gaps"),
        # Sound.
        ("sd-card", {"min_bitrate_kbps": 80}, "min_bitrate_kbps", "more than bitrate_kbps 64", "bitrate_kbps"),
        ("car-legacy", {"bitrate_kbps": 48}, "bitrate_kbps", "min_bitrate_kbps 64", "min_bitrate_kbps"),
        ("sd-card", {"bitrate_kbps": 192, "sample_rate_hz": 24000}, "bitrate_kbps", "160 kbps, not 192", ""),
        ("sd-card", {"target_lufs": -10, "peak_dbtp": -10}, "target_lufs", "-10 LUFS", "peak_dbtp"),
        # Tags.
        ("sd-card", {"tag": "none", "cover": "jpeg"}, "cover", "tag is none", "tag"),
        ("sd-card", {"cover": "jpeg", "max_cover_bytes": 2048}, "max_cover_bytes", "2,048 bytes", "max_tag_bytes"),
        ("mp3-player", {"max_tag_bytes": 50000}, "max_tag_bytes", "50,000 bytes", "max_cover_bytes"),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_at_the_fact_that_the_file_states(
    tmp_path: Path, base: str, facts: dict[str, object], at: str, message: str, change: str
) -> None:
    read = _read(tmp_path, base, facts)
    found = [finding for finding in read.findings if message in finding.message]
    assert found
    assert {finding.code for finding in read.findings} == {"E225"}
    assert {finding.place.line for finding in found} == {6 + 3 * list(facts).index(at)}
    assert all(finding.help.startswith(f"change {at}") for finding in found)
    assert any(change in finding.help for finding in found)


def test_a_contradiction_says_which_facts_were_taken_over_and_from_where(tmp_path: Path) -> None:
    read = _read(tmp_path, "mp3-player", {"tag": "none"})
    assert [finding.help for finding in read.findings] == ["change tag or cover; cover is that of mp3-player"]


@pytest.mark.parametrize(
    ("base", "facts"),
    [
        ("sd-card", {"max_name_chars": 14, "max_name_bytes": 14}),
        ("sd-card", {"distinct_chars": 10}),
        ("mp3-player", {"distinct_chars": 3}),
        ("sd-card", {"max_path_bytes": 17}),
        ("kulumi", {"max_path_bytes": 21}),
        ("kulumi", {"root_folder": "K" * 40}),
        ("kulumi", {"root_folder": "none", "max_levels": 2}),
        ("kulumi", {"groups": "manifest", "max_levels": 4, "min_levels": 4}),
        ("sd-card", {"groups": "testament", "max_levels": 3, "min_levels": 3, "max_groups": 2}),
        ("sd-card", {"max_files": 255}),
        ("saber", {"max_seconds": 0}),
        ("saber", {"max_seconds": 3}),
        ("sd-card", {"reserve_mb": 29439}),
        ("sd-card", {"gaps": "refused"}),
        ("sd-card", {"min_bitrate_kbps": 64}),
        ("sd-card", {"bitrate_kbps": 160, "sample_rate_hz": 24000}),
        ("sd-card", {"bitrate_kbps": 320, "sample_rate_hz": 32000}),
        ("sd-card", {"cover": "jpeg", "max_cover_bytes": 2047}),
        ("sd-card", {"tag": "none", "max_cover_bytes": 200000}),
        # A pattern that no card is made with may be what it is: a flat card alone, no groups, two levels at least.
        ("mp3-player", {"max_levels": 1, "max_name_chars": 7, "max_name_bytes": 7, "section_name": "{section:9}"}),
        ("sd-card", {"group_name": "{group} {testament}"}),
        ("saber", {"flat_name": "{place:9}: {label}"}),
        # A pack may have a short id.
        ("pearl", {"max_name_chars": 43, "max_name_bytes": 43}),
    ],
)  # fmt: skip
def test_what_just_fits_is_no_contradiction(tmp_path: Path, base: str, facts: dict[str, object]) -> None:
    assert _read(tmp_path, base, facts).findings == ()
