"""A small district under the playbook of Haidian, for the parking at Wanshou Road. All persons are invented."""

from yuanba.demo.cast import Script

HAIDIAN = Script(
    "haidian",
    places=(
        ("district", "海淀区", "district", None, "110108000000"),
        ("wanshoulu", "万寿路街道", "street", "district", "110108001000"),
        ("yard_community", "万寿路十二号院社区", "community", "wanshoulu", ""),
        ("yard", "12号院", "estate", "yard_community", ""),
        ("yard_3", "3号楼", "building", "yard", ""),
    ),
    offices=(
        ("district", "海淀区人民政府", "district", None, "district"),
        ("centre", "海淀区城市管理指挥中心", "centre", "district", "district"),
        ("wanshoulu", "万寿路街道办事处", "street", "district", "wanshoulu"),
        ("yard_community", "十二号院社区居民委员会", "community", "wanshoulu", "yard_community"),
        ("traffic-police", "海淀交通支队", "department", "district", None),
        ("commerce", "区商务局", "department", "district", None),
    ),
    seats=(
        ("secretary", "community_secretary", "社区党委书记", "yard_community", None, (), "院书记"),
        ("street_officer", "street_officer", "接诉即办专班干部", "wanshoulu", None, (), "万干事"),
        ("traffic_handler", "department_handler", "秩序科经办", "traffic-police", None, (), "交支办"),
        ("commerce_handler", "department_handler", "商场科经办", "commerce", None, (), "商务办"),
        ("clerk", "centre_clerk", "派单员", "centre", None, (), "海派单"),
        ("arbiter", "centre_arbiter", "派单异议审核员", "centre", None, (), "海审核"),
    ),
    door="yard",
)
