"""What one policy file may be at most: beyond these the text is refused before any real work is done."""

MAX_CHARACTERS = 64 * 1024
MAX_TOKENS = 16 * 1024
MAX_DEPTH = 60
MAX_SYNTAX_ERRORS = 20
MAX_MENDS = 200
MAX_INTEGER_DIGITS = 20
