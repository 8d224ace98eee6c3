"""Whatever a pack holds, on every device: one order, names that every card takes, and no two of them alike."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books
from builder.fat.names import aliases, grow, name_fault
from builder.manifest.pack import Pack
from builder.plan.limits import faults_of
from builder.plan.plan import Plan
from builder.profiles.load import built_in
from builder.profiles.naming import bytes_of, collision_key, holds, utf16_units
from builder.profiles.profile import Profile
from tests.conftest import each
from tests.packs import any_packs, pack_of, plan_of, reading

_PROFILES = list(built_in().values())


def _planned(pack: Pack, profile: Profile) -> tuple[Plan, list[str]]:
    plan = plan_of(pack, profile, {})
    return plan, [finding.code for finding in faults_of(plan, pack)]


_ANY = given(any_packs(), st.sampled_from(_PROFILES))


@settings(deadline=None, max_examples=150)
@_ANY
def test_names_places_and_numbers_give_one_order_or_it_is_said(pack: Pack, profile: Profile) -> None:
    plan, codes = _planned(pack, profile)
    paths = [track.path for track in plan.tracks]
    assert [track.tags.track for track in plan.tracks] == list(range(1, len(paths) + 1))
    assert [track.tags.disc for track in plan.tracks] == sorted(track.tags.disc for track in plan.tracks) or (
        "E402" in codes
    )
    assert [piece for track in plan.tracks for piece in track.pieces] == [
        piece for track in pack.tracks for piece in track.pieces
    ]
    is_in_order = all(a.encode() <= b.encode() for a, b in pairwise(paths))
    by_parts = all(
        [part.encode() for part in a.split("/")] <= [part.encode() for part in b.split("/")]
        for a, b in pairwise(paths)
    )
    assert is_in_order == by_parts == ("E402" not in codes)
    # A card with days is numbered as it is read.
    if not {"saber", "kulumi", "pearl"} & {profile.name} or any(section.plan for section in pack.sections):
        assert "E402" not in codes


@settings(deadline=None, max_examples=150)
@_ANY
def test_no_two_names_are_one_and_no_folder_holds_files_and_folders(pack: Pack, profile: Profile) -> None:
    plan, codes = _planned(pack, profile)
    paths = [track.path for track in plan.tracks]
    keys = {"/".join(collision_key(part) for part in path.split("/")) for path in paths}
    assert (len(keys) == len(paths)) == ("E401" not in codes)
    if "E401" in codes:
        return
    tree = grow((path, 1) for path in paths)  # raises where FAT would not hold it
    for names in tree.values():
        assert len({index is None for index in names.values()}) == 1
        if "E402" not in codes:
            made = aliases(list(names))
            assert all(a < b for a, b in pairwise(made))
    depths = {path.count("/") + 1 for path in paths}
    assert len(depths) == 1
    if "E422" not in codes:
        limits = profile.limits
        assert limits.min_levels <= depths.pop() <= limits.max_levels


@settings(deadline=None, max_examples=150)
@_ANY
def test_no_name_is_longer_than_the_device_reads_or_of_other_letters(pack: Pack, profile: Profile) -> None:
    plan, codes = _planned(pack, profile)
    names = profile.names
    for path in (track.path for track in plan.tracks):
        for part in path.split("/"):
            assert name_fault(part) == ""
            assert utf16_units(part) <= names.max_name_chars
            assert bytes_of(names.charset, part) <= names.max_name_bytes
            assert holds(names.charset, part)
            assert part == part.strip()
        if bytes_of(names.charset, path) > names.max_path_bytes:
            assert "E405" in codes


@settings(deadline=None, max_examples=60)
@_ANY
def test_only_groups_make_paths_too_long(pack: Pack, profile: Profile) -> None:
    _, codes = _planned(pack, profile)
    assert "E405" not in codes or profile.limits.groups == "manifest"


@settings(deadline=None, max_examples=60)
@given(any_packs(), st.sampled_from([one for one in _PROFILES if one.names.distinct_chars]))
def test_what_a_small_screen_shows_of_names_and_titles_is_distinct(pack: Pack, profile: Profile) -> None:
    plan, codes = _planned(pack, profile)
    assert "E404" not in codes
    most = profile.names.distinct_chars
    for folder in plan.folders:
        tracks = [track for track in plan.tracks if track.path.rpartition("/")[0] == folder]
        for shown in ([track.path.rpartition("/")[2] for track in tracks], [t.tags.title for t in tracks]):
            assert len({text[:most].casefold() for text in shown}) == len(tracks)


@settings(deadline=None, max_examples=60)
@given(any_packs(), st.sampled_from([one for one in _PROFILES if one.tag.tag_encoding == "latin-1"]))
def test_a_device_of_latin_letters_gets_no_others_in_its_tags(pack: Pack, profile: Profile) -> None:
    plan, _ = _planned(pack, profile)
    for track in each(plan.tracks):
        assert all(text.encode("latin-1") is not None for text in track.tags.texts)
        assert track.tags.title


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_every_book_of_the_bible_can_be_read_in_order(profile: Profile) -> None:
    sections = [
        reading(n, f"{book.code} {book.chapters}" if book.chapters > 1 else book.code)
        for n, book in enumerate(books().values(), 1)
    ]
    plan, codes = _planned(pack_of(*sections), profile)
    # A module that counts wants chapter 1 first.
    assert set(codes) <= ({"E403"} if profile.limits.gaps == "refused" else set())
    paths = [track.path for track in plan.tracks]
    assert sorted(paths, key=str.encode) == paths
