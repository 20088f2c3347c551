"""Who comes when, and what they do: the demand side of a rehearsal."""
