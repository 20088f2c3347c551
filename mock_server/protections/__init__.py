"""What the portal can do against overload, one noun a file; docs/protections.md says what each buys."""
