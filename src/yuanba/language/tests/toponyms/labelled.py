"""A made-up district and texts about it whose right answer is known, both from one seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from yuanba.language.toponyms import PlaceRow, spell_number

FIRST = "玉翠锦福康龙凤桂兰云金银祥瑞宏泰盛华景怡丽嘉永昌荣松柏荷枫榕"
SECOND = "城湖溪江岭泉塘坪湾桥峰林源庭洲川坝岩滩沟"
ESTATE_ENDS = ("家园", "花园", "小区", "雅苑", "名都", "公寓", "新村", "华府", "水岸", "天下")
CARRIERS = (
    "{}",
    "{}漏水三天没人管",
    "我住在{}，楼道灯坏了一个月",
    "反映{}门口乱停车的问题",
    "您好，{}的下水道堵了，请尽快处理，谢谢！",
    "关于{}电梯故障的投诉",
    "尊敬的领导：在{}旁边每天有人烧垃圾，孩子咳嗽不停。",
    "请问{}什么时候通天然气？已经等了2年3个月，打过12345。",
)
INNOCENT = (
    "希望邻里和平相处，不要再吵了",
    "今年3月15日我在网上买了2台空调，至今没有送到，单号2023-11-501。",
    "请问公租房申请需要什么材料？联系电话023-58123456",
    "小区里一共有三栋楼，每栋楼两个单元，都没有电梯",
    "路灯坏了好几天，晚上走路看不见，请派人来修",
    "建设美丽家园，人人有责，感谢社区的同志们",
    "孩子上学要走一座桥，桥面坏了，3号那天还有人摔倒",
    "物业费涨到2.5元/平米，业主都不同意，共12栋住户签名反对",
    "公交车三十分钟一班太少了，早上7点到8点根本挤不上去",
    "广场舞音响太大，老人孩子都休息不好，晚上十点还在放",
)
TRADITIONAL = str.maketrans(
    "园华锦龙凤兰云银祥泰丽荣枫溪岭湾桥坝岩滩沟东区号楼栋单",
    "園華錦龍鳳蘭雲銀祥泰麗榮楓溪嶺灣橋壩岩灘溝東區號樓棟單",
)
SLIPS = str.maketrans("城湖溪江塘坪庭", "诚壶希姜唐平廷")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, the place it was written in, and the one place it speaks of (None: none)."""

    group: str
    text: str
    within: int | None
    gold: int | None


@dataclass(slots=True)
class District:
    """Rows with what the generator needs to know about them."""

    rows: list[PlaceRow] = field(default_factory=list)
    children: dict[int, list[PlaceRow]] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)

    def add(self, parent: int | None, kind: str, name: str, *aliases: str) -> PlaceRow:
        row = PlaceRow(len(self.rows) + 1, parent, kind, name, aliases)
        self.rows.append(row)
        self.names[name] += 1
        self.children.setdefault(parent or 0, []).append(row)
        return row

    def row(self, place_id: int | None) -> PlaceRow:
        return self.rows[(place_id or 0) - 1]

    def of_kind(self, kind: str) -> list[PlaceRow]:
        return [row for row in self.rows if row.kind == kind]

    def estates(self, *, twins: bool) -> list[PlaceRow]:
        """Estates that share their name with another, or those that do not."""
        return [row for row in self.of_kind("estate") if (self.names[row.name] > 1) == twins]


def make_district(seed: int) -> District:
    """A district of 10 streets, 60 communities and about 180 estates, some of the same name."""
    rng = random.Random(seed)
    stems = [first + second for first in FIRST for second in SECOND]
    rng.shuffle(stems)
    made = District()
    top = made.add(None, "district", "玉州区")
    for number in range(10):
        street = made.add(top.id, "street", stems.pop() + ("镇" if number % 4 == 3 else "街道"))
        for place in range(6):
            village = number % 4 == 3 and place % 2 == 0
            name = stems.pop() + ("村村民委员会" if village else "社区居民委员会")
            community = made.add(street.id, "community", name)
            for _ in range(3):
                _add_estate(made, community, stems, rng)
    return made


