"""PID 1 of the guest: runs `schedc load` again and again, as people would, and tells the host what came of it.

Each run is a process that forked from this one, so that Python and schedc are imported once.
"""

import ctypes
import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
GROUPS = Path("/sys/fs/cgroup")
STATE = Path("/sys/kernel/sched_ext/state")
POWER_OFF = 0x4321FEDC
PORTS = Path("/sys/class/virtio-ports")
TABLES = Path("/policies/tables")
LONG = 60.0  # seconds that a step may take before it is given up: all is emulated, and others use the host, too


def main() -> None:
    for kind, where in (
        ("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev"), ("cgroup2", "/sys/fs/cgroup"),
        ("tracefs", "/sys/kernel/tracing"),
    ):  # fmt: skip
        LIBC.mount(kind.encode(), where.encode(), kind.encode(), 0, None)
    os.environ.update(HOME="/root", SCHEDC_CACHE="/cache", PATH="/bin", LANG="C.UTF-8")
    (GROUPS / "cgroup.subtree_control").write_text("+cpu")
    os.chdir("/policies")
    prepare()
    for name in json.loads(Path("scenarios.json").read_text()):
        started, told = time.monotonic(), {}
        try:
            wait(off)
            told = globals()[name]()
        except Exception:
            told = {"fault": traceback.format_exc()}
        tell(name, told | {"took": round(time.monotonic() - started, 1), "after": STATE.read_text().strip()})


def prepare() -> None:
    """What every run would do again: imports, and the parser's tables, which are made slowly where all is emulated."""
    for name in ("cli.load", "load.certified", "load.show", "load.watch", "verifier.certificate.keys"):
        importlib.import_module(f"schedc.{name}")
    importlib.import_module("cryptography.hazmat.primitives.serialization")
    from schedc import api, table_cache
    from schedc.syntax import grammar

    table_cache.write(grammar._name(grammar.grammar_text()), TABLES.read_bytes())
    api.check(Path("dial.sched").read_text())


def tell(kind: str, told: dict) -> None:
    place = next(port.name for port in PORTS.iterdir() if (port / "name").read_text().strip() == "schedc.result")
    with open(f"/dev/{place}", "w") as port:
        port.write(json.dumps({"t": kind, **told}) + "\n")


class Run:
    """One command line in a process of its own."""

    def __init__(self, *words: str, uid: int = 0) -> None:
        self.out = Path(f"/tmp/{time.monotonic_ns()}")
        self.pid = os.fork()
        if not self.pid:
            self._be(words, uid)

    def _be(self, words: tuple[str, ...], uid: int) -> None:
        """What the console script does."""
        from schedc.cli.main import program

        try:
            for stream in (1, 2):
                os.dup2(os.open(f"{self.out}.{stream}", os.O_WRONLY | os.O_CREAT, 0o600), stream)
            if uid:
                os.setuid(uid)
            sys.argv = ["schedc", *words]
            program()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(70)

    def said(self, stream: int = 1) -> str:
        path = Path(f"{self.out}.{stream}")
        return path.read_text() if path.exists() else ""

    def until(self, text: str) -> None:
        wait(lambda: text in self.said() or gone(self.pid))
        if text not in self.said():
            raise RuntimeError(str(self.end()))

    def end(self) -> dict:
        """Its exit code, or minus the signal; and what it has said."""
        wait(lambda: os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None)
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return {"code": code, "out": self.said(1), "err": self.said(2)}

    def loader(self) -> int:
        """The process that holds the scheduler."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0])


def wait(ready: Callable[[], bool], seconds: float = LONG) -> float:
    """How many seconds it took."""
    start = time.monotonic()
    while not ready():
        if time.monotonic() - start > seconds:
            raise TimeoutError
        time.sleep(0.02)
    return round(time.monotonic() - start, 2)


def off() -> bool:
    return STATE.read_text().strip() == "disabled"


def gone(pid: int) -> bool:
    """Ended, whether its parent has looked or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def load(*words: str, uid: int = 0) -> dict:
    return Run("load", *words, uid=uid).end()


def given(name: str, certificate: str = "") -> list[str]:
    """The words for a policy whose object is at hand."""
    words = [f"{name}.sched", "--object", f"{name}.bpf.o", "--signed-by", "key.pub.pem"]
    return [*words, "--certificate", f"{certificate or name}.certificate.json"]


