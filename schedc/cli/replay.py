"""`schedc replay`: a story again, told, as data or as a timeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from schedc.cli import files, show
from schedc.cli.main import Refused

if TYPE_CHECKING:
    import argparse

    from schedc.verifier.fuzz import Story

_LIBRARY = "stdlib_policies"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("story", metavar="STORY", help="a file that `schedc fuzz` wrote")
    parser.add_argument(
        "--policy",
        metavar="POLICY",
        help="the .sched file; default: that of the story's name beside the folder of stories, or in the library",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="another value of a param, such as slice=3ms"
    )
    parser.add_argument("--timeline", metavar="FILE", help="write who ran where, for Perfetto (ui.perfetto.dev)")
    parser.add_argument("--clang", metavar="PATH", help="the clang to use instead of the one that is found")
    show.add_options(parser)


def run(options: argparse.Namespace) -> int:
    from schedc.cli.fuzz import compiled
    from schedc.verifier.fuzz import run as simulated
    from schedc.verifier.fuzz import show as shown
    from schedc.verifier.fuzz import tell
    from schedc.verifier.fuzz.story import read
    from schedc.verifier.trouble import Trouble

    try:
        story = read(Path(options.story))
        subject = compiled(options.policy or _policy(Path(options.story), story), options.set, options)
        if subject is None:
            return 1
        judged = simulated(subject, story, trace=True)
    except Trouble as error:
        raise Refused(str(error)) from None
    if options.timeline:
        from schedc.verifier.fuzz.timeline import guest
        from schedc.verifier.timeline import to_json

        content = json.dumps(to_json([guest(subject, judged)]), separators=(",", ":")).encode()
        files.write(Path(options.timeline), content)
    if options.format == "json":
        print(json.dumps(shown.judged_json(subject, judged), indent=2))
    else:
        print(tell(subject, judged))
        if story.policy.sha256 not in ("", subject.sha256):
            print("\nThe policy's text is another one than that with which the story was found.")
    return 1 if judged.broken else 0


def _policy(path: Path, story: Story) -> str:
    """Where a story's policy is looked for: `.schedc/stories/NAME/` lies beside the file NAME.sched."""
    from importlib import resources

    name = f"{story.policy.name}.sched"
    beside = path.absolute().parents
    places = [*(folder / name for folder in beside[3:4]), Path(name), resources.files(f"schedc.{_LIBRARY}") / name]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise Refused(f"{path}: no {name} is near; say where it is with --policy")
    return str(found)
