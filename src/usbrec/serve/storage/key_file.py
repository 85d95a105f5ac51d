"""API key file: keys are made here, shown once, and kept as hashes alone.

A JSON object a line, with `name`, `salt` and `sha256` (of salt and key, in hex), and if wanted limits of this
key's own, `requests_per_minute` and `tokens_per_hour`. With `"admin": true` it sees in /metrics what each
key has used.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from usbrec.errors import BadLines, ConfigError, InputError
from usbrec.serve.http.api_keys import ApiKeys, Key, hash_of, make_secret
from usbrec.storage import json_lines, read_text

_LIMITS = ("requests_per_minute", "tokens_per_hour")


def read_keys(path: str | Path) -> ApiKeys:
    """Raises InputError or BadLines."""
    keys: list[Key] = []
    problems: list[str] = []
    for number, row in json_lines(read_text(path)):
        try:
            keys.append(_key(row))
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"line {number}: {row if isinstance(row, str) else f'no key ({error})'}")
    if problems:
        raise BadLines(str(path), problems, "usbrec serve --keys FILE --new-key NAME writes such a line.")
    names = [key.name for key in keys]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError(f"{path}: more than one key is named {sorted(twice)[0]!r}. Remove one of the lines.")
    return ApiKeys(tuple(keys))


def new_key(path: str | Path, name: str, *, admin: bool = False) -> str:
    """Make a key, append its hash to the file, and return the key: nobody can find it out again.

    Raises ConfigError for a name that is taken or empty, InputError where the file cannot be read or written.
    """
    path = Path(path)
    if not name.strip() or not name.isprintable():
        raise ConfigError("--new-key needs a name, such as that of who will use the key.")
    secret, salt = make_secret("usbrec-")
    row: dict[str, Any] = {"name": name, "salt": salt.hex(), "sha256": hash_of(salt, secret).hex()}
    if admin:
        row["admin"] = True
    try:
        if path.exists() and any(key.name == name for key in read_keys(path).keys):
            raise ConfigError(f"{path}: a key named {name!r} is there already. Choose another name.")
        path.parent.mkdir(parents=True, exist_ok=True)
        # The owner's alone from the first moment on.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
            file.write(json.dumps(row) + "\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from None
    return secret


def _key(row: Mapping[str, Any] | str) -> Key:
    if isinstance(row, str):
        raise ValueError(row)
    if not isinstance(row["name"], str) or not row["name"]:
        raise ValueError("name is a text")
    salt, sha256 = bytes.fromhex(row["salt"]), bytes.fromhex(row["sha256"])
    if len(sha256) != hashlib.sha256().digest_size or len(salt) < 8:
        raise ValueError("salt or sha256 is too short")
    for name in _LIMITS:
        value = row.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise ValueError(f"{name} is a whole number from 1")
    admin = row.get("admin", False)
    if not isinstance(admin, bool):
        raise ValueError("admin is true or false")
    requests, tokens = (row.get(name) for name in _LIMITS)
    return Key(row["name"], salt, sha256, requests, tokens, admin)
