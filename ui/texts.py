"""What the page says, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from qa.answer import Reason
from ui.limits import SAID, Cause


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


CHINESE = Texts(
    lang="zh-CN",
    title="政府工作报告问答",
    home="./",
    asked_of="可以提问的报告：{}",
    and_more="{} 等{}份",
    other_language="English",
    other_page="en/",
    dark="深色",
    tab_chat="问答",
    tab_figures="指标数据",
    tab_own="我的报告",
    question="问题",
    placeholder="请输入问题，例如：城镇新增就业多少人？",
    composing="回车提问，Shift+回车换行。回答只依据报告原文。",
    send="提问",
    stop="停止",
    conversation="对话",
    new="新对话",
    forget="删除对话",
    untitled="（新对话）",
    welcome="用日常的话提问。每个回答都注明出处，点 [1] 这样的编号，就翻到原文那一句。",
    examples=(
        ("数字", ("2019年地区生产总值增长多少？", "城镇新增就业多少人？")),
        ("目标", ("2020年经济增长的目标是多少？", "2020年城镇新增就业的目标是多少？")),
        ("举措", ("在生态环境方面做了哪些工作？", "2020年怎样扩大开放？")),
        ("解释", ("“一区两群”指什么？",)),
    ),
    searching="正在查找……",
    draft="草稿，正在核对",
    draft_means="回答还在形成，数字与出处尚未核对完。",
    verified="已核对",
    verified_means="每句话都有出处；数字、单位、上下限和年份都与引用的原句核对过。",
    computed_from="由 {} 算出",
    written_by="由 {model} 行文：{calls} 次调用，读 {tokens_in}、写 {tokens_out} 个词元，{seconds:.1f} 秒",
    sources="出处（{}）",
    nearest="最接近的段落",
    paragraph="第{}段",
    refused={
        Reason.EMPTY: "没有问题",
        Reason.NOT_MENTIONED: "报告没有提到",
        Reason.OTHER_PERIOD: "报告没有这个年份的数据",
        Reason.RELATED_ONLY: "报告只有相关的指标",
        Reason.NO_SUCH_REPORT: "没有这份报告",
        Reason.WHICH_REGION: "问的是哪个地区？",
        Reason.OFF_TOPIC: "与报告无关",
    },
    refused_means="没有可靠的依据时不作回答，以免出错。",
    failed="出错了",
    broken="系统没能回答这个问题，请重试；如果一直这样，请告诉管理员。",
    suggestions="还可以问",
    copy="复制",
    copied="已复制",
    retry="重答",
    edit="修改问题",
    delete="删除",
    helpful="回答有用",
    unhelpful="回答有问题",
    what_was_wrong="哪里有问题？",
    complaints=(
        ("wrong_answer", "答案错误"),
        ("wrong_citation", "引用错误"),
        ("should_refuse", "不该回答"),
        ("other", "其他"),
    ),
    comment="补充说明（可不填）",
    submit="提交",
    thanks="谢谢，已记下。",
    turned_away=SAID,
    too_long="问题有 {} 个字符，最多可以有 {} 个。请缩短后再问。",
    reader="报告原文",
    report="报告",
    outline="目录",
    find="在原文中查找",
    previous="上一处",
    next="下一处",
    close="返回问答",
    no_report="这里没有这份报告，已打开另一份。",
    filter="按指标名称筛选，几个词用空格隔开",
    actual="实际",
    target="目标",
    indicator="指标",
    unit="单位",
    source="出处",
    in_plot="画入图中",
    all_reports="全部报告",
    download="下载 CSV",
    download_plot="下载图 PNG",
    plot="实际与目标对比",
    no_figures="没有符合的指标。",
    growth="增长",
    decline="下降",
    upload="选择文件…",
    upload_means="带一份政府工作报告来提问。可以上传 {} 文件，最大 {} MB。上传后先看读到了什么，再决定是否提问。",
    upload_forgotten="只有您能看到它；离开页面后即删除。",
    upload_kept="别的访问者看不到它；就它提问以后，本站会留存这份文件，供管理员日后收录。",
    understood="读到的内容",
    region="地区",
    year="年份",
    paragraphs="段落",
    figures="指标数据",
    index="就这份报告提问",
    discard="移除",
    unknown="未能识别",
    indexed="已建立索引，现在的问题都就这份报告回答。",
    discarded="已移除，恢复到原来的报告。",
    too_large="文件有 {:.1f} MB，最大可以是 {} MB。",
    not_text="可以上传的是 {} 文件。",
    no_sections="文件「{}」里找不到报告的章节（例如“一、2023年工作回顾”）。请上传政府工作报告的全文。",
)

ENGLISH = Texts(
    lang="en",
    title="Government work reports: questions and answers",
    home="../",
    asked_of="Reports that can be asked: {}",
    and_more="{} and others, {} in all",
    other_language="中文",
    other_page="../",
    dark="Dark",
    tab_chat="Questions",
    tab_figures="Figures",
    tab_own="My report",
    question="Question",
    placeholder="Ask in Chinese or English, e.g. How much did GDP grow in 2019?",
    composing="Enter asks, Shift+Enter breaks the line. Answers rest on the report alone.",
    send="Ask",
    stop="Stop",
    conversation="Conversation",
    new="New",
    forget="Delete conversation",
    untitled="(new conversation)",
    welcome="Ask in everyday words. Every answer names its source: a number such as [1] turns the "
    "report to the very sentence.",
    examples=(
        ("Figures", ("How much did GDP grow in 2019?", "城镇新增就业多少人？")),
        ("Targets", ("What is the GDP growth target for 2020?",)),
        ("Measures", ("在生态环境方面做了哪些工作？",)),
        ("Terms", ("“一区两群”指什么？",)),
    ),
    searching="Searching…",
    draft="Draft, being checked",
    draft_means="The answer is still being written; its figures and sources are not checked yet.",
    verified="Verified",
    verified_means="Every statement has a source; figures, units, bounds and years have been "
    "checked against the cited sentence.",
    computed_from="Computed from {}",
    written_by="Worded by {model}: {calls} calls, {tokens_in} tokens read, {tokens_out} written, "
    "{seconds:.1f} s",
    sources="Sources ({})",
    nearest="The closest passages",
    paragraph="paragraph {}",
    refused={
        Reason.EMPTY: "No question",
        Reason.NOT_MENTIONED: "The report does not mention this",
        Reason.OTHER_PERIOD: "The report has no data for this year",
        Reason.RELATED_ONLY: "The report has only a related indicator",
        Reason.NO_SUCH_REPORT: "There is no such report",
        Reason.WHICH_REGION: "Which region?",
        Reason.OFF_TOPIC: "Not about the report",
    },
    refused_means="Without reliable evidence no answer is given.",
    failed="Something went wrong",
    broken="The question could not be answered. Please try again, or tell the operator.",
    suggestions="You can also ask",
    copy="Copy",
    copied="Copied",
    retry="Retry",
    edit="Edit question",
    delete="Delete",
    helpful="Helpful",
    unhelpful="Not right",
    what_was_wrong="What is wrong?",
    complaints=(
        ("wrong_answer", "Wrong answer"),
        ("wrong_citation", "Wrong citation"),
        ("should_refuse", "Should not have answered"),
        ("other", "Other"),
    ),
    comment="Comment (optional)",
    submit="Send",
    thanks="Thank you, noted.",
    turned_away={
        Cause.TOO_FAST: "That was too fast. Please try again in a minute.",
        Cause.TOO_MANY: "Some of your questions are still being answered. Please wait for them.",
        Cause.FULL: "Many people are asking right now. Please try again in a moment.",
    },
    too_long="The question has {} characters; {} is the most. Please shorten it.",
    reader="The report",
    report="Report",
    outline="Outline",
    find="Find in the text",
    previous="Previous",
    next="Next",
    close="Back to the chat",
    no_report="There is no such report here; another one is open.",
    filter="Filter by indicator (several words: any of them)",
    actual="Actual",
    target="Target",
    indicator="Indicator",
    unit="Unit",
    source="Source",
    in_plot="In the plot",
    all_reports="All reports",
    download="Download CSV",
    download_plot="Download plot (PNG)",
    plot="Actual against target",
    no_figures="No indicator matches.",
    growth="growth",
    decline="decline",
    upload="Choose a file…",
    upload_means="Bring a government work report: {} files of up to {} MB. You will see what was "
    "understood of it before you ask.",
    upload_forgotten="Only you can see it; it is deleted when you leave.",
    upload_kept="Other visitors do not see it; once you ask it, this site keeps the file, so that "
    "the operator can add it later.",
    understood="What was understood",
    region="Region",
    year="Year",
    paragraphs="Paragraphs",
    figures="Figures",
    index="Ask this report",
    discard="Remove",
    unknown="not recognised",
    indexed="Indexed. Questions now go to this report.",
    discarded="Removed; the former reports are back.",
    too_large="The file has {:.1f} MB; {} MB is the most.",
    not_text="Only {} files can be uploaded.",
    no_sections="No sections of a report were found in {}. Please upload the full text of a "
    "government work report.",
)
