"""The gates before the simulator, for C that was not made by the compiler: the auditor, clang, the object's audit."""

from __future__ import annotations

import tempfile
from pathlib import Path

from schedc.build.lines import with_directives
from schedc.lower.folder import INCLUDE
from schedc.toolchain import find_clang
from schedc.verifier.audit.c_audit import audit_c
from schedc.verifier.audit.elf import ObjectError
from schedc.verifier.audit.object import Object
from schedc.verifier.audit.object_audit import audit_object
from schedc.verifier.mutate.mutation import Texts
from schedc.verifier.mutate.subjects import Subject
from schedc.verifier.trouble import Trouble


def refused(subject: Subject, texts: Texts) -> str:
    """Which gate refuses it and why; empty if none does."""
    policy = subject.proven.policy
    c_name, sched_name = f"{policy.name}.bpf.c", f"{policy.name}.sched"
    files = {c_name: with_directives(texts.policy, c_name, sched_name), sched_name: policy.source.text}
    with tempfile.TemporaryDirectory(prefix="schedc-mutant-") as folder:
        _headers(Path(folder), texts)
        for finding in audit_c(c_name, files, (folder,)):
            return f"auditor of the C: {finding.rule}"
        output = find_clang(None).compile_bpf(files, c_name, include_dirs=(folder,))
    if output.object is None:
        said = next(message.message for message in output.diagnostics if message.is_error)
        if said.startswith("stopped: "):
            raise Trouble(f"clang was too slow for a mutant of {policy.name}: {said}", "run fewer at once")
        return f"clang: {said}"
    return _object(output.object, sched_name)


def _headers(folder: Path, texts: Texts) -> None:
    """All that the templates include, some of it changed."""
    (folder / "schedc").mkdir()
    for path in (Path(INCLUDE) / "schedc").iterdir():
        (folder / "schedc" / path.name).write_text(texts.headers.get(path.name) or path.read_text(encoding="utf-8"))


def _object(data: bytes, sched_name: str) -> str:
    try:
        findings = audit_object(Object.parse(data), sched_file=sched_name)
    except ObjectError as error:
        return f"auditor of the object: {error}"
    return f"auditor of the object: {findings[0].rule}" if findings else ""
