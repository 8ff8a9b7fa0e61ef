"""Short reports of five places and years, their figures invented, written as files."""

from __future__ import annotations

from pathlib import Path

# (region, its kind, year): what was done the year before, what is planned for the year.
_REPORTS: dict[tuple[str, str, int], tuple[str, str]] = {
    ("四川", "省", 2025): (
        "全省地区生产总值达到6.1万亿元、增长5.7%。城镇新增就业106万人。粮食产量720亿斤。"
        "生产安全事故起数、死亡人数分别下降40.5%、32.7%。\n"
        "高新技术企业达到1.8万家。PM2.5平均浓度31.2微克/立方米。川渝合作新增项目32个。"
        "240小时过境免签政策落地实施。成都双流机场旅客吞吐量达到8700万人次。",
        "今年主要预期目标是：地区生产总值增长5.5%以上，城镇新增就业85万人，居民消费价格涨幅2%左右。",
    ),
    ("河南", "省", 2025): (
        "全年生产总值6.36万亿元、增长5.1%。生产安全事故起数、死亡人数分别下降16.8%、15.7%。城镇新增就业119万人。粮食产量1344亿斤。\n"
        "高新技术企业达到1.3万家。PM2.5平均浓度45.5微克/立方米。",
        "今年主要预期目标是：地区生产总值增长5.5%左右，城镇新增就业110万人以上，居民消费价格涨幅2%左右。",
    ),
    ("贵州", "省", 2025): (
        "全年地区生产总值增长5.3%。城镇新增就业62.5万人。粮食产量231亿斤。\n"
        "高新技术企业达到2350家。建成天眼科普基地3处。240小时过境免签政策落地实施。",
        "今年主要预期目标是：地区生产总值增长5%—6%，城镇新增就业60万人左右。",
    ),
    ("重庆", "市", 2025): (
        "全年地区生产总值达到3.21万亿元、增长5.7%。城镇新增就业70万人。空气质量优良天数达到329天。\n"
        "高新技术企业达到8837家。广东企业来渝投资到位资金410亿元。",
        "今年主要预期目标是：地区生产总值增长6%左右，城镇新增就业65万人。",
    ),
    ("重庆", "市", 2020): (
        "全年地区生产总值达到2.36万亿元、增长6.3%。城镇新增就业75万人。空气质量优良天数达到316天。\n"
        "高新技术企业达到3141家。",
        "今年主要预期目标是：地区生产总值增长6%，城镇新增就业60万人以上。",
    ),
}


def report_text(region: str, kind: str, year: int) -> str:
    """Return one of the reports as the text of its file."""
    review, plan = _REPORTS[region, kind, year]
    return (
        f"{year}年{region}{kind}政府工作报告\n（{year}年1月15日在{region}{kind}人民代表大会上）\n"
        f"{region}{kind}长 张三\n各位代表：\n"
        f"一、{year - 1}年工作回顾\n{review}\n二、{year}年工作安排\n{plan}\n"
    )


def write_reports(folder: Path) -> Path:
    """Write all of them into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for region, kind, year in _REPORTS:
        name = f"{year}年{region}{kind}政府工作报告.txt"
        (folder / name).write_text(report_text(region, kind, year), encoding="utf-8")
    return folder