def _add_estate(made: District, community: PlaceRow, stems: list[str], rng: random.Random) -> None:
    known = [row.name for row in made.of_kind("estate")]
    if known and rng.random() < 0.12:
        name = rng.choice(known)
    else:
        name = stems.pop() + rng.choice(ESTATE_ENDS) + rng.choice(("", "", "", "", "二期", "A区"))
    alias = (f"老{stems.pop()}厂",) if rng.random() < 0.2 else ()
    estate = made.add(community.id, "estate", name, *alias)
    word = rng.choice(("栋", "幢", "号楼"))
    for building in range(1, rng.randint(4, 24)):
        here = made.add(estate.id, "building", f"{building}{word}")
        for unit in range(1, rng.randint(2, 5)):
            there = made.add(here.id, "unit", f"{unit}单元")
            if building % 3 == 0:
                for room in ("101", "302", "501", "1202"):
                    made.add(there.id, "household", room)


def spell_building(number: int, rng: random.Random) -> str:
    """One of the usual ways to write a building's number."""
    figure = rng.choice((str(number), spell_number(number), str(number).translate(_WIDE)))
    form = rng.choice(("{}栋", "{}幢", "{}号楼", "第{}栋", "{}#", "{}号栋", " {} 栋"))
    return form.format(figure)


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def make_texts(made: District, seed: int, per_group: int = 60) -> list[Labelled]:
    """Texts of every group, `per_group` of each."""
    rng = random.Random(seed)
    texts: list[Labelled] = []
    for group, maker in _GROUPS.items():
        source = maker(made, rng)
        texts += (
            Labelled(group, rng.choice(CARRIERS).format(said), within, gold)
            for (said, within, gold), _ in zip(source, range(per_group), strict=False)
        )
    texts += (Labelled("innocent", text, within, None) for text in INNOCENT for within in (None, 1, 2, 3))
    return texts


_Said = Iterator[tuple[str, int | None, int]]


def _number(row: PlaceRow) -> int:
    return int(row.name.rstrip("栋幢号楼单元室"))


def _full(made: District, rng: random.Random) -> _Said:
    estates = made.estates(twins=False)
    while True:
        estate = rng.choice(estates)
        building = rng.choice(made.children[estate.id])
        said = estate.name + spell_building(_number(building), rng)
        units = made.children.get(building.id, [])
        if not units or rng.random() < 0.3:
            yield said, None, building.id
            continue
        unit = rng.choice(units)
        figure = rng.choice((str(_number(unit)), spell_number(_number(unit))))
        said += f"{figure}单元"
        rooms = made.children.get(unit.id, [])
        if rooms and rng.random() < 0.6:
            room = rng.choice(rooms)
            yield said + room.name + rng.choice(("", "室", "号")), None, room.id
        else:
            yield said, None, unit.id


def _levels(made: District, rng: random.Random) -> _Said:
    for said, within, gold in _full(made, rng):
        holders = _holders(made, gold)
        community = holders["community"].name.replace("居民委员会", "").replace("村民委员会", "")
        heads = (
            holders["street"].name,
            holders["street"].name + community,
            "玉州区" + holders["street"].name,
        )
        yield rng.choice(heads) + said, within, gold


def _holders(made: District, place_id: int | None) -> dict[str, PlaceRow]:
    found = {}
    while place_id:
        row = made.row(place_id)
        found[row.kind] = row
        place_id = row.parent_id
    return found


def _number_inside(made: District, rng: random.Random) -> _Said:
    estates = made.of_kind("estate")
    while True:
        estate = rng.choice(estates)
        building = rng.choice(made.children[estate.id])
        yield spell_building(_number(building), rng).strip(), estate.id, building.id


def _alias(made: District, rng: random.Random) -> _Said:
    estates = [row for row in made.of_kind("estate") if row.aliases]
    while True:
        estate = rng.choice(estates)
        building = rng.choice(made.children[estate.id])
        yield estate.aliases[0] + spell_building(_number(building), rng), None, building.id


