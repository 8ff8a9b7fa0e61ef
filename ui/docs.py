"""The OpenAPI description as one page of HTML that fetches nothing."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from ui.markup import tag

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:54rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#f3f4f6;padding:.75rem;overflow-x:auto}code{font-size:.9em}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}pre{background:#222}"
    "a{color:#8fbcff}}"
)


def page(description: dict[str, Any]) -> str:
    """Return the page for an OpenAPI description."""
    title = escape(f"{description['info']['title']}: API")
    routes = "".join(
        _route(method, path, route)
        for path, methods in description["paths"].items()
        for method, route in methods.items()
    )
    schemas = "".join(
        tag("h3", escape(name), id=name) + _json(schema)
        for name, schema in description.get("components", {}).get("schemas", {}).items()
    )
    source = tag("p", tag("a", "openapi.json", href="openapi.json"))
    body = tag("h1", title) + source + routes + tag("h2", "Schemas") + schemas
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f"<!doctype html>{tag('html', tag('head', head) + tag('body', body), lang='en')}"


def _route(method: str, path: str, route: dict[str, Any]) -> str:
    written = tag("h2", tag("code", escape(f"{method.upper()} {path}")))
    written += tag("p", escape(route.get("summary", "")))
    for heading, key in (("Parameters", "parameters"), ("Request", "requestBody")):
        if key in route:
            written += tag("h3", heading) + _json(route[key])
    return written


def _json(value: Any) -> str:
    return tag("pre", tag("code", escape(json.dumps(value, ensure_ascii=False, indent=1))))
