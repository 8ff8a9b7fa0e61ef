"""How questions are worded: the patterns that tell form, period, aspect and unit.

Chinese patterns first, English after; each is searched in the question's plain form.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qa.compute import COUNTS, MEAN
from vectorstore.quantity import find_quantities

FIGURE = re.compile(
    r"(?<!哪)几[百千十]?(?:块|元|点|个点|个百分点)|(?:数|到底|精确数)?是几[?？]?$|目标(?:是什么|值)?[?？]?$|多少|多久|(?<![第哪那这])几(?:个|家|条|座|项|件|户|所|名|人|公里|次|倍|成|台|套|场|处|天|小时|钟头|分钟|种|班|辆|趟|列|亿|万|分之)|多大|多高|多深|多宽|多长|多快|多远|多重"
    r"|百分之几|幅度|(?:增速|增幅|涨幅|降幅|增长率|占比|比重|覆盖率|普及率|参保率|总量|总额|规模|数量|里程|贡献率|产量|产值|余额|增加值|面积|支出|总值|总收入|人数|比例|吞吐量|余额|金额|数额|场次|个数|天数|户数|家数|人次|次数|数)(?:到底|一共)?(?:是|为|呢|有|达)?(?: *(?:19|20)\d\d年?)?[?？]?$"
    r"|^(?:the )?total (?:size|value|amount|length|number|volume)\b|\bin (?:yuan|rmb|dollars|kilomet(?:er|re)s|hectares|tonnes)\b|how (?:did|do|does|has|have) .*\b(?:grow|grown|change|changed|rise|risen|increase)\b|\bwhat (?:[\w&-]+ ){1,4}(?:intensity|rate|ratio|share|coverage|growth|volume|output|income|mileage) (?:does|did|do|is|was|has|had|will)\b|how many|how much|how long|how (?:large|big|high|wide|tall|deep|thick)\b|what level|what (?:\w+ ){0,2}(?:ceiling|cap)\b|what did .*\b(?:rise|fall|drop|climb|grow|come|amount) to\b|what did .*\b(?:spend|cost|earn|invest)\b|what (?:is|was|are|were) (?:the )?(?:\w+ )?(?:population|number)|what percentage|what share|what rate|how fast|by what|what (?:was|is|were|are) (?:the )?.*(?:rate|growth|gdp|total|number|percent|target|length|volume|share|value|amount|level|mileage|debt|balance|price|cost|income|revenue|output|population|salary|wage|area|capacity)s?\b"
)
LIST = re.compile(
    r"哪些|哪几|哪\d+[个项种类条家座大件张]|有什么|分别是(?:什么|哪)|列举|列出|名单(?:里|中|上|是|有)|都有(?:哪|谁|什么)|包括(?:什么|哪)|哪[“\"]?[二两三四五六七八九十]|^(?!.*哪).*名单[?？]?$"
    r"|which .*(?:are|were|countries|projects|counties|districts)|what .*(?:are the|were the)|\blist\b|name the"
)
# Asks for so many things of one sort: «哪十个拳头产品?»
SO_MANY_OF = re.compile(
    r"哪(?:[二两三四五六七八九十]+|\d+)[个项种类条家座大件张所]([\u4e00-\u9fff]{2,4})"
)
_SO_MANY = re.compile(r"哪[“\"]?(\d+|[二两三四五六七八九十]+)(?![年月日天号]|个字)")
_ENGLISH_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SO_MANY_IN_ENGLISH = re.compile(rf"\b(?:which|what|name the) ({'|'.join(_ENGLISH_NUMBERS)})\b")


@lru_cache(maxsize=256)
def number_asked(asked: str) -> int | None:
    """Return how many things a question wants named: 3 for «哪三个?» and «which three?»."""
    if english := _SO_MANY_IN_ENGLISH.search(asked):
        return _ENGLISH_NUMBERS.index(english[1]) + 2
    so_many = _SO_MANY.search(asked)
    return number_written(so_many[1]) if so_many else None


def number_written(written: str) -> int | None:
    """Return the number that digits or Chinese numerals write: 6 for «六»."""
    number = find_quantities(f"{written}个")
    return int(number[0].value) if number else None


# Asks which ones something was done to: «要建成哪条线?»
DONE_WHICH = re.compile(
    r"(建成|开工|开通|引进|成立|启动|新建|签约|获批|入选|举办|通车|创建|发布|关闭|取消|淘汰)(?:(?:建设)?了?(?:哪|什么|啥)|的[^,，]{2,10}(?:有|是)哪)"
)
# Asks which ones they are, and for no number of any: «哪些产业迈上了万亿规模?»
WHICH_THINGS = re.compile(
    r"^(?!.*(?:多少|几|各|分别|目标|百分)).*哪些|[,，]是哪几[个家条座项所]?[?？]?$"
)
ENTITY = re.compile(
    r"谁|第几|哪(?:个|支|款|里|儿|家|座|条|项|一|位|所|片|国|省|市|区|县)|什么地方|在哪|何处|什么名字|叫什么|名称|\bwho(?:se)?\b|\bwhere\b|\bwhich\b|what .*(?:name|called)|\bwhat (?:[a-z-]+ )?(?:country|city|compan(?:y|ies)|firm|district|county|place|institution|university|award|title|event|area|zone|park|bridge|tunnel|airport|festival|museum|brand|centre|center)\b(?! does| do)|什么(?:奖|称号|荣誉|头衔|基金|银行|公司|赛事|展会|平台|机构|中心)(?:[?？。呢吗]|$|的)"
)
DATE = re.compile(
    r"什么时候|什么时间|哪几天|什么日子|几时|何时|哪天|哪一天|几月|几号|什么日期|哪一年|哪年|\bwhen\b|what date|what day|which (?:year|month|days?|dates?)"
)
YESNO = re.compile(
    r"是不是|有没有|是否|核实|属实|请确认|真的吗|对吗|对吧|是吧|没错吧|对不对|吗[?？。]?$|没有[?？]?$|^(?:is|are|was|were|did|does|do|has|have|can)\b|能不能|会不会|了没"
)
COMPARE = re.compile(
    r"比(?:19|20)\d\d年?底?的?[^,，比]{0,6}(?:增加|增长|提高|上升|减少|下降|降低)了?(?:多少|几)(?:万|亿)?(?!个?百分|%|[?？。]|$)"
    r"|[跟和与同].{2,24}相?比[,，]?.{0,10}(?:多|少|增加|减少|提高|降低|高|低)[^,，]{0,6}(?:多少|几)|[比较].{1,30}(?:多|少|高|低|快|慢).{0,3}了?(?:多少|几)(?!倍)|之差|从.{0,4}(?:去年|20\d\d).{0,16}到.{0,4}(?:今年|目标|20\d\d).{0,20}(?:增加|提高|增长|减少|下降|多|少)了?(?:多少|几)|[是为].{1,24}的(?:多少|几)倍|\bgap between|by how much|相差|[还才]?差(?:了)?(?:多少|几)|(?:达到|完成|实现).{1,24}还[得要需].{0,4}(?:多少|几)|加总|相加|差距|多多少|少多少|高多少|低多少|高出|(?:高|低|快|慢|多|少|降|升)了?(?:多少|几)个?(?:百分)?点|低了?多少|之和|目标比.+(?:增加|提高|增长|减少|下降)了?多少|加起来|加在一起|排(?:名)?第[一二三四五]|第[一二三](?:高|快|大|多|名)|合起来|总和|几倍|多几[个家天条户座]|少几[个家天条户座]"
    r"|哪个(?:更|(?:高|低|快|多|大|慢|少)(?:一?[些点])?(?:[?？,，。呢]|$))|谁(?:更|高|低|快|多|大|慢|少)|哪个.*(?:更|最|比较)|谁.*(?:更|最)(?:高|低|快|多|大|慢|少)|更(?:高|快|多|大|低|慢|少)(?:一?[些点]|多少|几|吗|呢|的)?(?:[?？。,，]|$)|比.+(?:高|低|快|多|少|慢)(?:多少|几)"
    r"|difference|how many (?:more|fewer)(?! (?:are|will|does|do|is|to|were)\b)|by how many|(?:more|fewer|less) (?:.* )?than (?:in |it (?:was|did) in )?(?:(?:19|20)\d\d|last year)|(?:more|fewer|less) .* than|combined|higher|faster|compare|more than .* by|sum of"
)
# Asks how far a thing got from one year to another, which two levels tell.
FROM_YEAR_TO_YEAR = re.compile(
    r"\b(?:from (?:19|20)\d\d to|between (?:19|20)\d\d and) (?:19|20)\d\d"
)
# Asks by how much, or how many times, a thing grew over some years.
_YEARS_LONG = (
    r"[两三四五十\d]年[来间里内前]?|十[一二三四五]?五(?!条)|以来|期间|当时|起初|(?:19|20)\d\d年?底?.{0,4}(?:相比|比|到|至)|[比较从](?:19|20)\d\d"
    r"|\b(?:over the|in|during the) (?:past |last )?(?:five|four|three|ten|\d) years|since (?:19|20)\d\d"
)
_BY_HOW_MUCH = r"(?:增加|净增|增长|提高|提升|上升|多|扩大|延长|减少|下降|降低|缩短|涨)[出到]?了?(?:多少|几)(?!年|[?？。]|$|.{0,3}(?:%|百分之))|[从由](?:多少|几).*[到至](?:多少|几)|(?:几|多少)倍|\bby how (?:much|many)|how many (?:more|times)"
CHANGED_OVER = re.compile(
    rf"^(?!.*(?:全国|比上年|同比|去年))(?=.*(?:{_YEARS_LONG})).*(?:{_BY_HOW_MUCH})"
)
# Asks how many per cent one amount is of another, and how much there is for each of some things.
SHARE_OF = re.compile(
    r"(?:相当于|占|是).{2,30}(?:百分之(?:几|多少)|百分比|几成|多大比[例重]|比[例重])|what (?:percentage|share|percent) of"
)
EQUAL_TO = re.compile(r"相当于.{2,30}(?:百分之|百分比|几成|比[例重])")
FOR_EACH = re.compile(r"平均(?:下来)?每一?([个家项座所户班趟条场处件名辆套人])(?!月|季|工作日)")
# A total of several things; of one thing it is that thing's figure.
TOTAL = re.compile(r"一共|总共|总数|共有|in total|altogether|total number")
ADDED = re.compile(
    r"新增|新建|新开|新创建|新配|新认定|新引进|新培育|新改|净增|新批|新授权|当年新|\bnew|\badded\b|\balone\b"
)
_TOTAL_OF = re.compile(r"合计|一共|总共|共(?:有|计|是)?多少|\b(?:in total|altogether)\b")
_FIVE_YEARS = re.compile(r"十[一二三四五]?五")
_JOINED = re.compile(
    r"[和与及、加跟两三四五六七八九十]|各|分别|都|\band\b|[a-z], |\bboth\b|\bplus\b"
)
MEASURES = re.compile(
    r"怎么|怎样|如何|为什么|为何|措施|举措|做法|办法|途径|主要做了|做了(?:什么|哪些)|采取|打算干|安排|部署|思路|要求|干了啥|做了啥|干什么|做什么|方面.*工作|工作.*方面|概括|总结|概述|介绍|简述|说说|讲讲|谈谈|成效|成绩|成就|进展|情况(?:如何|怎么样|怎样)?[?？]?$|问题(?:是|有)|困难"
    r"|\bhow\b(?! (?:many|much|long|fast|far))|\bwhy\b|measures|steps|summari[sz]e|overview|describe|what is (?:said|planned|stated) (?:about|on|for)|what .*(?:did|do|does|plan|done)|plans? (?:for|to)"
)
DEFINITION = re.compile(
    r"(?:指的?是?什么|是什么意思|什么意思|是什么[?？]?$|是指|是指什么|什么是|含义|定义|何谓|所谓|什么叫|解释一下|指什么|指的是|具体指|指哪|代表什么)|什么名堂|什么东西|什么来头|怎么个说法|什么概念|怎么理解|what does .* mean|what is meant|stand for|refer to|meaning of"
)
# Asks for the parts of something that has a name of its own.
CONSISTS_OF = re.compile(
    r"包括|包含|涵盖|由(?:哪|什么).{0,8}(?:组成|构成)|分为|分成|划分|指哪|是哪"
)
# «有哪些举措» asks for measures, though it asks for a list of them.
WHICH_MEASURES = re.compile(
    r"有(?:哪些|什么)[^,，?？]{2,16}的(?:举措|措施|做法|办法|安排|部署)(?:[?？。]|$)|(?:路子|思路|办法|做法|举措|措施|打法|打算|安排|招数)(?:都|主要|具体)?是(?:什么|啥|哪些)|(?:哪些|什么).{0,6}(?:举措|措施|做法|办法|计划|规划|目标任务|工作|安排|部署|要求|进展|成效|成绩|成就|重点|问题|困难|不足|短板|矛盾|变化|打算|动作|新?招|招数|想法|盼头|好处|收获|毛病|事情?|打法|突破|改观|策略)(?:[?？。,，]|$|呢|吗)"
    r"|(?:什么|怎样的?|啥)(?:程度|地步|打法|样子)|哪一步了|往哪儿?走|怎么走|(?:做成|干成|办成)了?些?(?:哪些|什么|啥)"
    r"|没做好|\bwhich risks\b|\bwhich (?:steps|measures|actions)\b"
    r"|(?:(?:干|做|办|弄|搞)(?:了些|了点|些|了|点)|(?:要|会|打算|准备|想|都)(?:干|做|办|弄|抓)|指望|享到|享受到?|得到|看到|得了|改|变|推|抓)"
    r"(?:什么|啥|哪些)(?:事|福|好处)?(?=[?？。,，呢]|$)|从哪儿?(?:里)?(?:下手|入手|发力)|on the agenda|in store for"
    r"|(?:举措|措施|做法|办法|安排|部署|进展|成效|成绩|成就)(?:都|主要)?(?:有|包括)(?:哪些|什么)|包括(?:哪些|什么)内容|(?:主要|重点)内容(?:是什么|有哪些)?[?？。]?$"
)
SPEAKER = re.compile(
    r"报告.{0,4}(?:谁|哪一?位|何人)(?:念|讲|读|宣读)|(?:谁|哪一?位|何人|什么人).*(?:作|做|报告|宣读|代表)|(?:作|做|宣读).*报告.*(?:谁|哪一?位|人)|报告人|(?:市长|省长|主席|州长|区长|县长)(?:是|叫|名|姓)|(?:谁|哪一?位).*(?:市长|省长)|who (?:delivered|gave|presented)|who(?:'s| is| was).*(?:mayor|governor|presented|delivered)|speaker"
)
# Another office than that of a report's speaker.
ANOTHER_HEAD = re.compile(
    r"副(?:市长|省长|主席|州长|区长|县长)|(?:前|首|上一?|第一)任|\b(?:deputy|vice|former|first) (?:mayor|governor)"
)

PAST = re.compile(
    r"\bgrew\b|\brose\b|\bfell\b|去年|上年|上一年|(?<!不)(?<![作做]出)(?<![作做])了(?:多少|几|哪)|过去一年|过去的一年|前一年|一年来|回顾|已经|实际|last year|past year|previous year|achieved|actual|\bwas\b|\bwere\b|\bdid\b"
)
PLANNED = re.compile(
    r"今年|本年|目标|计划|打算|预期(?!寿命)|力争|部署|谋划|将要|将会|拟|准备(?!金)|想要|安排|规划(?:建|了)?|要(?:建|修|新|改|达|实|培|创|完|做|增|打|开|引|把|让|怎)|接下来|下一步|未来|今后|年度任务"
    r"|this year|target|goal|plan|planned|plans|aim|will\b|expected|intend"
)
REACHED = re.compile(
    r"\bhit\b|\bmet\b|fulfil|complet|去年|上年|实际|现有|现在|目前|已有|已经|完成|开通|建成|last year|actual|current"
)
# What a report of the year cannot know.
OF_THE_DAY = re.compile(
    r"今天|明天|昨天|后天|今晚|此刻|\b(?:today|tomorrow|yesterday|tonight)\b(?!['’]s)"
)
# How it is told is not asked: «…报告里怎么说».
HOW_TOLD = re.compile(r"(?<=报告)(?P<in>里面?|中|上)?是?怎么(?:说|写|讲)的?(?=[?？。]|$)")
# What there will be when a plan is carried out.
WHEN_DONE = re.compile(
    r"(?:建成|完成|通车|开通|投用|新增|再建|再增|再修|再新建|实现)[^?？]{0,24}(?:后|全部|都|的话|[,，])[^?？]{0,24}"
    r"(?:达到?|会有|将有|会是|一共|总共|共有|合计|增至|变成)[^,，?？]{0,8}(?:多少|几)"
    r"|\bif (?:all|the plan).*\b(?:total|how (?:many|long|much))\b"
)
# What is aimed at less what was reached.
STILL_TO_GO = re.compile(
    r"还差|(?:达到|完成|实现).{1,24}还[得要需].{0,4}(?:多少|几)|距离?.{0,6}目标"
)
TARGETED = re.compile(r"目标(?!任务)|\btargets?\b|\bgoals?\b")
REACHED_ALREADY = re.compile(r"去年|上年|实际|现有|现在|目前|已有|已经|last year|actual|current")
ACTUAL = re.compile(r"实际(?!利用|使用|到位|外资)|\bactual")
NEXT = re.compile(r"明年|下一年|next year")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
# Asks for the number of each of several things: «4个县各有多少人脱贫?»
EACH_OF_THEM = re.compile(
    r"(?:\d+|[两三四五六七八九十]+)[个家座条所项](?:(?!多少|几)[^,，。?？]){0,12}各[^,，。?？]{0,4}(?:多少|几)"
)
SHORT_YEAR = re.compile(r"(?<!\d)([12]\d)年(?!内|来|间|后|前|期|以上|以下|底线)")
# Asks for more than one thing.
PLURAL = re.compile(r"哪些|哪几|(?<!为)什么|都|分别|、|measures|steps|actions|plans|,")
WHY = re.compile(r"为什么|为何|为啥|凭什么|原因|\bwhy\b")
# … which «为什么说…» does not ask for.
ASKS_CAUSE = re.compile(r"(?:为什么|为何|为啥|凭什么)(?!说|叫|称)|原因|\bwhy\b")
CAUSE = re.compile(
    r"因|由于|受|针对|为了|影响|导致|制约|压力|需要|需求|不足|问题|困难|旨在|使得|致|挑战|机遇|风险|要求|有利|优势"
)
# What asks for a share of a whole.
OF_A_WHOLE = re.compile(
    r"占.{0,12}(?:比重|比例|多少|几成|百分之)|占比|比重|share of (?:[\w ]+['’]s )?(?:gdp|the economy|total|output)|account(?:s|ed)? for|what (?:share|percentage|proportion) of (?!.*growth)"
)
SHARE_OF_WHOLE = re.compile(r"占|比重|比例|份额")
# What asks of several years as a whole.
SEVERAL_YEARS = re.compile(
    r"年均|[两三四五]年[来间内]?|十.五|这些年|累计|five years|average|annual"
)
QUOTES = re.compile(r"[“”\"「」『』‘’]")

RISE = re.compile(
    r"比(?:上|前)一?年.{0,6}(?:增加|多|少|减少|新增)(?:了|还是|出)?|(?:增长|上涨|提高|上升)了?\d|增长(?:了)?(?:多少|率|速度|幅度|几|百分|\?|？|$|呢|的)|增速|增幅|涨幅|涨了?(?:多少|几成|百分之)|上涨|提高(?:了)?多少|上升|提升(?:了)?多少|同比|增加了?(?:百分|多少个百分)|长了多少|快了?多少|涨得|长得"
    r"|增长目标|预期增长|增长预期|\bgrowth|\bgrow|\bgrew|increase[sd]? by|\bclimb|\bup by|how much (?:was|were|is|are) \w+ up\b|\brise|\brose|\brising|rate of increase"
)
FALL = re.compile(
    r"下降|降幅|降低了?多少|减少了?多少|降了多少|跌|缩短了?多少|压缩了?多少|declin|\bfell|\bfall(?:s|en)?\b|drop|decrease|shr[aiu]nk|cut by"
)
# «覆盖率提高了几个百分点?» asks for the change, not the rate.
BY_POINTS = re.compile(
    r"(?:(?P<more>提高|提升|上升|增加)|(?P<less>下降|降低|回落|减少))了?(?:多少|几)个?百分点"
)
# «对经济增长的贡献率» speaks of growth, yet asks for a share.
SHARE = re.compile(
    r"contribut|of .{0,20}growth\b.{0,30}\b(?:came|comes)|贡献率|占比|比重|份额|(?:覆盖|普及|参保|普惠|巩固)率"
)
CHANGED_TO = re.compile(
    r"(?:降|升|增|提高|下降|降低|上升|增加|提升|扩大|延长|减少)(?:低|加|长)?[到至]了?(?:多少|几)"
)
PERCENT = re.compile(
    r"[\u4e00-\u9fff]率(?:具体|到底|究竟|大概|现在|[是为有达到了降升高低提])*(?:多少|几)|百分之几|百分比|占比|比重|比例|(?:覆盖|普及|参保|巩固|普惠|失业|发生|不良|回收利用|优良|整合|贡献|治理)率|几成|percent|\bshare\b|\brate\b"
)
_SHARE_WORDS = re.compile(
    r"率|比重|占比|比例|份额|百分|几成|一半|占|多高|[里中][,，]?有多少|有多少(?:能|可以|得到|被)|contribut|came from|comes from|percent|\bshare|\brate|ratio|proportion|coverage"
)


def compares(asked: str) -> bool:
    """Tell whether a question asks to compare, or to add, several figures."""
    if MEAN.search(asked) and len(set(YEAR.findall(asked))) > 1:
        return True
    if _TOTAL_OF.search(asked) and _JOINED.search(_FIVE_YEARS.sub("", asked)):
        return True
    return COMPARE.search(asked) is not None


def asks_share(asked: str) -> bool:
    """Tell whether a question may be answered with a share of something."""
    return _SHARE_WORDS.search(asked) is not None


LEVEL = re.compile(
    r"\b(?:total )?size of\b|达到(?:了)?多少(?!个百分点)|总量|总额(?:是|有|为|多|达|[?？。]|$)|规模(?:是|有|达)?多|绝对值|多少(?:亿|万|元|钱|人|家|户|个|公里|条|座|套|台|件|项|班|场|处|天|吨|亩|平方)"
)

# What a unit word in the question admits. Mass words admit their kin.
UNIT_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"多少(?:亿|万)?(?:元|钱|资金)|几[个十百千万]{0,2}亿(?!斤|吨|度|立方)|多少万?亿(?!斤|吨|度|立方|千瓦|件|人|株|亩|公里|平方)|多少钱|how much money|how much (?:did|does|was|were).*(?:spend\b|spent|cost\b|save|earn|invest|collect)", ("元", "美元")),
    (r"\bin (?:millions? |billions? |trillions? )?(?:of )?(?:yuan|rmb)\b|(?:many|much|billion|million|trillion) (?:yuan|rmb)\b", ("元",)),
    (r"多少(?:万|亿)?美元|(?:how many|billion) (?:us )?dollars", ("美元",)),
    (r"how (?:deep|tall|thick|wide)\b", ("米", "公里")),
    (r"square (?:kilomet|kms?\b)|sq\.? ?km", ("平方公里",)),
    (r"square met", ("平方米",)),
    (r"micrograms?|微克", ("微克/立方米", "微克")),
    (r"多少(?:投资|租金|房租|学费|票价|工资|奖金|补贴|津贴|费用)", ("元",)),
    (r"how many countries|(?:多少|几)个国家", ("国家", "国", "个")),
    (r"(?:补贴?|赔偿?|补偿|奖励?|罚款?|收费)(?:了|到)?多少(?![户家个人套亩件项])", ("元", "美元")),
    (r"(?:总投资|投资额|造价|工资|薪水|年薪|奖金|预算)(?:额|总额)?(?:是|有|为|达到?)?多少", ("元", "美元")),
    (r"(?:年限|期限|时间|时长|工期)(?:有|是|要|还有|能有)?多(?:长|久)", ("年", "个月", "天", "小时", "分钟")),
    (r"(?:均价|房价|价格|单价)(?:大概|到底)?(?:是|有|为)?多少", ("元", "美元")),
    (r"多少(?:万)?公里|多长|里程(?:是|有|达)?多?|几公里|how long (?:is|are|was|were)\b|kilomet|\bkms?\b|mileage", ("公里",)),
    (r"多少(?:个)?小时|几(?:个)?小时|how many hours|how long (?:can|may|could) .*(?:stay|remain)", ("小时", "天")),
    (r"多少(?:万)?人次|passengers?(?! (?:can|may|stay))", ("人次", "人")),
    (r"多少(?:名|位)?(?:乘客|旅客|游客|观众|学生|工人|老人|孩子)|多少(?:万)?(?:人|名|位)(?!次)|几(?:个|万)?人|how many people|多少(?:个)?(?:贫困)?(?:人口|就业|人才|老外|外国人|居民|市民|农民|农民工|职工|员工|患者|病人|青年|教师|医生|护士|党员|干部|志愿者|毕业生|大学生|专家|博士)", ("人", "人次", "名", "位", "")),
    (r"多少(?:万)?家|几家|how many (?:[\w-]+ ){0,3}(?:enterprises|companies|firms|institutions)", ("家", "户", "个", "所")),
    (r"多少(?:万)?户|几户|how many (?:\w+ ){0,2}(?:households|houses)", ("户", "家", "套")),
    (r"多少(?:万)?条|几条|how many (?:\w+ ){0,3}routes", ("条", "件", "项")),
    (r"多少(?:万)?座|几座", ("座", "个")),
    (r"多少(?:万)?套|几套", ("套", "户")),
    (r"多少(?:万)?吨|几吨|tons|tonnes", ("吨",)),
    (r"(?:多少|几)(?:万)?个?标?准?(?:集装)?箱", ("标箱", "标准箱", "箱")),
    (r"(?:多少|几)[块枚](?=[金银铜奖])", ("枚", "块")),
    (r"多少(?:万)?亩|几亩", ("亩",)),
    (r"多少(?:万)?平方公里|面积", ("平方公里", "亩", "平方米", "公顷")),
    (r"多少(?:万)?平方米", ("平方米",)),
    (r"多久", ("小时", "天", "年", "个月", "分钟")),
    (r"多少天|几天|how many days", ("天",)),
    (r"多少班|几班|班次", ("班",)),
    (r"(?:多少|几)[趟列]", ("班", "列", "趟", "次")),
    (r"多少场|几场", ("场",)),
    (r"多少件|几件", ("件",)),
    (r"多少(?:万)?台|几台", ("台",)),
    (r"(?:多少|几)处", ("处", "个", "座")),
    (r"多少种|几种", ("种", "个", "类", "款", "项")),
    (r"combined value|total value|(?:value|worth) of .*(?:projects|contracts|deals)", ("元", "美元")),
    (r"多少项|几项", ("项", "个", "件", "条")),
    (r"多少所|几所", ("所",)),
    (r"多少年|(?<!这)(?<!近)几年(?!来)", ("年",)),
    (r"百分之(?:几|多少)|几个点|多少个点|百分比|多少百分|个百分点|几成|what percentage|percent", ("%", "个百分点")),
)  # fmt: skip

# Nouns that begin with a measure word: «多少支出» counts nothing in 支.
NOUN_BEHIND = re.compile(
    r"(多少|几)(?=成本|成果|成绩|支出|支持|场馆|场地|场所|条件|条例|户籍|户口|种植|种子|对外|批发|处理|处罚|名牌|位置|班子|班列|班车|座位|套餐|家电|家具|台阶|部门|部分|组织|级别|类型|类别|点位|分支)"
)
MONEY = re.compile(r"多少(?:钱|元|万元|亿元|块)|几[十百千万]{1,2}亿")
# A number that is counted in ten thousands is no rate.
SCALED = re.compile(r"(?:多少|几)[百千十]?[万亿](?!分)")
RATES = frozenset(("%", "个百分点", "倍"))
# What says of itself to ask for a share: «…有多少?我说的是比例».
IN_PERCENT = re.compile(
    r"(?:是|说|算|按|用)的?(?:比例|比重|占比|百分比)|(?:一百|100|每百)个?人?(?:里|中|当中|之中)[^,，]{0,6}(?:多少|几)"
)
HOW_MANY_DAYS = re.compile(r"(?:几|多少)个[^,，。?？]{0,6}(?:[天日]|日子)(?:[?？。呢]|$)")
# «几个站?» asks for things counted, in whatever measure word.
HOW_MANY = re.compile(r"(?:几|多少)个(?!百分点|月|小时|钟头|星期|礼拜|亿|工作日|点)")
COUNTED = COUNTS | frozenset("人名位种类届批支只辆台部次颗省市区县村镇") | {"国家", "镇街", "区县"}

# «What is 云长制?» is English, though not by its letters.
ASKS_IN_ENGLISH = re.compile(r"\s*(?:what|who|when|where|which|how|why)\b", re.IGNORECASE)

# What makes a piece of text a question of its own.
ASKS = re.compile(
    r"多少|几|哪|谁|什么|怎|如何|为何|吗[?？]|what|who|when|where|which|how|why", re.IGNORECASE
)

AMOUNT = re.compile(
    r"how much (?:money|revenue|income|profit|investment)|\bin (?:yuan|rmb|dollars)\b|(?:完成额|总量|数额|金额|总额|总值|产量|产值|收入|投资|增加值|余额|支出|规模|利润)(?:是|为|有|达到?)?多少(?:[?？。呢]|$)"
)
# What tells when: an answer to «when?» must have it, to «which day?» the day.
TELLS_WHEN = re.compile(
    r"\d+年|\d+月|\d+日|年[底内末初]|月底|季度|[上下]半年|[今明去]年|当年|\d+(?:小时|天|分钟)"
)
TELLS_DAY = re.compile(r"\d+月|\d+日")
# Asks which country: an answer names one.
WHICH_COUNTRY = re.compile(r"哪个国家|哪国|\bwhich country\b|\bwhat country\b")
COUNTRY = re.compile(
    r"[美英法德韩泰]国|日本|俄罗斯|新加坡|印度|印尼|越南|老挝|缅甸|柬埔寨|马来西亚|菲律宾|澳大利亚|新西兰|加拿大|巴西|意大利|西班牙"
    r"|葡萄牙|荷兰|比利时|瑞士|瑞典|挪威|丹麦|芬兰|波兰|匈牙利|捷克|奥地利|希腊|土耳其|以色列|埃及|南非|哈萨克|乌兹别克|巴基斯坦|蒙古国|墨西哥|阿根廷|智利|沙特|阿联酋|伊朗|乌克兰|白俄"
)
# Asks for what is left, of which what was done tells nothing.
LEFT_OVER = re.compile(r"还剩|剩下|剩余|尚未|(?:还|仍)(?:没|未)")
TELLS_LEFT = re.compile(r"[剩余未尚没]|仍有|还有")
# Asks which office is in charge: an answer names one, or who leads.
WHICH_BODY = re.compile(
    r"(?:哪一?个|哪家|什么)(?:部门|单位|机关|机构)(?:来)?(?:负责|牵头|主管|承办|主办|组织|管)|由谁(?:负责|牵头|主管|承办)|谁(?:负责|牵头|主管)"
)
BODY = re.compile(
    r"[^全].[局委办厅](?!公|理|实)|办公室|负责|牵头|承办|主办|主管|由.{2,8}(?:部|院|会|组|公司|集团)"
)
# Asks for a place or an address, which a text without one does not give.
WHICH_PLACE = re.compile(
    r"哪(?:座|个)(?:球场|体育场|体育馆|场馆|剧院|酒店|地址|位置)|什么地址|的地址|哪条(?:街|路)|(?:新址|选址|地址).{0,4}哪|\bwhich places\b"
)
PLACE = re.compile(
    r"[在于至到][\u4e00-\u9fff“]{2,}|位于|落户|[\u4e00-\u9fff]{2}(?:路|街|大道|体育场|体育馆|球场|剧院|酒店)"
)
# Asks where something is held, which nothing tells without a word of place.
HELD_WHERE = re.compile(
    r"(?:(?:在|到)哪|哪(?:里|儿|座|个?(?:城市|地方|国家|场馆))|什么地方|何处).{0,10}(?:举行|举办|召开|开赛|比赛|开幕|起跑|[办开]的?[呀啊呢嘛吗]?(?:[?？。]|$))|(?:修|建|坐落|位|设|落)[在于]哪(?:里|儿|个?(?:区|县|城市|省))|\b(?:where|which (?:district|city|country|town|venue|place))\b.*\b(?:held|hosts?|hosted|take place)\b"
)
HELD_THERE = re.compile(r"[在于][\u4e00-\u9fff“]{2,}|落户|走进|来到")
WHICH_DAYS = re.compile(r"哪几天|哪些天|(?:what|which) (?:days|dates)")
WHICH_DAY = re.compile(
    r"哪一?天|哪几天|几月|几号|什么日期|哪月|what date|which (?:day|date)|exact(?:ly)? (?:date|day)|month and day|what day"
)
# What asks who or which ones: a number of them is no answer.
WHICH_ONES = re.compile(
    r"哪些(?:国家|企业|公司|区县|城市|单位|高校|学校|医院)|哪[几些两三四五六七八九十\d]*[家个所项座条位名]|which (?:\w+ ){0,3}(?:companies|firms|enterprises|projects|counties|districts|institutions)|what (?:are|were) the names"
)
REACHING = re.compile(r"突破|超过|降至|降到|增至|增加到|新增|扩大到|提高到|压减|下调")
# How far a project is: agreed on, begun, done, given to who uses it, paid.
_STAGES = (
    re.compile(r"签约|签订|\bsigned\b"),
    re.compile(
        r"开工|动工|开建|\bbroke ground\b|\bbreak ground\b|\bconstruction\b.*\b(?:begin|start)\b"
    ),
    re.compile(r"建成|完工|竣工|投用|投运|投产|通车|开通|贯通|[新盖]盖|\bcompleted\b|\bopened\b"),
    re.compile(r"配租|分配"),
    re.compile(r"到位|到账|实际(?:使用|利用|投入)|\bpaid in\b|\bdisbursed\b"),
)


@lru_cache(maxsize=1 << 12)
def stages(text: str) -> frozenset[int]:
    """Return the stages of projects that a text speaks of."""
    return frozenset(i for i, stage in enumerate(_STAGES) if stage.search(text))


# Asks what something is made into: «要建设什么?».
MADE_INTO = re.compile(
    r"定位|(建设|建成|打造|成为|发展|做成|变成|建)(?:成为?|为)?(?:一个|怎样的?)?(?:什么|啥)"
)
# What asks for the proper name of some sort of thing: «奖项叫什么?»; reports put it in quotes.
NAMED_SORT = re.compile(
    r"(?<![大个项条座家])([\u4e00-\u9fff]{2})的?(?:名字|名称|全名|全称)?(?:叫做?(?:什么|啥|何)|是?什么名)"
    r"|(?:是|叫)哪一?[家所座支]([\u4e00-\u9fff]{2})[?？]?$"
)
ASKS_NAME = re.compile(
    r"(?:叫做?|喊|管它叫|取名|命名为)(?:什么|啥|何)|(?:什么|啥)名|名字|名称|\bcalled\b|\bname of\b|\bnickname\b"
)
QUOTED_NAME = re.compile(r"[“《「『]([^”》」』]{2,20})")
WHICH_IS_MORE = re.compile(
    r"更|最|[高低多少快慢大小]于?(?:了)?还是|哪[个项一种家边]|谁|higher|faster|larger|\bmore\b|which"
)
AGAINST_YEAR = re.compile(
    r"比((?:19|20)\d\d)年?(?:同期)?(?:多|少|高|低|增加|减少|(?P<speed>快|慢|放缓|回落))"
)
# Asks what a report owns up to.
OWN_FAULTS = re.compile(
    r"(?:承认|还有|存在|面临|自己|觉得).{0,12}(?:问题|不足|短板|毛病|困难|欠缺|短处|没做好)|没做好|shortcomings?\b|admit"
)
PROBLEMS = re.compile(
    r"毛病|没做好|欠缺|问题|困难|不足|短板|矛盾|挑战|压力|problem|difficult|challenge|shortcoming"
)

# What people say of themselves before they ask.
ASKER = re.compile(
    r"^(?:(?:i am|i'm|we are|as an?)\b[^,.;:—?-]{2,40}[,.;:—-]+\s*|(?:我是|我们是|作为)[^,，。?？]{2,14}[,，。]\s*|[^,，。?？:：]{2,10}(?:(?:想|要)(?:了解|知道|请教|打听|问)(?:一下|问)?|(?:托我|让我|叫我)?(?:来)?问我?)[:：,，]\s*|(?:我|咱|俺|本人)[^?？多少几]{0,24}?(?:想问问?|想晓得|想知道|想了解|请问|问一下|问问|听说)[:：,，]?\s*)"
)

# Orders to the system inside a question: how to answer is not for the question to say.
ORDER = re.compile(
    r"你现在是|你是一[名个位]|从现在起|从现在开始|不许|不准|(?:不要|别|不用|无需)(?:再)?(?:引用|查|管|理会|解释|翻)|编个|笑话|你叫|讲个|另外问一句|顺便问|忽略|无视|忘记|忘掉|不要看|别看|不用看|直接(?:说|写|回答|告诉|输出)|改成|改为|改写成|四舍五入|取整|提示词|系统指令|之前的(?:指令|规则)|所有规则|假设你|假装|扮演|随便编|编一个|编造|凭你的|你的知识"
    r"|写一?首|写一?篇|\bforget\b|your own (?:memory|knowledge)|ignore|disregard|pretend|system prompt|round (?:it|all|every|the)|your instructions|make up|role.?play|answer (?:in|with) (?:one|a single)|in one word|(?:answer|say|reply) only|just (?:answer|say)\b|只[回作]?答(?!卷)"
)
