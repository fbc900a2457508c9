"""Which encoding a text is in, by trying: only UTF-8, UTF-16 with its mark, and GB 18030 are read.

The others are told apart by which of their characters would be everyday ones, so that people know.
"""

import codecs
import re
from typing import Final

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.problems import UnreadableFile
from yuanba.kernel.sheets.texts import ON_UNREADABLE, UNREADABLE

SAMPLE_BYTES: Final = 1024 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BROKEN_UTF8: Final = 0.2  # Chinese in another encoding has ten broken places for each readable one
_BROKEN_GB: Final = 0.1
_BINARY: Final = 0.1
_JUDGED_BYTES: Final = 65_536
_MUCH_KANA: Final = 0.25
_ENOUGH_SYLLABLES: Final = 20
_NEARLY_ALL: Final = 0.97
_WORD_GAP: Final = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_FEW: Final = 0.001
_BEYOND: Final = re.compile("[^\x00-\x7f]+")


def choose(sample: bytes) -> str:
    """The codec for a text that begins with `sample` (up to `SAMPLE_BYTES`).

    Raises `UnreadableFile` that names what the text seems to be in.
    """
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            if codec:
                return codec
            raise _foreign("UTF-32")
    if _looks_like_utf16(sample):
        raise _foreign(_("UTF-16 without its byte order mark"))
    if sample.count(0) > len(sample) * _BINARY:
        raise _not_text()
    if sample.isascii() or _broken_share(sample, "utf-8") <= _BROKEN_UTF8:
        return "utf-8"
    return _east_asian(sample)


def _looks_like_utf16(sample: bytes) -> bool:
    half = len(sample) // 2
    return (
        half > 4
        and max(sample[0::2].count(0), sample[1::2].count(0)) > half * 0.2
        and (min(sample[0::2].count(0), sample[1::2].count(0)) < half * 0.02)
    )


def _broken_share(sample: bytes, codec: str) -> float:
    """Unreadable places per readable character beyond ASCII; what the sample's end cuts off doesn't count."""
    text = _decode(sample, codec)
    broken = text.count(UNREADABLE)
    beyond = sum(len(run) for run in _BEYOND.findall(text)) - broken
    return broken / max(1, beyond)


def _decode(sample: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)(errors=ON_UNREADABLE).decode(sample, final=False)


def _east_asian(sample: bytes) -> str:
    """GB 18030 unless another encoding explains the text better: nearly any two bytes are one there."""
    sample = sample[:_JUDGED_BYTES]
    if _share(_KANA, sample, "cp932") > _MUCH_KANA:
        raise _foreign("Shift_JIS")
    if _share(_KANA, sample, "euc_jp") > _MUCH_KANA:
        raise _foreign("EUC-JP")
    if _is_korean(sample):
        raise _foreign("EUC-KR")
    chinese, traditional = _share(_LEVEL_1, sample, "gb18030"), _share(_BIG5_LEVEL_1, sample, "big5hkscs")
    if traditional > max(chinese + 0.05, 0.6):
        raise _foreign("Big5")
    if _broken_share(sample, "gb18030") <= _BROKEN_GB:
        return "gb18030"
    if len(_HIGH.findall(sample)) > len(sample) * _FEW:
        raise _not_text()
    return "utf-8"


def _is_korean(sample: bytes) -> bool:
    """Korean syllables and simplified characters share their bytes; only Korean keeps to a third of them and
    parts its words by spaces."""
    text = _decode(sample, "cp949")
    syllables = _KOREAN.findall(text)
    return (
        len(set(syllables)) >= _ENOUGH_SYLLABLES
        and len(syllables) > _NEARLY_ALL * len("".join(_BEYOND.findall(text)))
        and len(_WORD_GAP.findall(text)) > len(syllables) * 0.1
    )


def _share(everyday: re.Pattern[str], sample: bytes, codec: str) -> float:
    """The share (0 to 1) of everyday characters among all beyond ASCII."""
    beyond = "".join(_BEYOND.findall(_decode(sample, codec)))
    return len(everyday.findall(beyond)) / max(1, len(beyond))


def _repertoire(codec: str, leads: range, trails: tuple[range, ...]) -> re.Pattern[str]:
    """The characters of a code table's everyday rows; its first three rows are punctuation."""
    rows = (*range(0xA1, 0xA4), *leads)
    pairs = b"".join(bytes((lead, trail)) for lead in rows for part in trails for trail in part)
    return re.compile(f"[{re.escape(pairs.decode(codec, 'ignore'))}]")


_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fc]")
_LEVEL_1: Final = _repertoire("gb2312", range(0xB0, 0xD8), (range(0xA1, 0xFF),))
_BIG5_LEVEL_1: Final = _repertoire("big5", range(0xA4, 0xC7), (range(0x40, 0x7F), range(0xA1, 0xFF)))
_KOREAN: Final = _repertoire("euc_kr", range(0xB0, 0xC9), (range(0xA1, 0xFF),))


def _foreign(name: str) -> UnreadableFile:
    return UnreadableFile(
        _("The text is in %(encoding)s. UTF-8, UTF-16 and GB 18030 are read: save it as UTF-8 and try again.")
        % {"encoding": name},
        code="file_wrong_encoding",
        looks_like=name,
    )


def _not_text() -> UnreadableFile:
    return UnreadableFile(
        _("This is neither a workbook nor a text in a known encoding. Save it as .xlsx or as UTF-8 .csv."),
        code="file_wrong_encoding",
        looks_like="binary",
    )
