import string

from yuanba.language.toponyms import SENTENCES, Reason

from .yuzhou import SHAHE, YUCHENG_ESTATE, find

_TEXTS = (
    ("玉城", None),
    ("玉城家园99栋", None),
    ("玉城家园2单元", None),
    ("玉城家园3栋9单元", None),
    ("玉城家园3栋2单元999室", None),
    ("玉城家园三栋楼房", None),
    ("老棉纺厂", None),
    ("玉诚家园", SHAHE),
    ("三栋", YUCHENG_ESTATE),
    ("朝阳区阳光花园", None),
    ("沙河街道阳光花园", None),
    ("周家坝街道玉城家园", None),
    ("琉璃U城8组团", None),
    ("琉璃U城", None),
    ("玉城家园九期", None),
    ("玉城家园1至9栋", None),
)


def test_every_reason_is_a_plain_sentence() -> None:
    for text, within in _TEXTS:
        matches = find(text, within)
        assert matches, text
        for match in matches:
            assert match.why
            for reason in match.why:
                assert str(reason)
                assert "{" not in str(reason)


def test_a_reason_carries_the_words_of_its_sentence() -> None:
    for text, within in _TEXTS:
        for match in find(text, within):
            for reason in match.why:
                wanted = {name for _, name, _, _ in string.Formatter().parse(SENTENCES[reason.code]) if name}
                assert wanted <= set(reason.params), reason.code


def test_a_reason_reads_like_a_sentence() -> None:
    reason = Reason("building_unknown", {"text": "99栋"})
    assert str(reason) == "no building “99栋” is registered there"


def test_spans_show_what_the_finding_rests_on() -> None:
    text = "您好，沙河街道的玉城家园，就是３栋２单元那里漏水"
    match = find(text)[0]
    assert [text[start:end] for start, end in match.spans] == ["沙河街道", "玉城家园", "３栋２单元"]
