"""Routes of the page at / and its files."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from usbrec.serve.http.middleware import POLICY

_PAGE = Path(__file__).parent.parent / "page"


def add_page(app: FastAPI, *, pictures: bool = False) -> None:
    """`pictures` says that cards show pictures, which lie wherever the catalogue says."""
    index = _PAGE / "index.html"
    if not index.is_file():
        return

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        headers = {"cache-control": "no-cache"}
        if pictures:
            headers["content-security-policy"] = POLICY.replace(
                "img-src 'self'", "img-src 'self' http: https:"
            )
        return FileResponse(index, headers=headers)

    app.mount("/static", StaticFiles(directory=_PAGE), name="static")
