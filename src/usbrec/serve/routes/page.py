"""Routes of the page at / and its files."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

_PAGE = Path(__file__).parent.parent / "page"


def add_page(app: FastAPI) -> None:
    index = _PAGE / "index.html"
    if not index.is_file():
        return

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(index, headers={"cache-control": "no-cache"})

    app.mount("/static", StaticFiles(directory=_PAGE), name="static")
