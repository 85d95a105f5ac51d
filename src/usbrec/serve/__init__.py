"""Service: OpenAI's protocol with self-enhancement inside, and the page that shows the search.

Nothing here imports a web library before the service is built, so that the store's exports and the command
line work without the extra `serve`.
"""

from usbrec.serve.server import start
from usbrec.serve.storage.key_file import new_key
from usbrec.serve.storage.store import forget

__all__ = ["forget", "new_key", "start"]
