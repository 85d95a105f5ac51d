"""Settings: one small model a stage, TOML in, a resolved copy out.

Every field is documented right under it; the command line's help and docs/configuration.md come from
the same texts. Fields marked ``decides=False`` change speed or place, never an answer: a run may be
resumed with other values of these.
"""

from usbrec.config.config import (
    PRESETS,
    Asking,
    CatalogueFile,
    Config,
    Dataset,
    Experiment,
    Judging,
    Models,
    Pairs,
    Play,
    Search,
    Seats,
    Seekers,
    Serving,
    Stage,
    Statistics,
    Training,
    deciding,
    dump_config,
    load_config,
)

__all__ = [
    "PRESETS",
    "Asking",
    "CatalogueFile",
    "Config",
    "Dataset",
    "Experiment",
    "Judging",
    "Models",
    "Pairs",
    "Play",
    "Search",
    "Seats",
    "Seekers",
    "Serving",
    "Stage",
    "Statistics",
    "Training",
    "deciding",
    "dump_config",
    "load_config",
]
