"""What of a name or number may be shown to those who have no reason to know it."""

HIDDEN = "****"
# 百家姓 and the commonest others: two-character surnames, so that 欧阳* is not shown as 欧*.
_DOUBLE_SURNAMES = frozenset(
    surname
    for line in (
        "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫",
        "长孙 宇文 独孤 呼延 轩辕 鲜于 闾丘 申屠 太史 濮阳 淳于 单于 公羊 赫连",
        "澹台 公冶 宗政 太叔 仲孙 钟离 闻人 拓跋 百里 东郭 西门 第五",
    )
    for surname in line.split()
)


def mask_phone(phone: str) -> str:
    """``13812341234`` as ``138****1234``; a short number keeps its last two digits, a very short one none.

    Takes numbers as `normalise_phone` gives them; a landline keeps its area code.
    """
    if not phone:
        return ""
    area, dash, local = phone.partition("-")
    if dash and area.isdigit():
        return f"{area}-{HIDDEN}{local[-4:] if len(local) >= 7 else ''}"
    digits = sum(sign.isdigit() for sign in phone)
    if digits >= 11:
        return f"{phone[:3]}{HIDDEN}{phone[-4:]}"
    return f"{HIDDEN}{phone[-2:]}" if digits >= 7 else HIDDEN


def mask_name(name: str) -> str:
    """``张伟`` as ``张*``: the surname, or the first sign of a name that has none we know; one star for any
    length.
    """
    name = name.strip()
    if not name:
        return ""
    return f"{name[:2] if name[:2] in _DOUBLE_SURNAMES and len(name) > 2 else name[0]}*"
