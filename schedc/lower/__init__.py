"""From the typed policy to C: what is kept where (`plan`), expressions as text, statements as template calls."""
