"""The system of record. Every index is made from it and can be thrown away."""
