"""Signing up, in and out, with the pages for it. Flask-Security does the work (docs/decisions/0009)."""
