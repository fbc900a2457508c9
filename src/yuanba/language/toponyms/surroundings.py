"""What the signs right around some words say: are they a name of their own, and of a place?"""

from __future__ import annotations

import re

_CUES = frozenset(("位于", "家住", "居住", "来自", "我们", "我是", "住在", "地处", "反映", "投诉"))
_HOME_CUES = frozenset(("位于", "家住", "居住", "住在", "家在", "地处"))
_CUE_SIGNS = frozenset("在住号")
#: After these a name begins: function words, verbs of one sign, and the ends of wider places.
_OPEN_SIGNS = frozenset(
    "在住是的和与到从于们对向至由为及请把被让将给跟同叫了过去往进出入回离经因就而且或但也都有无使得以并该此本找问说称看见听"
    "查管走修建拆租买卖属归邻隔穿沿临近靠我你他她家省市区县旗道镇乡村路街巷号社队组弄"
)
_OPEN_WORDS = frozenset(
    re.findall(
        "..",
        "投诉反映关于举报咨询建议解决处理希望恳请请求要求反对质疑强烈业主居民住户物业附近旁边对面目前现在今天昨天最近位于"
        "坐落来自购买居住地处开发百姓群众询问请问求助呼吁揭露曝光整治取缔惊爆紧邻毗邻其中包括尤其以及例如比如就是还有",
    )
)
#: What follows a name that a road, a school or a shop has borrowed.
_OTHER_THING = re.compile(
    "大道|[东南西北中一二三四五六七八九]?[路街巷]|立?交?桥|隧道|站|中学|小学|学校|幼儿园|大学|学院|医院|公司|集团|市场"
    "|派出所|法院|银行|公园|酒店|宾馆|超市|工地|项目|水库|河|山|湖|寺|线|杯|镇|乡|县|市"
)
_ROADS = ("路", "街", "大道", "巷", "弄", "胡同")
_HOUSE_NUMBER = re.compile(r"\d{1,4}(?:-\d+)?(?:号(?!楼|[栋幢])|弄)")
_NEGATION = re.compile(r"(?:不是|并非|不在|不属于|不归|非)$")
_BESIDE = re.compile(r"(?:小区|门口)?(?:的)?(?:正对面|斜对面|对面|旁边|旁|附近|隔壁|背后|后面|相邻|紧邻)的?")
_NEGATION_REACH = 3
_WINDOW = 4


def has_cue(text: str, start: int) -> bool:
    """Whether words before an offset say that a place follows: 住在, 位于, a house number."""
    return start > 0 and (text[start - 1] in _CUE_SIGNS or text[max(0, start - 2) : start] in _CUES)


def has_home_cue(text: str, start: int) -> bool:
    """Whether words before an offset say that a home follows: 住在, 家在, 位于."""
    return start > 0 and (text[start - 1] == "住" or text[max(0, start - 2) : start] in _HOME_CUES)


def is_open(text: str, start: int) -> bool:
    """Whether a name may begin at an offset, and is not the tail of a longer one: 桃花苑 in 新宇桃花苑."""
    if not start or not "\u4e00" <= text[start - 1] <= "\u9fff":
        return True
    return text[start - 1] in _OPEN_SIGNS or text[max(0, start - 2) : start] in _OPEN_WORDS


def is_alnum(text: str, at: int) -> bool:
    """Whether a Latin letter or an Arabic digit stands at an offset; no outside the text."""
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()


def splits_a_word(text: str, start: int, end: int, *, after_name: bool) -> bool:
    """Whether words of the dictionary run across an edge of the signs from start to end: 和平 in 和平相处.

    Right behind another name three signs or more are taken as they are: 南开苑 in 甘宁镇南开苑.
    """
    if after_name and end - start > 2:
        return False
    import rjieba

    left = start if after_name else max(0, start - _WINDOW)
    at, edges = left, {left}
    for word in rjieba.cut(text[left : end + _WINDOW], False):
        at += len(word)
        edges.add(at)
    return start not in edges or end not in edges


def names_other_thing(text: str, end: int) -> bool:
    """Whether the words up to an offset are part of the name of a road, a school, a shop."""
    return _OTHER_THING.match(text, end) is not None


def is_negated(text: str, start: int) -> bool:
    """Whether the words before an offset say that the place is not the one: 不是玉城家园."""
    return _NEGATION.search(text, max(0, start - _NEGATION_REACH), start) is not None


def leads_to(text: str, end: int, other: int) -> bool:
    """Whether a name that ends at an offset only tells where the one that begins at `other` lies: 玉城家园对面的…"""
    return _BESIDE.fullmatch(text, end, other) is not None


def is_road(text: str, start: int, end: int) -> bool:
    """Whether the words from start to end name a road."""
    return text.endswith(_ROADS, start, end)


def has_house_number(text: str, end: int) -> bool:
    """Whether a house number follows an offset: 15号, 3-1号, 20弄."""
    return _HOUSE_NUMBER.match(text, end) is not None
