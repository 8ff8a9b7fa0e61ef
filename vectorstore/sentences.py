"""One paragraph -> its sentences and its run-in headings, as spans of its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from vectorstore.report import Span

_CLOSERS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "【": "】",
    "〔": "〕",
    "（": "）",
    "(": ")",
    "[": "]",
    "{": "}",
}
_OPENERS = {closer: opener for opener, closer in _CLOSERS.items()}
_QUOTE_ENDS = '”’」』"'
# A longer pair is taken for two marks that have lost their partners.
_LONGEST_PAIR = 300

_STOP = re.compile(r"(?:[。！？!?；;]|…{2,})+")
_CLAUSE_END = re.compile(r"[,，:：]")
_DIGIT = re.compile(r"\d")
_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]")
_ADDRESS = re.compile(
    r"各位|同志们|今年|去年|当前|现在|我们|一年来|[这过]|刚刚|同时|此外|其中|回[顾望]|展望|上述|主要|实现这些"
)
# Words that begin a topic («推进全方位开放。»), against deeds («获批…», «启动…»).
_AIM = re.compile(
    r"(?:着力|全力|大力|突出|扎实|统筹|持续|切实|积极|深入|加快|不断|坚决|坚持|全面|系统|有序|全方位)?"
    r"(?:推[进动]|加[强快大]|强化|提[升高振]|巩固|深化|优化|完善|健全|促进|营造|构建|打[造好赢]|改善|保障|"
    r"守[护牢住]|筑牢|倡导|激发|壮大|做[大强优]|培育|扩大|发展|抓好?|稳|建设|防范|融入|拓展)"
    r"|从最"
)
_DEED = re.compile(r"(?:完成|任务|试点|方案|意见|投用|开工|运行|通车|成立|落地|工程|计划)[。]$")
_ORDINAL = re.compile(
    r"[一二三四五六七八九十]+是|[(（]?\d{1,2}[)）.、．]|[(（][一二三四五六七八九十]+[)）]|首先|其次"
)
# «人民满意是衡量政府工作的根本标准。» states something; it heads nothing.
_STATEMENT = re.compile(r"(?<![求凡])是[\u4e00-\u9fff]{3}")
_QUOTED = re.compile(r"“[^”]{1,4}”")


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return spans that cover `text` without gaps, one a sentence.

    A sentence ends at 。！？； in either width or at ……, never inside a pair of
    quotes or brackets; but a quote that ends in 。 may end the sentence with it.
    A mark without its partner protects nothing. Blanks that follow belong to
    the sentence before them.
    """
    pairs = _pairs(text)
    spans, start = [], 0
    for match in _STOP.finditer(text):
        if match.start() < start:
            continue
        end = _sentence_end(text, match, pairs)
        if end is not None:
            spans.append(Span(start, end))
            start = end
    if start < len(text):
        spans.append(Span(start, len(text)))
    return tuple(spans)


def _sentence_end(text: str, stop: re.Match[str], pairs: Sequence[int]) -> int | None:
    """Return where the sentence with this stop ends, or `None` where it goes on."""
    end = stop.end()
    closer = pairs[stop.start()]
    if closer >= 0:
        quote_ends = stop[0][-1] == "。" and closer == end and text[end] in _QUOTE_ENDS
        if not quote_ends:
            return None
        end += 1
        if end < len(text) and (pairs[end - 1] >= 0 or text[end] in ",，、:：.。;；)）》"):
            return None
    while end < len(text) and text[end].isspace():
        end += 1
    return end


def _pairs(text: str) -> list[int]:
    """Return for each character the place of the innermost closer around it, or -1.

    A closing mark stands outside its own pair.
    """
    inside = [-1] * len(text)
    found: list[tuple[int, int]] = []
    open_marks: list[int] = []
    for place, char in enumerate(text):
        if char == '"':
            opener = '"' if any(text[i] == '"' for i in open_marks) else None
        else:
            opener = _OPENERS.get(char)
        if opener is not None:
            start = next((i for i in reversed(open_marks) if text[i] == opener), None)
            if start is not None:
                while open_marks[-1] != start:
                    open_marks.pop()
                open_marks.pop()
                if place - start <= _LONGEST_PAIR:
                    found.append((start, place))
        elif char in _CLOSERS or char == '"':
            open_marks.append(place)
        while open_marks and place - open_marks[0] > _LONGEST_PAIR:
            open_marks.pop(0)
    for start, end in sorted(found):
        inside[start:end] = [end] * (end - start)
    return inside


