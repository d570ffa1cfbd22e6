"""Invented records for demonstration and tests, and the seeded script that writes them."""