def busy() -> list[int]:
    """Tasks that give the scheduler something to do."""
    tasks = []
    for _ in range(3):
        pid = os.fork()
        if not pid:
            while True:
                sum(range(2000))
                time.sleep(0.003)
        tasks.append(pid)
    return tasks


def ended(tasks: list[int]) -> None:
    for pid in tasks:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


# ---- what is refused


def without_certificate() -> dict:
    return load("dial.sched", "--object", "dial.bpf.o", "--certificate", "none.json", "--signed-by", "key.pub.pem")


def for_another_kernel() -> dict:
    return load(*given("dial", "elsewhere"))


def by_another_key() -> dict:
    return load(*given("dial", "forged"))


def another_object() -> dict:
    return load("dial.sched", "--object", "eager.bpf.o", *given("dial")[3:])


def no_root() -> dict:
    return load(*given("dial"), uid=65534)


def quotas() -> dict:
    group = GROUPS / "limited"
    group.mkdir()
    (group / "cpu.max").write_text("50000 100000")
    told = load(*given("dial"))
    group.rmdir()
    return told


# ---- what runs


def whole() -> dict:
    """Set at load and while it runs; others that want the same meanwhile, and one that means harm."""
    group = GROUPS / "heavy"
    group.mkdir()
    (group / "cpu.weight").write_text("300")
    tasks = busy()
    run = Run("load", *given("dial"), "--set", "slice=2ms")
    run.until("low +")
    before = run.said()
    asked = {
        "second": load(*given("dial")), "too_much": load("--set", "dial=7"), "fixed": load("--set", "slice=3ms"),
        "unknown": load("--set", "volume=3"), "by_nobody": load("--set", "dial=1", uid=65534), "hostile": hostile(),
        "live": load("--set", "dial=1"),
    }  # fmt: skip
    late = GROUPS / "late/one"
    late.mkdir(parents=True)
    (late / "cgroup.procs").write_text(str(tasks[0]))
    for counted in ("high +", "inside +"):
        run.until(counted)
    os.kill(run.pid, signal.SIGTERM)
    told = run.end() | asked | {"before": before}
    ended(tasks)
    for each in (group, late, late.parent):
        each.rmdir()
    return told | {"left": sorted(str(path) for path in (*Path("/run/schedc").iterdir(), *traces()))}


def traces() -> list[Path]:
    return list(Path("/sys/kernel/tracing/instances").iterdir())


def hostile() -> list[str]:
    answers = []
    for message in (b"\n", b"{}\n", b'{"set": 3}\n', b'{"set": {"dial": ["x"]}}\n', b"[" * 3000 + b"\n", b"\xff\xfe\n", b"x"):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect("/run/schedc/load")
            client.sendall(message)
            client.shutdown(socket.SHUT_WR)
            answers.append(client.recv(4096).decode())
    return answers


def as_json() -> dict:
    return load(*given("dial"), "--for", "500ms", "--format", "json")


def interrupted() -> dict:
    run = Run("load", *given("dial"))
    run.until("attached")
    os.kill(run.pid, signal.SIGINT)
    return run.end()


def watcher_killed() -> dict:
    run = Run("load", *given("dial"))
    run.until("attached")
    loader = run.loader()
    os.kill(run.pid, signal.SIGKILL)
    return {"off": wait(off), "loader": wait(lambda: gone(loader))} | run.end()


def loader_killed() -> dict:
    run = Run("load", *given("dial"))
    run.until("attached")
    os.kill(run.loader(), signal.SIGKILL)
    return {"off": wait(off)} | run.end()


def watcher_stopped() -> dict:
    run = Run("load", *given("dial"))
    run.until("attached")
    os.kill(run.pid, signal.SIGSTOP)
    told = {"off": wait(off)}
    os.kill(run.pid, signal.SIGCONT)
    return told | run.end()


def promises() -> dict:
    return under_load("eager")


def stall() -> dict:
    return under_load("stuck")


def under_load(name: str) -> dict:
    """It is to end by itself, long before its time is over."""
    run = Run("load", *given(name), "--for", "50s")
    run.until("attached")
    tasks = busy()
    told = run.end()
    ended(tasks)
    return told


try:
    main()
except BaseException:
    traceback.print_exc()
finally:
    tell("bye", {})
    LIBC.reboot(POWER_OFF)
