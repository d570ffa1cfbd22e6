"""The reviewers' pages: what waits, the evidence beside the claim, the decision."""
