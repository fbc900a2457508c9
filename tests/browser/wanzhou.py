"""The standing district with four more communities around the square of Pipaping."""

from dataclasses import replace

from yuanba.demo.cast import WANZHOU as STANDING

AROUND = {"tiantai": "天台社区", "baiyan": "白岩社区", "shimen": "石门社区", "lianhua": "莲花社区"}

WANZHOU = replace(
    STANDING,
    places=STANDING.places
    + tuple((code, name, "community", "zhonggulou", "") for code, name in AROUND.items()),
    offices=STANDING.offices
    + tuple((code, f"{name}居民委员会", "community", "zhonggulou", code) for code, name in AROUND.items()),
    seats=STANDING.seats
    + tuple(
        (f"{code}_secretary", "community_secretary", "社区书记", code, None, (), f"{name[0]}书记")
        for code, name in AROUND.items()
    ),
)
