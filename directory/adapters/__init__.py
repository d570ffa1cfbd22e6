"""What the directory needs of the outside world, and keeps small: hashing passwords, sending mail."""