def _community(made: District, rng: random.Random) -> _Said:
    rows = made.of_kind("community")
    while True:
        row = rng.choice(rows)
        stem = row.name.replace("社区居民委员会", "").replace("村村民委员会", "")
        ends = ("社区", "社区居委会", "居委会", "社区居民委员会")
        yield stem + rng.choice(("村", "村委会") if "村民" in row.name else ends), None, row.id


def _street(made: District, rng: random.Random) -> _Said:
    rows = made.of_kind("street")
    while True:
        row = rng.choice(rows)
        ends = ("镇", "镇政府") if row.name.endswith("镇") else ("街道", "街道办", "街道办事处")
        yield row.name.removesuffix("街道").removesuffix("镇") + rng.choice(ends), None, row.id


def _general(made: District, rng: random.Random) -> _Said:
    """The estate with 小区 added, or in place of its last word."""
    estates = made.estates(twins=False)
    while True:
        estate = rng.choice(estates)
        if estate.name.endswith(("二期", "A区", "小区")):
            continue
        building = rng.choice(made.children[estate.id])
        name = rng.choice((estate.name, estate.name[:2])) + "小区"
        if name not in made.names:
            yield name + spell_building(_number(building), rng), None, building.id


def _stem_inside(made: District, rng: random.Random) -> _Said:
    """The last word left out, written in the community that holds the estate."""
    estates = made.of_kind("estate")
    while True:
        estate = rng.choice(estates)
        siblings = made.children[estate.parent_id or 0]
        if sum(row.name[:2] == estate.name[:2] for row in siblings) > 1:
            continue
        building = rng.choice(made.children[estate.id])
        yield estate.name[:2] + spell_building(_number(building), rng), estate.parent_id, building.id


def _twin_by_street(made: District, rng: random.Random) -> _Said:
    twins = made.estates(twins=True)
    while True:
        estate = rng.choice(twins)
        street = _holders(made, estate.id)["street"]
        if sum(_holders(made, row.id)["street"] == street and row.name == estate.name for row in twins) > 1:
            continue
        yield street.name + estate.name, None, estate.id


def _twin_inside(made: District, rng: random.Random) -> _Said:
    twins = made.estates(twins=True)
    while True:
        estate = rng.choice(twins)
        siblings = made.children[estate.parent_id or 0]
        if sum(row.name == estate.name for row in siblings) == 1:
            yield estate.name, estate.parent_id, estate.id


def _traditional(made: District, rng: random.Random) -> _Said:
    for said, within, gold in _full(made, rng):
        yield said.translate(TRADITIONAL), within, gold


def _typo_inside(made: District, rng: random.Random) -> _Said:
    estates = made.estates(twins=False)
    while True:
        estate = rng.choice(estates)
        slipped = estate.name[0] + estate.name[1].translate(SLIPS) + estate.name[2:]
        if slipped != estate.name and slipped not in made.names:
            building = rng.choice(made.children[estate.id])
            within = _holders(made, estate.id)["street"].id
            yield slipped + spell_building(_number(building), rng).strip(), within, building.id


def _dashed(made: District, rng: random.Random) -> _Said:
    estates = made.estates(twins=False)
    while True:
        estate = rng.choice(estates)
        building = rng.choice([row for row in made.children[estate.id] if _number(row) % 3 == 0] or [estate])
        if building is estate or not made.children.get(building.id):
            continue
        unit = rng.choice(made.children[building.id])
        room = rng.choice(made.children[unit.id])
        yield f"{estate.name}{_number(building)}-{_number(unit)}-{room.name}", None, room.id


_GROUPS: dict[str, Callable[[District, random.Random], _Said]] = {
    "full": _full,
    "levels": _levels,
    "number inside": _number_inside,
    "alias": _alias,
    "community": _community,
    "street": _street,
    "general word": _general,
    "stem inside": _stem_inside,
    "twin by street": _twin_by_street,
    "twin inside": _twin_inside,
    "traditional": _traditional,
    "typo inside": _typo_inside,
    "dashed": _dashed,
}
