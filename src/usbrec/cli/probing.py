"""`usbrec models probe`: what the model of a seat supports, a line each."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.progress import wide_console
from usbrec.llm.probing import Finding, Probe


def probe(
    seat: Annotated[str, typer.Argument(help="A seat as it is written, such as openai:NAME.")],
    base_url: o.BaseUrl = None,
    config: o.ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Try what a seat's model supports, what that costs here, and what will be wrong."""
    found = stages.probe_seat(seat, o.settings(config, simulator=seat, base_url=base_url))
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
        return
    _print(found)


def _print(found: Probe) -> None:
    console = wide_console()
    if found.findings:
        requests = "1 request" if found.calls == 1 else f"{found.calls} small requests"
        console.print(f"{found.seat}: {requests}, {found.seconds:.1f} s", markup=False, soft_wrap=True)
    width = max((len(finding.name) for finding in found.findings), default=0)
    for finding in found.findings:
        told = f"  {finding.supported:<7}  {finding.name:<{width}}  {_told(finding)}"
        console.print(told, markup=False, soft_wrap=True)
    if found.told:
        console.print(found.told, markup=False, soft_wrap=True)


def _told(finding: Finding) -> str:
    return finding.line.removeprefix(f"{finding.name}: {finding.supported}. ")
