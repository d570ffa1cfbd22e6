"""Rules with their sources: which notice stands above results, and which kind of professional fits when."""
