"""The scale-out engine: Elasticsearch 9, without scripts and without its text analysis."""
