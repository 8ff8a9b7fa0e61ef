"""Here: «我市», «全省», «our city» mean the region of the report that the asker has before him."""

from __future__ import annotations

import re

from qa import wording
from qa.editions import Editions, in_edition
from qa.places import english_name, may_be_called
from qa.question import is_english
from vectorstore.report import Report

# «资本市场» is no 本市, «全市场» no 全市.
_HERE = re.compile(r"(?:我们?|咱们?|(?<!资)本|全)(?P<kind>[省市区县])(?![场值域会块间])")
_HERE_ENGLISH = re.compile(
    r"\b(?:our|this|the (?:whole|entire)) (?P<kind>province|city|municipality|region|county)\b",
    re.IGNORECASE,
)
_KINDS = {"province": "省", "city": "市", "municipality": "市", "region": "区", "county": "县"}
_EDITION = re.compile(r"(?:19|20)\d\d年?[^，,]{0,20}报告|\breport\b", re.IGNORECASE)


def in_full(text: str, here: Report | None, editions: Editions) -> str:
    """Write the region of a report for the words that mean it; name the report among several of it.

    Nothing is changed where no such word may mean this region, or there is no choice.
    """
    if here is None or not here.region or len(editions.reports) < 2:
        return text
    region, english = here.region, is_english(text)
    name = english_name(region) if english else region

    def said(match: re.Match[str]) -> str:
        kind = match["kind"].lower()
        return name if may_be_called(region, _KINDS.get(kind, kind)) else match[0]

    told = (_HERE_ENGLISH if english else _HERE).sub(said, text)
    alone = len(editions.of(region)) < 2
    if here.year is None or told == text or alone:
        return told
    dated = wording.YEAR.search(text) or _EDITION.search(text)
    return told if dated else in_edition(told, here.year)
