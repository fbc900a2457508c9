"""Which words of a message tell what it is about."""

import math
import re
from collections import Counter
from typing import Final

from yuanba.language.text import cut, rarity

_TELLING = re.compile(r"[^\W\d_a-z]{2,}|[a-z]{3,}")
_STEEPNESS: Final = 1.6

# Said in every second message to an authority, whatever it is about; rare in books, so the dictionary's counts miss them.
_SAID_OF_EVERYTHING: Final = frozenset(
    "您好 你好 尊敬 敬爱 领导 书记 市长 区长 县长 局长 厅长 主任 贵局 网友 谢谢 感谢 百忙之中 来信 留言 投诉 举报 咨询 反映 请问 请求 恳请 希望 "
    "建议 呼吁 要求 关于 问题 情况 事情 相关 有关 部门 政府 单位 街道 社区 小区 居民 业主 市民 百姓 老百姓 群众 人民 公司 开发商 解决 处理 回复 答复 "
    "重视 关注 尽快 严重 影响 导致 附近 周边 旁边 安全隐患 多次 一直 至今 现在 目前 今年 去年 时间 小时 开始 已经 本人 自己 我们 他们 你们 大家 "
    "一个 这个 这样 那么 什么 为什么 怎么 怎么办 何时 是否 能否 到底 还是 就是 没有 可以 不能 进行 因为 所以 但是 而且 如果 一下 万元 房子".split()
)


def telling_words(squeezed: str) -> dict[str, float]:
    """The words of a squeezed text that say what it is about, each with its weight (0 to about 3).

    Rare words weigh most, a repeated word a little more; words known to every message are left out.
    """
    counts = Counter(
        word for word in cut(squeezed) if _TELLING.fullmatch(word) and word not in _SAID_OF_EVERYTHING
    )
    weights = {word: 1 - _STEEPNESS * (1 - rarity(word)) for word in counts}
    return {word: weight * (1 + math.log(counts[word]) / 2) for word, weight in weights.items() if weight > 0}
