"""`schedc certify`: policies through all gates, as certificates; and whether one is right."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import files, frontend, show
from schedc.cli.main import Refused, complain, reason

if TYPE_CHECKING:
    import argparse

    from schedc.verifier.certificate import Certificate, CertifyResult, Options, SigningKey
    from schedc.verifier.certificate.several import Row

_ENDING = ".certificate.json"
_LATER = ("simulate", "exhaust", "kernel")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policies", nargs="*", metavar="POLICY", help="a .sched file, or - for standard input")
    parser.add_argument(
        "--gates", metavar="LIST", help=f"beside check and compile, of {','.join(_LATER)}; default: all of them"
    )
    parser.add_argument(
        "--kernel", action="append", metavar="SERIES", help="such as 7.3, or a release; may be given several times"
    )
    parser.add_argument("--matrix", action="store_true", help="on every series of kernels that is known")
    parser.add_argument("--seconds", type=int, default=6, metavar="N", help="guest seconds under load; default 6")
    parser.add_argument("--stories", type=int, default=200, metavar="N", help="stories to simulate; default 200")
    parser.add_argument("--states", type=int, default=5000, metavar="N", help="see schedc exhaust; default 5000")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which stories; default 1")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="the value of a param, such as slice=3ms"
    )
    parser.add_argument("-o", "--output", metavar="DIR|FILE", help="where certificates go; default: here")
    parser.add_argument(
        "--missing", action="store_true", help="leave out policies whose certificate is there and says no less"
    )
    parser.add_argument("--sign", metavar="KEY", help="a private key (PEM); default: that of $SCHEDC_SIGNING_KEY")
    parser.add_argument("--verify", metavar="CERT", help="check a certificate, and whether it is about POLICY")
    parser.add_argument("--signed-by", metavar="KEY", help="with --verify: whose signature it must have (PEM)")
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    from schedc.verifier.kernel.params import BadSetting
    from schedc.verifier.trouble import Trouble

    try:
        return _verify(options) if options.verify else _certify(options)
    except (Trouble, BadSetting) as error:
        raise Refused(str(error)) from None


def _certify(options: argparse.Namespace) -> int:
    if not options.policies:
        raise Refused("which policy? `schedc certify POLICY`")
    several = len(options.policies) > 1
    if several and options.output and not Path(options.output).is_dir():
        raise Refused(f"--output {options.output}: for several policies it is a folder that is there")
    wanted, key = _options(options), _key(options.sign)
    rows = [_one(policy, wanted, key, options) for policy in options.policies]
    if several and options.format == "text":
        from schedc.verifier.certificate.several import table

        print("\n" + "\n".join(table(rows)))
    return 0 if all(row.certificate is not None for row in rows) else 1


def _one(policy: str, wanted: Options, key: SigningKey | None, options: argparse.Namespace) -> Row:
    """A policy's certificate, written and shown; or why it has none, which is said."""
    from schedc import api
    from schedc.verifier.certificate import certify
    from schedc.verifier.certificate.several import Row, covers, stored
    from schedc.verifier.vm.cache import say

    where = _target(options.output, policy)
    source = frontend.read(policy, options)
    if source is None:
        return Row(policy, None, "check")
    had = stored(where) if options.missing else None
    if had is not None and covers(had, api.compile(source.text, source.name, clang=options.clang), wanted):
        return Row(policy, had)
    result = certify(source.text, source.name, wanted, key=key, progress=say)
    if result.certificate is None:
        _say_why(result, options)
        return Row(policy, None, result.refusal.gate if result.refusal else "check")
    text = json.dumps(result.certificate.to_json(), indent=2, ensure_ascii=False) + "\n"
    files.write(where, text.encode())
    if options.format == "json":
        files.put_out(text)
    else:
        _show(result.certificate)
        print(f"  {where}", flush=True)
    return Row(policy, result.certificate)


def _options(options: argparse.Namespace) -> Options:
    from schedc.verifier.certificate import GATES, Options
    from schedc.verifier.kernel import params
    from schedc.verifier.kernel.verify import MATRIX

    gates = tuple(_LATER if options.gates is None else filter(None, options.gates.split(",")))
    for gate in gates:
        if gate not in GATES:
            raise Refused(f"there is no gate `{gate}`; there are: {', '.join(GATES)}")
    if not (1 <= options.stories <= 1_000_000 and 3 <= options.seconds <= 600):
        raise Refused("--stories is 1 to 1000000, and --seconds is 3 to 600")
    kernels = (*(options.kernel or ()), *(MATRIX if options.matrix else ()))
    return Options(
        gates, params.split(options.set), options.stories, options.seed, options.states, kernels or Options.kernels,
        options.seconds, options.clang,
    )  # fmt: skip


def _key(name: str | None) -> SigningKey | None:
    from schedc.verifier.certificate import read_signing_key
    from schedc.verifier.certificate.keys import ENVIRONMENT

    path = name or os.environ.get(ENVIRONMENT)
    return read_signing_key(Path(path)) if path else None


def _say_why(result: CertifyResult, options: argparse.Namespace) -> None:
    if result.diagnostics:
        show.reports([(result.source, list(result.diagnostics))], options)
    if result.refusal is not None:
        complain(f"{result.source.name}: not certified, by the gate `{result.refusal.gate}`: {result.refusal.why}")


def _target(output: str | None, policy: str) -> Path:
    stem = "policy" if policy == files.STANDARD_INPUT else Path(policy).name.removesuffix(".sched")
    where = Path(output or ".")
    return where / f"{stem}{_ENDING}" if where.is_dir() else where


def _verify(options: argparse.Namespace) -> int:
    from schedc import api
    from schedc.verifier.certificate import confirm, read, read_public_key
    from schedc.verifier.certificate.read import MAX_BYTES

    try:
        with open(options.verify, "rb") as file:
            certificate = read(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise Refused(f"{options.verify}: {reason(error)}") from None
    key = read_public_key(Path(options.signed_by)) if options.signed_by else None
    if len(options.policies) > 1:
        raise Refused("--verify is about one policy")
    compiled = None
    if options.policies:
        source = frontend.read(options.policies[0], options)
        if source is None:
            return 1
        compiled = api.compile(source.text, source.name, clang=options.clang)
    found = confirm(certificate, compiled, key)
    if options.format == "json":
        told = {"ok": found.ok, "id": certificate.id, "signer": found.signer, "wrong": list(found.wrong)}
        print(json.dumps(told, indent=2))
    else:
        _show(certificate)
        print(f"  signed by {found.signer}" if found.signer else "  not signed")
    for each in found.wrong:
        complain(f"{options.verify}: {each}")
    return 0 if found.ok else 1


def _show(certificate: Certificate) -> None:
    """A line for each claim."""
    print(f"{certificate.policy}: {certificate.id}")
    for gate in certificate.gates:
        print(f"  {gate.gate}" + ("" if gate.ran else ", not run"))
        for claim in gate.claims:
            print(f"    {claim.shown:<14}{claim.name}")
