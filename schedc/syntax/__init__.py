"""Text to tree: lexing, parsing with recovery, and the tree itself."""
