"""The mock of a registration portal: real database, real files, real image checks, real password hashes."""