def run_in_headings(text: str, sentences: Sequence[Span], *, led: bool) -> tuple[Span, ...]:
    """Return the short topic phrases inside a paragraph that head what follows them.

    `led` tells that the paragraph begins with a numbered heading, which stands
    in the section path. Else its first sentence is a heading where it is a short
    phrase with text behind it. Further ones are short sentences that name an aim
    («推进全方位开放。») or first clauses of one pattern («着力稳就业,»).
    """
    if len(sentences) < 2:
        return ()
    first = None if led else _opening_topic(text, sentences[0])
    if not led and first is None:
        ordinal = _ordinals(text, sentences)
        return ordinal if len(ordinal) >= 2 else ()
    body = sentences[1:]
    inner = _ordinals(text, body) or _parallel(text, body) or _topics(text, body)
    return tuple(([first] if first else []) + list(inner))


def _opening_topic(text: str, sentence: Span) -> Span | None:
    phrase = sentence.of(text).rstrip()
    fits = (
        phrase.endswith("。")
        and 4 <= len(_NOT_HAN.sub("", phrase)) <= 32
        and not _DIGIT.search(phrase)
        and not _CLAUSE_END.search(phrase)
        and not _ADDRESS.match(phrase)
        and not _STATEMENT.search(phrase)
    )
    return Span(sentence.start, sentence.start + len(phrase)) if fits else None


def _topics(text: str, body: Sequence[Span]) -> tuple[Span, ...]:
    """Return the short sentences that divide the body into topics, if two or more do."""
    found: list[Span] = []
    for index, span in enumerate(body[:-1]):
        phrase = span.of(text).rstrip()
        if not _is_topic(phrase):
            continue
        # Short sentences in a row are deeds, unless one repeats the words of a topic:
        # «扎实推动|乡村振兴。…», «扎实推动|城市提升。…».
        alike = found and phrase[:4] == found[-1].of(text)[:4]
        if alike or not _is_short(body[index + 1].of(text)):
            found.append(Span(span.start, span.start + len(phrase)))
    if len(found) < 2 or found[0].start > body[min(1, len(body) - 1)].start:
        return ()
    ends = [span.start for span in found[1:]] + [body[-1].end]
    return tuple(s for s, end in zip(found, ends, strict=True) if end - s.end >= 30)


def _is_short(phrase: str) -> bool:
    phrase = phrase.rstrip()
    return (
        phrase.endswith("。")
        and len(_NOT_HAN.sub("", phrase)) <= 18
        and not _CLAUSE_END.search(phrase)
        and not _DIGIT.search(phrase)
    )


def _is_topic(phrase: str) -> bool:
    return _is_short(phrase) and bool(_AIM.match(phrase)) and not _DEED.search(phrase)


def _parallel(text: str, body: Sequence[Span]) -> tuple[Span, ...]:
    """Return the first clauses of one pattern that head most sentences of the body."""
    clauses = [_first_clause(text, span) for span in body]
    best: list[int] = []
    for pattern in (_prefix, _suffix, _quoted):
        counts = Counter(pattern(c.of(text)) for c in clauses if c is not None)
        for key, count in counts.items():
            if key and count >= 3 and count > len(best):
                best = [i for i, c in enumerate(clauses) if c and pattern(c.of(text)) == key]
    # Where other sentences stand between, the pattern is chance, not structure.
    if not best or len(best) < 0.7 * (len(body) - best[0]) or best[0] > 1:
        return ()
    return tuple(clause for i in best if (clause := clauses[i]) is not None)


def _ordinals(text: str, body: Sequence[Span]) -> tuple[Span, ...]:
    """Return the first clauses of the sentences that begin with «一是», «(1)», «首先»."""
    found = []
    for span in body:
        if _ORDINAL.match(span.of(text)):
            end = re.compile(r"[,，:：。；;]").search(text, span.start + 2, span.end)
            if end and end.end() - span.start <= 30:
                found.append(Span(span.start, end.end()))
    return tuple(found) if len(found) >= 2 else ()


def _first_clause(text: str, sentence: Span) -> Span | None:
    match = _CLAUSE_END.search(text, sentence.start, sentence.end)
    if match is None or sentence.end - match.end() < 8:
        return None
    clause = Span(sentence.start, match.end())
    phrase = clause.of(text)
    if len(_NOT_HAN.sub("", phrase)) > 16 or _DIGIT.search(phrase):
        return None
    return clause


def _prefix(clause: str) -> str:
    return clause[:2] if len(clause) > 4 else ""


def _suffix(clause: str) -> str:
    return clause[-3:-1] if len(clause) > 3 else ""


def _quoted(clause: str) -> str:
    return "quoted" if _QUOTED.fullmatch(clause[:-1]) else ""
