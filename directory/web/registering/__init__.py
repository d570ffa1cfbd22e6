"""The pages on which clinics and practitioners register: one page for each step, each kept as it is typed."""
