"""Whether an answer has the shape that its question asks for: a date, a name, the ones and not their number."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from qa import compute, wording
from qa.inquiry import Inquiry
from qa.listing import COUNTED
from qa.points import Point
from qa.question import Form, supposed_amount
from qa.terms import QUALIFIERS
from vectorstore.quantity import find_quantities

# So many characters that a question does not have are more than the name asked for.
_NEWS = 6
# «10所高职院校» is found again by so many of its characters.
_COUNT = 6
# «12省区市以外还有哪些?» asks for no list of them.
_BUT = re.compile(QUALIFIERS["以外"])
_NUMBER = re.compile(r"((?:\d+|[二两三四五六七八九十]+)[个大项种类条张件家所座处]?)(.*)")
_COUNTS_OUT = re.compile(r"(?:\d+|[二两三四五六七八九十]+)[个大项种类条张]")
_ITEMS = re.compile(r"[、,，;；。]|[和与及]")
_PLACES = re.compile(r"\d+(?:个?省区市|省市|省区|区县|[国城省市县])")
_ATTRIBUTE = re.compile(
    r"的((?:(?![是哪什几谁])[\u4e00-\u9fff]){2,6}?)(?:给我|告诉我|呢|吧|啊)?[?？。]?$"
)
# What a question asks for, and what tells it.
_TOLD_BY = (
    (wording.WHICH_COUNTRY, wording.COUNTRY),
    (wording.WHICH_BODY, wording.BODY),
    (wording.HELD_WHERE, wording.HELD_THERE),
    (wording.ANOTHER_HEAD, wording.ANOTHER_HEAD),
)
# Who did it is told only by what speaks of the deed: «是哪几家单位出资组建的?».
_WHO_DID = re.compile(
    r"[是由](?:谁|(?:哪|什么)[些几一]?[家个所]?(?:单位|企业|公司|机构|部门|高校|大学|学校|医院|国家|地方))(?:来|去)?(?:共同|联合|一起)?"
    r"([^是由的,，?？]{2,8})的?[?？]?$"
    r"|哪[些几一]?[家个所](?:单位|企业|公司|机构|部门|高校|大学|学校)(承建|承办|承担|出资|投资|设计|施工|赞助|运营|中标)了?"
)
_DOING = frozenset("在来去建成立设办修做的了")
_NAME_OF = re.compile(r"\b(?:names? of|(?:is|was|are|were) .+ (?:called|named))\b")
_FOUNDED = re.compile(
    r"^(?:日均|新增|累计|全年|成立|建设|新建|设立|创建|打造|启动|开通|建成|推进|全[国省市区县]|[首第]一?[家个座条所支]|的)+"
)


def tells_what_is_asked(inquiry: Inquiry, found: Sequence[Point]) -> bool:
    """Tell whether points give a date to «when?», and names to «which ones?»."""
    question, told = inquiry.question, " ".join(point.text for point in found)
    if question.form is Form.DATE:
        when = wording.TELLS_DAY if wording.WHICH_DAY.search(question.plain) else wording.TELLS_WHEN
        return when.search(told) is not None
    if question.form in (Form.OPEN, Form.YESNO) and not _has_attribute(inquiry, told):
        return False
    if question.form is Form.OPEN and question.units and not find_quantities(told):
        return False
    why = wording.ASKS_CAUSE.search(question.plain) and supposed_amount(question.plain) is None
    if why and not wording.CAUSE.search(told):
        return False
    if _passes_over_deed(inquiry, found) or _leaves_nameless(inquiry, told):
        return False
    for asks, tells in _TOLD_BY:
        if asks.search(question.plain):
            return tells.search(told) is not None
    sort = wording.NAMED_SORT.search(question.plain)
    if sort and question.form is Form.ENTITY:
        asked = sort[1] or sort[2]
        sorts = {asked, asked[-1], *_called(inquiry, asked)}
        return _gives_name(sorts, told, question.plain)
    if question.form is Form.LIST and (
        _only_counted(question.plain, found) or _too_few(question.plain, found)
    ):
        return False
    if wording.WHICH_PLACE.search(question.plain):
        return wording.PLACE.search(told) is not None
    if wording.WHICH_ONES.search(question.plain) and question.form in (Form.LIST, Form.ENTITY):
        first = found[0].text
        counts = [q for q in find_quantities(first) if q.unit in compute.COUNTS]
        return not counts or "、" in first or "“" in first
    return True


def _only_counted(asked: str, found: Sequence[Point]) -> bool:
    """Tell whether a text has but the number of things that are asked for: «10所高职院校入选…»."""
    asked = wording.QUOTES.sub("", asked)
    counted = COUNTED.search(asked) or _PLACES.search(asked)
    sort = wording.SO_MANY_OF.search(asked)
    name = sort[1] if sort else counted[0][:_COUNT] if counted else None
    if name is None or _BUT.search(asked):
        return False
    so_many = _NUMBER.match(counted[0]) if counted else None
    behind = f"{so_many[2]}{so_many[1]}" if so_many and so_many[2] else name  # «灯塔工厂3家»
    clauses = re.split(r"[,，;；。]", wording.QUOTES.sub("", found[0].text))
    named = [clause for clause in clauses if behind in clause]
    named = named or [clause for clause in clauses if name in clause]
    if not named or any(_lists(clause, name) for clause in named):
        return False
    number = find_quantities(so_many[1]) if so_many else []
    return len(found) == 1 or (bool(number) and _fewer(found[1:], int(number[0].value)))


def _fewer(found: Sequence[Point], number: int) -> bool:
    """Tell whether points name fewer things than so many."""
    return len(_ITEMS.findall("、".join(point.text for point in found))) + 1 < number


def _too_few(asked: str, found: Sequence[Point]) -> bool:
    """Tell whether points name fewer things than are asked for: «哪五个“长”?»."""
    number = wording.number_asked(asked)
    if number is None or any(_COUNTS_OUT.search(point.text) for point in found):
        return False
    return _fewer(found, number)


def _lists(clause: str, counted: str) -> bool:
    """Tell whether a clause has a list, not only of what is joined to the things counted."""
    before, _, after = clause.partition(counted)
    return (
        re.search("[、:：]", before if after.startswith(("和", "与", "及")) else clause) is not None
    )


def _has_attribute(inquiry: Inquiry, told: str) -> bool:
    """Tell whether a text speaks of the attribute that a question ends with: «…的手机号给我»."""
    asked = _ATTRIBUTE.search(inquiry.question.plain)
    if asked is None:
        return True
    named = [t for t in inquiry.matcher.terms if t.text in asked[1] or asked[1] in t.text]
    missing = inquiry.matcher.missing(told)
    return not named or any(term not in missing for term in named)


def _passes_over_deed(inquiry: Inquiry, found: Sequence[Point]) -> bool:
    """Tell whether points say nothing of the deed whose doer is asked for."""
    asked = _WHO_DID.search(inquiry.question.plain)
    if asked is None:
        return False
    told = "".join(p.passage.sentences[p.sentence].of(p.passage.text) for p in found)
    done = asked[1] or asked[2]
    deed = [term for term in inquiry.matcher.terms if term.text in done]
    missing = inquiry.matcher.missing(told)
    words = set(done) - _DOING
    return bool(deed and words) and not words & set(told) and all(t in missing for t in deed)


def _leaves_nameless(inquiry: Inquiry, told: str) -> bool:
    """Tell whether a text has the thing whose name is asked for in English, but not its name."""
    if not _NAME_OF.search(inquiry.question.plain) or "“" in told:
        return False
    sorts = [name for term in inquiry.matcher.terms for name in term.names if name in told]
    return bool(sorts) and not _named_before(sorts, told, "")


def _called(inquiry: Inquiry, sort: str) -> list[str]:
    """Return what a sort of thing is called in the report: «高速» for «高速公路»."""
    return [
        name
        for term in inquiry.matcher.terms
        if term.text.endswith(sort)
        for name in (term.text[: -len(sort)], *term.names)
        if len(name) > 1
    ]


def _gives_name(sorts: Collection[str], told: str, asked: str) -> bool:
    """Tell whether a text names a thing of some sort, beyond what the question says of it.

    «礼嘉智慧公园建成投用» names the park, «成立全市首家绿色银行» no bank.
    """
    clauses = re.split(r"[,，;；]", told)
    for length in (2, 1):  # «智慧公园» is a 公园, and at least some 园
        own = [c for c in clauses if any(s in c for s in sorts if len(s) >= length)]
        if own:
            told = ",".join(own)
            break
    if "“" in told or len(set(told) - set(asked)) >= _NEWS:
        return True
    return _named_before(sorts, told, asked)


def _named_before(sorts: Collection[str], told: str, asked: str) -> bool:
    """Tell whether a name that the question does not say stands before one of some sort."""
    before = re.findall(rf"([\u4e00-\u9fff]{{2,8}}?)(?:{'|'.join(map(re.escape, sorts))})", told)
    return any(len(set(_FOUNDED.sub("", name)) - set(asked)) > 1 for name in before)
