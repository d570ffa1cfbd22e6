"""What the directory is filled from: the national registry's files and the demonstration data."""
