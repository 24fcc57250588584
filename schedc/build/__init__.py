"""From C to an audited object and its report."""
