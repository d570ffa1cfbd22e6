"""A patient's words -> what they look for. Pure: no engine, no network, the same answer every time."""
