"""From the syntax tree to the typed policy: names resolved, units checked, literals evaluated."""
