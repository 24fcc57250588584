"""A model that is a command, a person who pastes, and the configuration."""

from __future__ import annotations

import json
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from messages_service import GOOD, LOSES, fenced

from schedc.card import card
from schedc.cli.main import main
from schedc.model.config import BadConfig, load


def script(body: str) -> str:
    Path("model.py").write_text(body)
    return f"{sys.executable} model.py"


def run(command: str, *arguments: str) -> int:
    return main(["generate", "be quick", "--gates", "check", "-o", "out", "--command", command, *arguments])


def test_a_command_reads_the_prompt_and_answers(capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.md").write_text(fenced(GOOD))
    Path("bad.md").write_text(fenced(LOSES))
    command = script("import sys; t = sys.stdin.read(); print(open('good.md' if 'S301' in t.split('# Your task')[1] else 'bad.md').read())")
    assert run(command) == 0
    spent = json.loads(Path("out/report.json").read_text())["spent"]
    assert spent["attempts"] == 2 and spent["exact"] is False and spent["input_tokens"] > len(card())
    assert "at most" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("import sys; sys.exit('out of memory')", "code 1: out of memory"),
        ("import time; time.sleep(60)", "not done in"),
        ("import os\nif os.fork(): os._exit(0)\nimport time; time.sleep(60)", "not done in"),
    ],
)
def test_a_command_that_fails(body: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    begin = time.monotonic()
    assert run(script(body), "--seconds", "3") == 1
    assert word in capsys.readouterr().out
    assert time.monotonic() - begin < 30


def test_a_command_that_writes_without_end_is_bounded() -> None:
    assert run(script("while True: print('language ' * 100)"), "--seconds", "2", "--attempts", "1") == 1


def test_a_command_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("/no/such/model") == 1
    assert "cannot run /no/such/model: no such file or directory" in capsys.readouterr().out
    assert run("'") == 2
    assert run("") == 2


def test_the_prompt_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "be quick", "--print-prompt"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(card()) and shown.endswith("The goal: be quick\n")


def test_an_answer_from_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("answer.md").write_text(fenced(GOOD))
    assert main(["generate", "--from-answer", "answer.md", "--gates", "check"]) == 0
    assert capsys.readouterr().out == GOOD
    Path("answer.md").write_text(fenced(LOSES))
    assert main(["generate", "--from-answer", "answer.md", "--gates", "check"]) == 1
    assert '"code": "S301"' in capsys.readouterr().out
    Path("answer.md").write_text("Sorry.\x1b[2J")
    assert main(["generate", "--from-answer", "answer.md", "--gates", "check"]) == 1
    assert capsys.readouterr().out.startswith("Your answer has no policy.")
    assert main(["generate", "--from-answer", "absent.md"]) == 2


@pytest.mark.parametrize("arguments", [[], ["  "], ["x", "--gates", "prayer"], ["x", "--max-money", "much"], ["x", "--attempts", "0"], ["x", "--seconds", "inf"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_users_configuration_is_over_ours(tmp_path: Path) -> None:
    own = tmp_path / "models.toml"
    own.write_text('default = "mine"\n[limits]\nattempts = 2\n[models.mine]\nprovider = "command"\ncommand = ["cat"]\n'
                   '[models."claude-opus-5-5".price]\noutput = 19.5\n')  # fmt: skip
    config = load(own)
    assert config.model(config.default).command == ("cat",)
    assert config.limits.attempts == 2 and config.limits.money == Decimal("2.00")
    price = config.model("claude-opus-5-5").price
    assert price is not None and (price.output, price.input) == (Decimal("19.5"), Decimal("4.00"))


def test_the_configuration_of_the_page_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    own = tmp_path / "models.toml"
    own.write_text(page.split("```toml\n")[1].split("```")[0])
    config = load(own)
    mine = config.model(config.default)
    assert (mine.key_env, mine.price is not None, config.limits.attempts) == ("MY_KEY", True, 3)


def test_every_price_says_when_and_where_it_was_read() -> None:
    import tomllib

    import schedc.model.config as module

    table = tomllib.loads(module._OURS.read_text())
    prices = [model["price"] for model in table["models"].values()]
    assert prices and all(price["as_of"] and price["source"].startswith("https://") for price in prices)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("attempts = 3", "attempts: no such key"),
        ("[limits]\nattempts = 'many'", "limits.attempts: a number"),
        ("[models.x]\nprovider = 'oracle'", 'models."x".provider: one of messages, command'),
        ("[models.x]\nprovider = 'command'", "a command is needed"),
        ("[models.x.price]\ninput = 1", "cache_write: is missing"),
        ("[models.x.price]\ninput = -1", "not negative"),
        ("models = 3", "models is no table"),
        ("[", "models.toml"),
    ],
)
def test_a_wrong_configuration_is_told_with_its_place(tmp_path: Path, text: str, word: str) -> None:
    own = tmp_path / "models.toml"
    own.write_text(text)
    with pytest.raises(BadConfig) as told:
        load(own)
    assert word in str(told.value) and str(own) in str(told.value)
