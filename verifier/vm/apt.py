"""A private apt: the system's tool, mirror and keys, but lists and downloads of our own.

The system's package state is neither read nor changed, so no root is needed.
"""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT

from schedc.verifier.vm import owned, processes
from schedc.verifier.vm.cache import say, size_text
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.mirror import chosen, debian_mirror
from schedc.verifier.vm.progress import Progress

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
STABLE = ("trixie", "trixie-backports")
NEWER = ("forky", "sid")
FRESH_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Package:
    """A version of a package that the archive has."""

    name: str
    version: str
    suite: str


class PrivateApt:
    """apt-get and apt-cache with their state below `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def use(self, suites: tuple[str, ...]) -> None:
        """Knows these suites; fetches their lists when absent or a day old."""
        self._check_tools()
        stamp, sources = self.home / "updated", self.home / "etc" / "schedc.sources"
        if self._knows(suites, sources):
            return
        text = self._sources_text(suites)
        with owned.explained(self.home, "set SCHEDC_CACHE to a directory with more room"):
            for part in ("etc", "state/lists/partial", "cache/archives/partial", "debs"):
                (self.home / part).mkdir(parents=True, exist_ok=True)
            (self.home / "state" / "status").touch()
            stamp.unlink(missing_ok=True)
            sources.write_text(text)
        what = f"the package lists of {', '.join(suites)}"
        say(f"fetching {what}")
        # A list that cannot be fetched is only a warning unless this is said.
        options = ("-o", "APT::Update::Error-Mode=any", "-o", "APT::Get::List-Cleanup=0")
        self._fetch(what, "update", *options)
        stamp.touch()

    def _knows(self, suites: tuple[str, ...], sources: Path) -> bool:
        """The lists are there, for these suites or more of them, and fresh."""
        stamp = self.home / "updated"
        if not stamp.is_file() or not sources.is_file():
            return False
        fresh = time.time() - stamp.stat().st_mtime < FRESH_SECONDS
        known = set(sources.read_text().split())
        return fresh and set(suites) <= known and debian_mirror() in known

    def names(self, prefix: str) -> list[str]:
        """Every package name with this prefix."""
        return self._cache("pkgnames", prefix).split()

    def versions(self, name: str) -> list[Package]:
        """What the archive has of a package, newest first."""
        found = []
        for line in self._cache("madison", name).splitlines():
            columns = [column.strip() for column in line.split("|")]
            place = columns[2].split()[1] if len(columns) == 3 and len(columns[2].split()) > 1 else ""
            if place:
                found.append(Package(columns[0], columns[1], place.split("/")[0]))
        return found

    def download(self, package: Package) -> Path:
        """The .deb, checked by apt against the signed lists; what is there of it is completed or fetched again."""
        debs = self.home / "debs"
        spec = f"{package.name}={package.version}"
        missing = self._run("apt-get", "--print-uris", "download", spec, cwd=debs)
        size = re.search(r"^'[^']*' \S+ (\d+)", missing, re.MULTILINE)
        if size:  # apt names nothing when the whole file is there
            say(f"fetching {package.name} {package.version} ({size_text(int(size[1]))}) from {package.suite}")
        try:
            self._fetch(package.name, "download", spec, cwd=debs)
        except VmError:
            (self.home / "updated").unlink(missing_ok=True)  # the lists may be older than the archive
            raise
        found = list(debs.glob(f"{package.name}_{package.version.replace(':', '%3a')}_*.deb"))
        if not found:
            raise VmError(f"apt-get did not leave {spec}", "run the command again; what was fetched is kept")
        return found[0]

    def _check_tools(self) -> None:
        for tool in ("apt-get", "apt-cache", "dpkg-deb"):
            if not shutil.which(tool):
                raise VmError(
                    f"{tool} is not on this machine",
                    "the VM gate fetches kernels with apt: run it on Debian, or in a container of it",
                )
        if not KEYRING.is_file():
            raise VmError(f"{KEYRING} is missing", "install the package debian-archive-keyring")

    def _sources_text(self, suites: tuple[str, ...]) -> str:
        return (
            f"Types: deb\nURIs: {debian_mirror()}\nSuites: {' '.join(suites)}\n"
            f"Components: main\nArchitectures: amd64\nSigned-By: {KEYRING}\n"
            # A mirror of the past has only what was signed then.
            f"{'Check-Valid-Until: no' if chosen() else ''}\n"
        )

    def _options(self) -> list[str]:
        dirs = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": self.home / "etc",
            "Dir::State": self.home / "state",
            "Dir::State::status": self.home / "state" / "status",
            "Dir::Cache": self.home / "cache",
            "APT::Architecture": "amd64",
            # The cache belongs to the user, so apt's own unprivileged user could not write there.
            "APT::Sandbox::User": "",
        }
        return [part for key, value in dirs.items() for part in ("-o", f"{key}={value}")]

    def _fetch(self, what: str, *args: str, cwd: Path | None = None) -> None:
        """apt-get with its progress told."""
        command = ["apt-get", *self._options(), "-q", "-o", "APT::Status-Fd=1", *args]
        process = processes.start(
            command, cwd=cwd, stdout=PIPE, stderr=STDOUT, text=True, errors="replace", bufsize=1
        )
        assert process.stdout is not None
        progress, said = Progress(what), []
        try:
            for line in process.stdout:
                progress.line(line)
                said.append(line)
            process.wait()
        finally:
            processes.stop(process)
            progress.end()
        processes.check()
        if process.returncode:
            raise _failed("apt-get", args, "".join(said))

    def _cache(self, *args: str) -> str:
        return self._run("apt-cache", *args)

    def _run(self, tool: str, *args: str, cwd: Path | None = None) -> str:
        done = processes.run([tool, *self._options(), *args], cwd=cwd)
        if done.returncode:
            raise _failed(tool, args, done.stderr)
        return done.stdout


def _failed(tool: str, args: tuple[str, ...], said: str) -> VmError:
    lines = [line for line in said.splitlines() if line.startswith("E:")]
    hint = "is the network reachable, and the mirror right? once fetched, the VM gate works offline"
    if "No space left" in said:
        hint = "free some space, or set SCHEDC_CACHE to a directory with more room"
    return VmError(f"{tool} {' '.join(args)} failed: {'; '.join(lines) or said.strip()}", hint)


def unpack(deb: Path, target: Path) -> None:
    """The files of a package, into a directory."""
    target.mkdir(parents=True, exist_ok=True)
    done = processes.run(["dpkg-deb", "-x", str(deb), str(target)])
    if done.returncode:
        raise VmError(
            f"{deb.name} cannot be unpacked: {done.stderr.strip()}", f"remove {deb} and run the command again"
        )
