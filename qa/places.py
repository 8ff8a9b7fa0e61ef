"""The places that a question names: in full, by one character («渝»), in English or in pinyin."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from qa.lexicon import lexicon
from qa.packaged import packaged
from vectorstore.report import Span


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The places that the package knows.

    `provinces` maps a province to its short names, `english` a Latin name to the
    Chinese one, `groups` a name to the provinces under it, `cities` a city to its province.
    """

    provinces: Mapping[str, str]
    english: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    cities: Mapping[str, str]


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer that ships with the package, read once."""
    table = packaged("places.toml")
    provinces = table["provinces"]
    english = {name: place for place, known in provinces.items() for name in known["english"]}
    return Gazetteer(
        {place: known["short"] for place, known in provinces.items()},
        {**table["cities_english"], **table["groups_english"], **english},
        {name: tuple(members) for name, members in table["groups"].items()},
        {city: place for place, cities in table["cities"].items() for city in cities.split()},
    )


def short_names(place: str) -> str:
    """Return the characters that a place goes by: a province's («渝»), or a city's first («成»)."""
    return gazetteer().provinces.get(place, place[:1])


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that a question names, and where.

    `regions` are the regions meant, several for a group («直辖市»). `loose` tells
    that the place is part of what is asked («来渝», «川渝合作») and stays in the question.
    """

    regions: tuple[str, ...]
    span: Span
    loose: bool = False


_SUFFIX = (
    r"(?:(?:壮族|回族|维吾尔)?自治[区县州]|特别行政区|省|市(?![民场政区长值委])|县(?![域级城]))?"
)
# «黄河南岸» is not in 河南, and «上海合作组织» not in 上海.
_NOT_AFTER = r"(?!时间|合作组织)"
# A short name stands for its place after these …
_BEFORE_SHORT = re.compile(r"(?:^|[\s,，。;；:：、(（和与跟及比对那把将])$")
# … and before these; single characters are words of many meanings otherwise.
_AFTER_SHORT = re.compile(
    r"$|[\s、,，:：)）和与跟及比呢?？的]|[更还又]?[多少高低快慢][多少几]|[省市](?![民场政长])|[两三四五六]?[个]?(?:省市|[地省市])|(?:19|20)\d\d|去年|今年|上年|明年|gdp|pm2|各|分别|谁|哪",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset("新青宁黑贵甘云台港澳藏蒙")
_DOING = re.compile(r"[来在留入赴驻返援到]$")
_NAMED_AFTER = re.compile(r"[剧菜商派语酒]|新欧|北|中区|港澳")
_LISTED = re.compile(r"[两三四]?(?:地|省市?|市)|各|分别|谁|哪")
# «川渝2024年GDP分别…» means two, «川渝2024年合作项目» one thing of both.
_APART = re.compile(r"(?:(?:19|20)\d\d|[去今上]年).*(?:分别|各|谁|哪|相差|比)")


class Places:
    """Finds in questions the regions that reports are of, and places that no report is of."""

    def __init__(self, regions: Collection[str]) -> None:
        known = gazetteer()
        self.regions = frozenset(regions)
        self._provinces = self.regions | set(known.provinces)
        names = sorted({*self._provinces, *known.cities}, key=len, reverse=True)
        self._full = re.compile(f"({'|'.join(map(_guarded, names))}){_NOT_AFTER}{_SUFFIX}")
        groups = sorted(known.groups, key=len, reverse=True)
        self._group = re.compile("|".join(groups))
        self._latin = {**known.english, **_romanised(self.regions - set(known.provinces))}
        latin = "|".join(sorted(map(re.escape, self._latin), key=len, reverse=True))
        self._english = re.compile(
            rf"(?<![a-z])(?P<name>{latin})(?: (?:province|municipality|city))?(?:['’]s)?(?![a-z])",
            re.IGNORECASE,
        )
        self._short = {
            short: place for place, shorts in known.provinces.items() for short in shorts
        }
        self._run = re.compile(f"[{''.join(self._short)}]+")

    def find(self, text: str) -> list[Mention]:
        """Return the places that a question names, in order."""
        found = [*self._in_full(text), *self._in_english(text)]
        for others in (self._by_group(text), self._by_short(text)):
            taken = {place for mention in found for place in range(*_ends(mention))}
            found += [m for m in others if not taken & set(range(*_ends(m)))]
        return sorted(found, key=lambda mention: mention.span)

    def is_region(self, place: str) -> bool:
        """Tell whether a place is of the kind that reports are of: a province, or one that has one."""
        return place in self._provinces

    def _in_full(self, text: str) -> Iterator[Mention]:
        for match in self._full.finditer(text):
            place = match[1]
            if match[0] == "吉林市":
                continue  # a city of its own
            yield Mention((place,), Span(*match.span()))

    def _in_english(self, text: str) -> Iterator[Mention]:
        for match in self._english.finditer(text):
            place = self._latin[match["name"].lower()]
            yield Mention(gazetteer().groups.get(place, (place,)), Span(*match.span()))

    def _by_group(self, text: str) -> Iterator[Mention]:
        for match in self._group.finditer(text):
            members = gazetteer().groups[match[0]]
            after = text[match.end() :]
            firm = match[0] in ("直辖市", "自治区") or _LISTED.match(after) or _APART.match(after)
            yield Mention(members, Span(*match.span()), loose=not firm)

    def _by_short(self, text: str) -> Iterator[Mention]:
        for match in self._run.finditer(text):
            before, after = text[: match.start()], text[match.end() :]
            regions = tuple(dict.fromkeys(self._short[char] for char in match[0]))
            listed = before.endswith("、") or after.startswith("、")
            if match[0] in _AMBIGUOUS and not listed:
                continue
            alone = _BEFORE_SHORT.search(before) and not _NAMED_AFTER.match(after)
            if alone and (_AFTER_SHORT.match(after) or _opens_with_a_name(after)):
                yield Mention(regions, Span(*match.span()))
            elif len(match[0]) == 1 and _DOING.search(before) and not _NAMED_AFTER.match(after):
                yield Mention(regions, Span(*match.span()), loose=True)


def _ends(mention: Mention) -> tuple[int, int]:
    return mention.span.start, mention.span.end


def _guarded(name: str) -> str:
    if name in ("河南", "河北"):
        return rf"(?<![黄运淮]){name}"
    if name == "江西":
        return rf"(?<![珠长漓]){name}"
    return rf"(?<!太){name}" if name in ("湖南", "湖北") else re.escape(name)


def _opens_with_a_name(text: str) -> bool:
    return lexicon().known.match(text) is not None


def _romanised(regions: Collection[str]) -> dict[str, str]:
    """Return regions that the gazetteer does not know, by their pinyin."""
    if not regions:
        return {}
    from pypinyin import lazy_pinyin

    return {"".join(lazy_pinyin(region)): region for region in sorted(regions)}


def may_be_called(region: str, kind: str) -> bool:
    """Tell whether a region may call itself «我省», «我市», «我区» or «我县», by the last character."""
    known = gazetteer()
    if region in known.provinces:
        city = region in known.groups["直辖市"]
        return kind == ("市" if city else "区" if region in known.groups["自治区"] else "省")
    return kind in "市县区"


def english_name(region: str) -> str:
    """Return how a region is written in English: 四川 as «Sichuan»."""
    for name, place in gazetteer().english.items():
        if place == region:
            return name.title()
    return next(iter(_romanised([region])), region).title()
