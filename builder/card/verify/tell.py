"""What was found, as findings in the order in which a person would go through the card. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from builder.card.verify.content import Content
from builder.card.verify.match import Matched, unlike
from builder.card.verify.pack import RecordedPack, RecordedTrack, parents
from builder.fat.read import VolumeFault
from builder.findings import Finding, Place

WRITE_AGAIN = "write the image again"
_DISORDER = "deleting or copying single files changes the play order"
_NO_MENDING = f"{WRITE_AGAIN}; {_DISORDER}"
_UNOPENED = f"{WRITE_AGAIN} and open the card on no computer; {_DISORDER}"
_USED = f"the card was in use, or files were copied to it by hand; {WRITE_AGAIN}"
_FAILING = (
    f"{WRITE_AGAIN} and verify again; if it is damaged again, throw the card away and try another reader"
)
_FOREIGN = "another program formatted the card: what else stands in its file system is not known here"
_LOOK = "`packbuilder audit` names what it can; the image knows every byte"
# From how many files on a card of nothing but changed files is reported as one finding.
_MANY = 5


class VerifyFindings:
    """Findings about one target, named as the user named it."""

    def __init__(self, target: Path, pack: RecordedPack) -> None:
        self._target, self._pack = target, pack
        self._files_in = Counter(above for track in pack.tracks for above in parents(track.path))

    def say(
        self,
        code: str,
        path: str,
        message: str,
        help_text: str,
        *,
        offset: int | None = None,
        track: str = "",
    ) -> Finding:
        """A finding at a path of the card; `track` is the title of the one that it is about."""
        file = f"{self._target}/{path}" if path else str(self._target)
        return Finding(
            code=code,
            place=Place(file=file, is_binary=True),
            message=message,
            help=help_text,
            track=track,
            offset=offset,
        )

    def damage(self, faults: Iterable[VolumeFault]) -> Iterator[Finding]:
        """What is wrong with the file system, and what is in it that is not of the pack. On a card that another
        program formatted, that program's own marks and times are what they must be there, and told as one.
        """
        faults = list(faults)
        own = {"maker", "time", "code"} if any(fault.kind == "foreign" for fault in faults) else set()
        for fault in faults:
            if fault.kind == "structure":
                yield self.say("E606", "", fault.message, _FAILING, offset=fault.offset)
            elif fault.kind == "alias":
                yield self.say("E604", "", fault.message, _NO_MENDING, offset=fault.offset)
            elif fault.kind == "foreign":
                yield self.say("W608", "", _FOREIGN, _LOOK, offset=fault.offset)
            elif fault.kind not in own:
                yield self.say("W608", "", fault.message, _USED, offset=fault.offset)

    def missing(self, there: Matched) -> Iterator[Finding]:
        """Whole folders as one finding, and a card with nothing of the pack too."""
        if not there.reached:
            yield self._nothing(there)
            return
        blind = {path for path, found in there.present.items() if found.fault}
        alive = {above for path in there.reached for above in parents(path)}
        told: set[str] = set()
        for track in self._pack.tracks:
            above = parents(track.path)
            if track.path in there.present or blind & set(above):
                continue
            top = next((folder for folder in above if folder not in alive), track.path)
            if top not in told:
                told.add(top)
                yield self._missing(top, track, there)

    def _nothing(self, there: Matched) -> Finding:
        what = f"; what is there instead begins with {there.extra[0].path!r}" if there.extra else ""
        message = f"none of the {len(self._pack.tracks)} files of the pack is here{what}"
        return self.say("E601", "", message, "is it the right pack, and the right card or folder?")

    def _missing(self, path: str, track: RecordedTrack, there: Matched) -> Finding:
        count, title = self._files_in[path], track.title
        message, help_text, offset = "is missing", WRITE_AGAIN, None
        if count:
            title = ""
            files = "its one file" if count == 1 else f"all its {count} files"
            message = f"the folder is missing, with {files}"
            if path in there.present:
                message = f"the folder is there, but {files} {'is' if count == 1 else 'are'} missing"
        if other := there.alike.get(path):
            offset = other.offset
            help_text = f"there is a {other.kind} of that name; {WRITE_AGAIN}"
            if difference := unlike(path, other.path):
                help_text = f"there is {other.path!r}, which differs in {difference}; {WRITE_AGAIN}"
        return self.say("E601", path, message, help_text, offset=offset, track=title)

    def unreadable(self, there: Matched) -> Iterator[Finding]:
        for path, found in there.present.items():
            if found.fault:
                yield self.say("E603", path, f"the folder cannot be read: {found.fault}", _FAILING)

    def changed(self, seen: Mapping[str, Content], *, is_image: bool) -> list[Finding]:
        """One finding for each file; for all of them at once where none of many is right."""
        titles = {track.path: track.title for track in self._pack.tracks}
        found = []
        for path, content in seen.items():
            if content.fault:
                message, title = content.fault + self._where(content, is_image=is_image), titles[path]
                found.append(self.say("E603", path, message, _FAILING, offset=content.offset, track=title))
        if len(found) < _MANY or len(found) < len(seen):
            return found
        first, path = found[0], next(iter(seen))
        none = f"none of the {len(found)} files that are here is as the record says"
        message, help_text = f"{none}; {path!r} {first.message}", "is it the right pack, and the right card?"
        return [self.say("E603", "", message, help_text, offset=first.offset)]

    def _where(self, content: Content, *, is_image: bool) -> str:
        if content.at is None:
            return ""
        where = f", byte 0x{content.offset:x} of {self._target.name}" if is_image else ""
        return f"; the first byte that differs is byte {content.at} of the file{where}"

    def order(self, there: Matched) -> Iterator[Finding]:
        """The first entry of each folder that is out of order."""
        for folder, paths in self._pack.folders.items():
            wanted = [path for path in paths if path in there.present]
            for path, found in zip(wanted, there.order.get(folder, ()), strict=True):
                if path != found.path:
                    stands, should = found.path.rpartition("/")[2], path.rpartition("/")[2]
                    message = f"out of play order: {stands!r} stands where {should!r} should"
                    yield self.say("E604", found.path, message, _NO_MENDING, offset=found.offset)
                    break

    def blind(self) -> Finding:
        help_text = "verify the image, the raw card, or the mounted card on Linux"
        return self.say("W607", "", "the order of the entries on the card cannot be seen here", help_text)

    def hidden(self, there: Matched) -> Iterator[Finding]:
        for path, found in there.present.items():
            if found.is_hidden:
                message = (
                    f"the {found.kind} is marked as hidden, or as the system's; a player may pass it over"
                )
                yield self.say("E609", path, message, _NO_MENDING, offset=found.offset)

    def strange(self, there: Matched) -> Iterator[Finding]:
        for found in there.extra:
            what = {"file": "a file", "folder": "a folder", "other": "a link or special file"}[found.kind]
            message = f"{what} that the pack does not have{_held(found.kind, there.held[found.path])}"
            if found.path in there.present:
                message = f"a second {found.kind} of a name that is there already"
            yield self.say("E602", found.path, message, _NO_MENDING, offset=found.offset)
        for found, maker in there.junk:
            message = f"{maker} left it when the card was opened{_held(found.kind, there.held[found.path])}"
            yield self.say("E605", found.path, message, _UNOPENED, offset=found.offset)


def _held(kind: str, files: int) -> str:
    return f", with {files} {'file' if files == 1 else 'files'}" if kind == "folder" else ""
