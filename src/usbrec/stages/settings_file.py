"""config.toml of a run folder: what a run was done with, and never written over what somebody changed in it.

The file says what settings were, it does not set them (that is ``--config``). Somebody who edits it and runs
the same command again may think otherwise, so such a run is refused before anything is done.
"""

from __future__ import annotations

from pathlib import Path

from usbrec.config import Config, dump_config, load_config
from usbrec.errors import RunFolderError
from usbrec.journal import Journal
from usbrec.keys import digest
from usbrec.storage import read_text, write_text

_NAME = "config.toml"
#: Settings that are told to differ; the rest are counted.
_SHOWN = 10


def write_settings(journal: Journal, out: Path, config: Config) -> None:
    """Write the settings of the run in the folder `out`, whose journal is open.

    A file that somebody has edited stays as it is where it says the same as `config`. Raises RunFolderError
    where it says otherwise, ConfigError where it can no longer be read as settings.
    """
    path, text = out / _NAME, dump_config(config)
    noted = journal.noted(_NAME) or {}
    ours = [str(one) for one in noted.get("written", [])]
    if path.is_file() and ours and digest(there := read_text(path)) not in ours and there != text:
        _refuse_edited(path, config)
        return
    # Noted first: killed in between, the file is one of ours in either case.
    if digest(text) not in ours:
        journal.note(_NAME, {"written": [*ours, digest(text)]})
    write_text(path, text)


def _refuse_edited(path: Path, config: Config) -> None:
    edited = _leaves(load_config(path).model_dump(mode="json"))
    used = _leaves(config.model_dump(mode="json"))
    names = sorted(name for name in edited.keys() | used.keys() if edited.get(name) != used.get(name))
    if not names:
        return
    lines = [f"  {name}: {edited.get(name)!r} there, {used.get(name)!r} here" for name in names[:_SHOWN]]
    more = [f"  ... and {len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    raise RunFolderError(
        f"{path}: was edited, and says other settings than this command:\n"
        + "\n".join([*lines, *more])
        + f"\nThe file says what a run was done with; it sets nothing. To use it, give --config {path} with "
        "another folder as -o (what does not decide answers may also be changed in this one); to go on as "
        "before, take the edit back or delete the file."
    )


def _leaves(value: object, at: str = "") -> dict[str, object]:
    if not isinstance(value, dict) or not value:
        return {at: value}
    return {
        name: leaf
        for key, inner in value.items()
        for name, leaf in _leaves(inner, f"{at}.{key}" if at else str(key)).items()
    }
