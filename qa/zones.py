"""Zones: 兰州新区 and 酒泉经开区 are not the city that they are named after.

«兰州» alone may mean either; who writes «兰州市» means the city.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qa.places import gazetteer

_ZONE = (
    r"[市县]?(?:国家级?|省级)?(?:新区|(?:经济|高新|农业|临空|跨境)[^，。；、]{0,8}?区|经开区|高新区|开发区"
    r"|综合保税区|综保区|保税区|自贸试?验?区|自由贸易试验区|示范区|片区|工业园|产业园|园区|科学城|新城)"
)
_TOWN = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,})[市县]")
_AS_TOWN = re.compile(r"[市县](?![场民政委值域级])")
_AS_ZONE = re.compile(_ZONE)


def is_town(name: str, asked: str) -> bool:
    """Tell whether a question names a place as a city or county, and none of its zones."""
    if "市" not in asked and "县" not in asked:
        return False
    town = _TOWN.fullmatch(name)
    stem = town["name"] if town else name
    ends, start = [], asked.find(stem)
    while start >= 0:
        ends.append(start + len(stem))
        start = asked.find(stem, start + 1)
    named = any(_AS_TOWN.match(asked, end) for end in ends)
    return named and not any(_AS_ZONE.match(asked, end) for end in ends)


def is_known_town(name: str) -> bool:
    """Tell whether this is surely a city's name: «企业上市» only looks like one."""
    town = _TOWN.fullmatch(name)
    return town is not None and town["name"] in gazetteer().cities


@lru_cache(64)
def zones_of(name: str) -> re.Pattern[str]:
    """Return what finds the zones that are named after a city or county."""
    town = _TOWN.fullmatch(name)
    return re.compile(f"{re.escape(town['name'] if town else name)}{_ZONE}")
