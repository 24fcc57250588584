"""The kernel verifier's log, and what of it a person or a diagnostic needs."""

from __future__ import annotations

import re

from schedc.verifier.vm.result import Failure

_PROGRAM = re.compile(r"prog '([^']+)': BPF program load failed")
_SOURCE = re.compile(r"^; (.*?) @ (.+?):(\d+)\s*$", re.MULTILINE)
_LOG = re.compile(r"-- BEGIN PROG LOAD LOG --\n(.*?)-- END PROG LOAD LOG --", re.DOTALL)
# Lines that are not the reason: the instruction walk, statistics, branches.
_NOISE = re.compile(
    r"^(\d+: |; |processed \d|verification time|stack depth|from \d+ to \d+|mark_precise|func#|(?:cur|old) state:|\s*$)"
)


# What libbpf says where an object has externs of `__kconfig` and the kernel does not carry its configuration.
_NO_CONFIG = "failed to open system Kconfig"
_WAY_OUT = (
    "the object asks for the kernel's configuration (`__kconfig`), which this kernel does not carry in /proc/config.gz:"
    " make it a `const volatile` variable, whose value --set gives, or use a kernel with CONFIG_IKCONFIG_PROC"
)


def _reason(log: str) -> str:
    # Newer kernels explain at length behind the sentence itself.
    walk = log.split("\nVerification failed:")[0]
    lines = [line for line in walk.splitlines() if not _NOISE.match(line)]
    return lines[-1].strip() if lines else ""


def _first_warning(text: str) -> str:
    """Without a verifier's log, libbpf's first sentence names the cause; what follows only repeats it."""
    if _NO_CONFIG in text:
        return _WAY_OUT
    for line in text.splitlines():
        if line.startswith("libbpf: "):
            return line.removeprefix("libbpf: ")
    return ""


def places(log: str) -> list[tuple[str, str, int]]:
    """The lines of source that the verifier came by, in its order: text, file, number."""
    return [(text.strip(), file, int(line)) for text, file, line in _SOURCE.findall(log)]


def failure(stage: str, errno: int, why: str, text: str) -> Failure:
    """The structured form of a failure with everything that was said."""
    program = _PROGRAM.search(text)
    log = _LOG.search(text)
    walked = places(log[1]) if log else []
    source, file, line = walked[-1] if walked else ("", "", 0)
    return Failure(
        stage=stage,
        errno=errno,
        why=why,
        program=program[1] if program else "",
        message=_reason(log[1]) if log else _first_warning(text),
        source=source,
        file=file,
        line=line,
        log=text,
    )
