"""Text to tokens. A character that begins no token is mended where it is clear what was meant
(`idioms.mend_text`), reported otherwise; either way the rest is still read."""

from __future__ import annotations

from lark import Token, UnexpectedCharacters
from lark.lexer import LexerState
from lark.utils import TextSlice

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s0_syntax as messages
from schedc.source import Source, Span
from schedc.syntax import idioms
from schedc.syntax.grammar import load_lexer
from schedc.syntax.limits import MAX_SYNTAX_ERRORS


def tokenize(source: Source, diagnostics: Diagnostics) -> list[Token] | None:
    """The tokens of a text, each with its place; None where the text cannot be read on."""
    tokens: list[Token] = []
    offset = 0
    errors = 0
    lexer = load_lexer()
    while True:
        try:
            for token in lexer.lex(LexerState(TextSlice.cast_from(source.text[offset:])), None):
                tokens.append(_moved(token, offset))
            return tokens
        except UnexpectedCharacters as stop:
            offset += stop.pos_in_stream
        mended = idioms.mend_text(source, offset, tokens)
        if mended is not None:
            diagnostics.add(mended.diagnostic)
            tokens.extend(mended.tokens)
            offset = mended.resume
        else:
            diagnostics.add(messages.bad_character(source, Span(offset, offset + 1)))
            offset += 1
        errors += 1
        if errors > MAX_SYNTAX_ERRORS:
            return None


def _moved(token: Token, offset: int) -> Token:
    """The token at its place in the whole text (lines and columns are not kept: `Source` knows them)."""
    start = (token.start_pos or 0) + offset
    return Token(token.type, str(token), start_pos=start, end_pos=start + len(token))
