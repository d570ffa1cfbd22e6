"""The pages that people see: server-rendered HTML that needs no JavaScript and is better with it."""
