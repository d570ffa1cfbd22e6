"""The only writer of search indices: loads sources, rebuilds, syncs and reconciles."""
