"""What the page says; `ui.texts_zh` and `ui.texts_en` hold the words."""

from __future__ import annotations

from dataclasses import dataclass

from qa.answer import Reason
from ui.limits import Cause


@dataclass(frozen=True, slots=True)
class Texts:
    """Every label and message of the page in one language.

    `examples` are (kind, questions). Text in braces is filled in by `str.format`.
    """

    lang: str
    title: str
    home: str
    asked_of: str
    and_more: str
    other_language: str
    other_page: str
    dark: str
    tab_chat: str
    tab_figures: str
    tab_own: str
    question: str
    placeholder: str
    composing: str
    send: str
    stop: str
    conversation: str
    new: str
    forget: str
    untitled: str
    welcome: str
    examples: tuple[tuple[str, tuple[str, ...]], ...]
    searching: str
    draft: str
    draft_means: str
    verified: str
    verified_means: str
    computed_from: str
    written_by: str
    sources: str
    nearest: str
    paragraph: str
    refused: dict[Reason, str]
    refused_means: str
    failed: str
    broken: str
    suggestions: str
    copy: str
    copied: str
    retry: str
    edit: str
    delete: str
    helpful: str
    unhelpful: str
    what_was_wrong: str
    complaints: tuple[tuple[str, str], ...]
    comment: str
    submit: str
    thanks: str
    turned_away: dict[Cause, str]
    too_long: str
    reader: str
    report: str
    outline: str
    find: str
    previous: str
    next: str
    close: str
    no_report: str
    filter: str
    actual: str
    target: str
    indicator: str
    unit: str
    source: str
    in_plot: str
    all_reports: str
    download: str
    download_plot: str
    plot: str
    no_figures: str
    growth: str
    decline: str
    upload: str
    upload_means: str
    upload_forgotten: str
    upload_kept: str
    understood: str
    region: str
    year: str
    paragraphs: str
    figures: str
    index: str
    discard: str
    unknown: str
    indexed: str
    discarded: str
    too_large: str
    not_text: str
    no_sections: str
