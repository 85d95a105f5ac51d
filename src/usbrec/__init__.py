"""USB-Rec: language models that recommend well in conversation.

A script calls the stages (:mod:`usbrec.stages`) with settings (:mod:`usbrec.config`); the records they
write are in :mod:`usbrec.dialogue`, and models to sit in seats in :mod:`usbrec.llm`. Nothing is imported
here, so that a tool which needs one room pays for one room.
"""

from importlib.metadata import version

__version__ = version("usbrec")
