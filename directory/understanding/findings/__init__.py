"""Red-flag findings in a person's own words, and what follows from them."""
