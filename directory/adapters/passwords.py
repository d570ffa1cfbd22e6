"""Hashing passwords as the web does (argon2id, RFC 9106), for accounts that an operator makes."""

from argon2 import PasswordHasher


def hashed(password: str) -> str:
    return PasswordHasher().hash(password)
