"""`schedc load`: a certified policy on this machine, until it is asked to end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import frontend, show
from schedc.cli.main import Refused, complain, reason

if TYPE_CHECKING:
    import argparse

    from schedc.api import CheckResult
    from schedc.load.events import Ended, Event
    from schedc.load.host import Kernel
    from schedc.load.subject import Subject
    from schedc.source import Source
    from schedc.verifier.certificate.keys import PublicKey
    from schedc.verifier.certificate.model import Certificate

_TRUSTED = Path("/etc/schedc/trusted.pub.pem")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "policy", nargs="?", metavar="POLICY", help="a .sched file; none with --set: the policy that runs"
    )
    parser.add_argument(
        "--certificate", metavar="FILE", help="what `schedc certify` made; default: beside POLICY, under its name"
    )
    parser.add_argument("--object", metavar="FILE", help="instead of compiling: the object; takes a trusted key")
    parser.add_argument(
        "--signed-by", metavar="KEY", help=f"whose signature is trusted (PEM); default: {_TRUSTED}, where that is there"
    )
    parser.add_argument("--for", dest="seconds", metavar="TIME", help="how long, such as 60s; default: until Ctrl-C")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="the value of a param, such as slice=3ms"
    )
    parser.add_argument(
        "--broken-at-most", metavar="RATE", help="how often a promise may be broken before the policy is taken off; "
        "default 10/s, over 5 s"
    )  # fmt: skip
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    from schedc.load.errors import NotAllowed
    from schedc.verifier.kernel.params import BadSetting
    from schedc.verifier.trouble import Trouble

    try:
        return _change(options) if options.policy is None else _load(options)
    except NotAllowed as error:
        complain(str(error))
        return 1
    except (Trouble, BadSetting) as error:
        raise Refused(str(error)) from None


def _change(options: argparse.Namespace) -> int:
    """Live params of the policy that runs."""
    from schedc.load import control
    from schedc.verifier.kernel import params

    if not options.set:
        raise Refused("which policy? `schedc load POLICY`; or `schedc load --set NAME=VALUE` for the one that runs")
    control.change(params.split(options.set))
    return 0


def _load(options: argparse.Namespace) -> int:
    """What costs least is asked first."""
    from schedc.load import host, program, rate, watch

    seconds = _seconds(options.seconds)
    at_most = rate.parse(options.broken_at_most or rate.DEFAULT)
    kernel = host.kernel()
    host.check_free()
    _refuse_quotas()
    unread = frontend.read(options.policy, options)
    if unread is None:
        return 1
    certificate = _certificate(options, unread, kernel)
    subject = _subject(options, unread, certificate, kernel)
    if subject is None:
        return 1
    _say_first(subject, certificate)
    tell = _Teller(options, subject.policy.source)
    ended = watch.run(program.command(), subject, kernel.release, at_most, seconds, tell)
    tell(ended)
    return _conclude(options, subject, ended)


def _seconds(text: str | None) -> float | None:
    from schedc.syntax.numbers import NumberError, parse_number

    if text is None:
        return None
    number = parse_number(text)
    if isinstance(number, NumberError) or not number.is_duration or not number.value:
        raise Refused(f"--for {text}: this is no time; write it like 60s")
    return float(number.value / 1_000_000_000)


def _refuse_quotas() -> None:
    from schedc.load import dropped
    from schedc.load.errors import NotAllowed

    found = dropped.find()
    if found.quotas:
        raise NotAllowed(
            f"control groups have quotas, which no policy keeps under sched_ext:\n{dropped.some(found.quotas)}",
            "take them off (`echo max > cpu.max` in the group, or CPUQuota= of its unit), or stay with the default",
        )


def _certificate(options: argparse.Namespace, source: Source, kernel: Kernel) -> Certificate:
    """Right for this text and this kernel, and signed where a key is trusted."""
    from schedc.load import certified
    from schedc.load.errors import NotAllowed
    from schedc.verifier.certificate.read import MAX_BYTES, read

    beside = Path(options.policy).with_suffix(".certificate.json")
    path = Path(options.certificate) if options.certificate else beside
    try:
        with path.open("rb") as file:
            certificate = read(file.read(MAX_BYTES + 1))
    except FileNotFoundError:
        hint = certified.certify_command(kernel, options.policy)
        raise NotAllowed(f"there is no certificate {path}, and without one nothing is loaded", f"run {hint}") from None
    except OSError as error:
        raise Refused(f"{path}: {reason(error)}") from None
    certified.check_source(certificate, source, kernel, _key(options))
    return certificate


def _key(options: argparse.Namespace) -> PublicKey | None:
    from schedc.verifier.certificate.keys import read_public_key

    if options.signed_by:
        return read_public_key(Path(options.signed_by))
    return read_public_key(_TRUSTED) if _TRUSTED.exists() else None


def _subject(
    options: argparse.Namespace, source: Source, certificate: Certificate, kernel: Kernel
) -> Subject | None:
    """The policy with its object, which is the one that was certified; None (reported) where it is refused."""
    from schedc.load import certified
    from schedc.load.subject import Subject
    from schedc.verifier.kernel import params

    found = _given(options, source) if options.object else _compiled(options, source)
    if found is None:
        return None
    checked, data = found
    certified.check_object(certificate, source, data, kernel)
    assert checked.proven is not None
    return Subject.of(checked.proven, data, params.split(options.set))


def _given(options: argparse.Namespace, source: Source) -> tuple[CheckResult, bytes] | None:
    """An object that somebody else has made is taken on the word of a key; its source is checked all the same."""
    from schedc import api

    if _key(options) is None:
        raise Refused(f"--object takes a key whose word is trusted: --signed-by KEY, or {_TRUSTED}")
    checked = api.check(source.text, source.name)
    if not checked.accepted:
        show.reports([(source, list(checked.diagnostics))], options)
        return None
    try:
        return checked, Path(options.object).read_bytes()
    except OSError as error:
        raise Refused(f"{options.object}: {reason(error)}") from None


def _compiled(options: argparse.Namespace, source: Source) -> tuple[CheckResult, bytes] | None:
    from schedc import api

    result = api.compile(source.text, source.name, clang=options.clang)
    if result.object is None:
        show.reports([(source, list(result.diagnostics))], options)
        return None
    return result.check, result.object


def _say_first(subject: Subject, certificate: Certificate) -> None:
    """What is not as whoever loads it may think."""
    from schedc.load import certified, dropped

    gates = certified.not_run(certificate)
    if gates:
        complain(f"not run for this certificate, and only assumed to be passed: {', '.join(gates)}")
    weights = dropped.find().weights
    if weights and not subject.uses_cgroup_weights:
        complain(f"{subject.policy.name} does not read the weights of control groups:\n{dropped.some(weights)}")


class _Teller:
    """Tells as it comes, also where a pipe would keep it back."""

    def __init__(self, options: argparse.Namespace, source: Source) -> None:
        from schedc.load import show as shown

        self.text = None if options.format == "json" else shown.Text(source)

    def __call__(self, event: Event) -> None:
        from schedc.load import show as shown

        lines = [shown.to_json(event)] if self.text is None else self.text.lines(event)
        for line in lines:
            print(line, flush=True)


def _conclude(options: argparse.Namespace, subject: Subject, ended: Ended) -> int:
    """What the kernel has against the policy goes where errors go; standard output is for what was seen."""
    from schedc.diagnostics.render_text import render
    from schedc.load import show as shown

    found = shown.diagnostics(subject, ended)
    if found:
        print(render(subject.policy.source, found, show.colored(options.color, sys.stderr)), file=sys.stderr)
    return 0 if ended.ok else 1
