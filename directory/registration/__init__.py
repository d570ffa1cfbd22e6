"""What people ask of the records: to correct or hide a listing, later to register a clinic."""
