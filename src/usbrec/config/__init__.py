"""Settings: one small model a stage, TOML in, a resolved copy out.

Every field is documented right under it; the command line's help and docs/configuration.md come from
the same texts. Fields marked ``decides=False`` change speed or place, never an answer: a run may be
resumed with other values of these.
"""

from usbrec.config.catalogue import CatalogueFile, Seekers
from usbrec.config.config import Config
from usbrec.config.experiment import Dataset, Experiment
from usbrec.config.loading import dump_config, load_config
from usbrec.config.pairs import Pairs
from usbrec.config.play import Asking, Judging, Play
from usbrec.config.results import Statistics
from usbrec.config.search import Search
from usbrec.config.seats import Models, Seats
from usbrec.config.servers import LEFT_OUT, NO_SERVERS, Server
from usbrec.config.serving import Serving
from usbrec.config.stage import Stage, deciding, settled
from usbrec.config.training import PRESETS, Training, TrainingChanges

__all__ = [
    "LEFT_OUT",
    "NO_SERVERS",
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
    "Server",
    "Serving",
    "Stage",
    "Statistics",
    "Training",
    "TrainingChanges",
    "deciding",
    "dump_config",
    "load_config",
    "settled",
]
