"""What those do who look after a listing: keep it fresh, confirm who works there, link partners, leave."""
