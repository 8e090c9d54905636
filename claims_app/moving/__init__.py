"""A whole desk on its way from one machine to another, as plain text that any program can read."""
