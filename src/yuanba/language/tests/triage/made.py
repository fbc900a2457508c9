"""Messages made for the tests: four categories, each with its own troubles, told in varying words."""

import random
from collections.abc import Iterator

from yuanba.language.triage import Labelled

TROUBLES = {
    "城乡建设": [
        "下水道堵塞污水外溢",
        "小区电梯故障停运",
        "自来水停水三天",
        "路灯不亮",
        "违章搭建阳台",
        "外墙瓷砖脱落",
    ],
    "教育文体": [
        "小学招生划片不公",
        "老师违规补课收费",
        "幼儿园学费太高",
        "高考加分政策",
        "学校食堂饭菜变质",
        "体育馆不开放",
    ],
    "劳动和社会保障": [
        "工地拖欠农民工工资",
        "养老保险断缴补缴",
        "退休金发放标准",
        "工伤认定太慢",
        "失业金领取条件",
        "公司不签劳动合同",
    ],
    "环境保护": [
        "养猪场臭气熏天",
        "工厂夜里排放废气",
        "河水被染黑",
        "搅拌站粉尘噪音",
        "焚烧垃圾浓烟",
        "采石场扬尘",
    ],
}
OPENINGS = ["尊敬的领导您好", "请问", "我要反映", "恳请有关部门处理", "投诉", "咨询一下"]
PLACES = ["玉城家园", "枇杷坪社区", "万寿路小区", "沙河街道", "阳光水岸", "北山大道"]
ENDINGS = [
    "请尽快解决",
    "已经很久没人管",
    "希望得到答复",
    "给居民生活带来很大困难",
    "谢谢",
    "多次反映没有结果",
]


def made_messages(count: int, seed: int) -> list[Labelled]:
    """So many messages, categories in turn; the same for the same seed."""
    return list(_messages(count, random.Random(seed)))


def _messages(count: int, rng: random.Random) -> Iterator[Labelled]:
    categories = list(TROUBLES)
    for number in range(count):
        category = categories[number % len(categories)]
        trouble, other = rng.sample(TROUBLES[category], 2)
        place = rng.choice(PLACES)
        parts = [
            rng.choice(OPENINGS),
            f"{place}{trouble}",
            f"{rng.randint(2, 30)}栋也一样",
            rng.choice(ENDINGS),
        ]
        if rng.random() < 0.3:
            parts.insert(2, f"还有{other}")
        yield Labelled(f"{place}{trouble}", "，".join(parts) + "。", category)
