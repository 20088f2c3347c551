"""The outside services of a registration portal, as one separate process that is spoken to over HTTP."""
