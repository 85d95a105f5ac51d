"""Service: OpenAI's protocol with self-enhancement inside, and the page that shows the search.

Nothing here imports a web library before the service is built, so that the store's exports and the command
line work without the extra `serve`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.serve.server import start
    from usbrec.serve.storage.key_file import new_key
    from usbrec.serve.storage.store import forget
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "server": "start",
            "storage.key_file": "new_key",
            "storage.store": "forget",
        },
    )

__all__ = ["forget", "new_key", "start"]
