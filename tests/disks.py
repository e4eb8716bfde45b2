"""Small disks: one that is soon full, and one that fails and can only be read from then on."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import TypeVar

import pytest

PAGE = b"x" * 4096
Disk = TypeVar("Disk")


class NoDiskError(Exception):
    """This machine lets us mount no such disk; the text says why."""


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A disk that can be filled to the last byte, and freed."""

    folder: Path

    @property
    def ballast(self) -> Path:
        """What fills it."""
        return self.folder / "ballast"

    def fill(self) -> None:
        """Take whatever room there is."""
        try:
            with self.ballast.open("ab", buffering=0) as out:
                while True:
                    out.write(PAGE)
        except OSError as error:
            if error.errno != ENOSPC:
                raise

    def free(self) -> None:
        """Give the room back."""
        self.ballast.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class FailingDisk:
    """A disk that the system turns read-only at once, as it does when it finds a fault on it."""

    folder: Path
    image: Path

    def fail(self) -> None:
        """Let the system find a fault, whoever has files open for writing."""
        source = _done("findmnt", "-no", "SOURCE", str(self.folder)).strip()
        trigger = Path("/sys/fs/ext4") / Path(source).name / "trigger_fs_error"
        trigger.write_text("a fault that was asked for", encoding="ascii")

    def mend(self) -> None:
        """Repair and mount it anew, as an operator does; nobody may have files open there."""
        _done("umount", str(self.folder))
        # It tells with 1 that it has repaired something.
        _done("e2fsck", "-fy", str(self.image), fine=(0, 1))
        self.mount()

    def mount(self) -> None:
        """Mount it, so that it turns read-only when something is wrong."""
        _done("mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.folder))


@contextmanager
def small_disk(folder: Path, *, kilobytes: int = 8192) -> Iterator[SmallDisk]:
    """Mount a disk of that size at ``folder``, in memory; ``NoDiskError`` where that is denied."""
    _only_as_root()
    folder.mkdir(parents=True, exist_ok=True)
    _done("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))
    try:
        yield SmallDisk(folder)
    finally:
        _done("umount", "--lazy", str(folder))


@contextmanager
def or_skipped(disk: AbstractContextManager[Disk]) -> Iterator[Disk]:
    """Use a disk in a test, which is skipped where it cannot be mounted."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(disk)
        except NoDiskError as error:
            pytest.skip(f"no disk to fail: {error}")
        yield found


@contextmanager
def failing_disk(folder: Path, *, megabytes: int = 16) -> Iterator[FailingDisk]:
    """Mount a disk at ``folder`` that lies in a file; ``NoDiskError`` where that is denied."""
    _only_as_root()
    folder.mkdir(parents=True, exist_ok=True)
    disk = FailingDisk(folder, folder.with_suffix(".img"))
    disk.image.write_bytes(b"\0" * (megabytes << 20))
    _done("mke2fs", "-q", "-t", "ext4", str(disk.image))
    disk.mount()
    try:
        yield disk
    finally:
        _done("umount", "--lazy", str(folder))
        disk.image.unlink()


def _only_as_root() -> None:
    if os.geteuid() != 0:
        raise NoDiskError("only root may mount a disk, and this is not root")


def _done(*command: str, fine: tuple[int, ...] = (0,)) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError:
        raise NoDiskError(f"there is no {command[0]} on this machine") from None
    if done.returncode not in fine:
        words = " ".join((done.stderr or done.stdout).split())
        raise NoDiskError(f"{command[0]} is not allowed here: {words}")
    return done.stdout
