"""The portal's HTTP interface, one file for each group of rules."""
