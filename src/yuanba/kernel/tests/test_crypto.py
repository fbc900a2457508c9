import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from yuanba.kernel.crypto import (
    Undecryptable,
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
    key_id,
    mask_name,
    mask_phone,
    new_salt,
    normalise_phone,
    own_phone,
    salted_digest,
)
from yuanba.kernel.errors import Invalid

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(TEXTS)
def test_what_is_encrypted_comes_back_whole(text: str) -> None:
    assert decrypt(encrypt(text, "table.column"), "table.column") == text


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert encrypt("13812341234", "a.b") != encrypt("13812341234", "a.b")


def test_a_ciphertext_cannot_be_read_in_another_column() -> None:
    with pytest.raises(Undecryptable):
        decrypt(encrypt("13812341234", "person.phone"), "person.email")


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-2], lambda text: text[:20] + "A" + text[21:], lambda _text: "plain"]
)
def test_a_changed_ciphertext_is_refused(damage) -> None:  # type: ignore[no-untyped-def]
    stored = encrypt("a long enough text to damage", "a.b")
    changed = damage(stored)
    if changed == stored:
        changed = stored[:20] + "B" + stored[21:]
    with pytest.raises(Undecryptable):
        decrypt(changed, "a.b")


def test_an_old_key_still_reads_and_the_new_one_writes() -> None:
    with override_settings(PERSONAL_DATA_KEY="the first secret"):
        old, old_id = encrypt("text", "a.b"), key_id()
        old_index = blind_index("13812341234", "phone")
    with override_settings(
        PERSONAL_DATA_KEY="the second secret", PERSONAL_DATA_KEYS_OLD=["the first secret"]
    ):
        assert decrypt(old, "a.b") == "text"
        assert not encrypt("text", "a.b").startswith(old_id)
        assert old_index in blind_indexes("13812341234", "phone")
    with (
        override_settings(PERSONAL_DATA_KEY="the second secret", PERSONAL_DATA_KEYS_OLD=[]),
        pytest.raises(Undecryptable),
    ):
        decrypt(old, "a.b")


def test_blind_indexes_of_two_purposes_cannot_be_compared() -> None:
    assert blind_index("13812341234", "phone") == blind_index("13812341234", "phone")
    assert blind_index("13812341234", "phone") != blind_index("13812341234", "contact")


def test_a_digest_needs_its_salt() -> None:
    assert salted_digest("13812341234", new_salt()) != salted_digest("13812341234", new_salt())
    with pytest.raises(ValueError, match="guessed"):
        salted_digest("13812341234", "")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13812341234", "13812341234"),
        ("+86 138 1234 1234", "13812341234"),
        ("0086-138-1234-1234", "13812341234"),
        ("8613812341234", "13812341234"),
        ("１３８１２３４１２３４", "13812341234"),
        ("023-58123456", "023-58123456"),
        ("(023) 5812 3456", "023-58123456"),
        ("+86 23 58123456", "023-58123456"),
        ("02358123456转801", "023-58123456#801"),
        ("08743123456", "0874-3123456"),
        ("010-65001234", "010-65001234"),
        ("58123456", "58123456"),
        ("12345", "12345"),
        ("400-820-8820", "4008208820"),
        ("+49 151 12345678", "+4915112345678"),
        ("0049 151 12345678", "+4915112345678"),
        ("  ", ""),
    ],
)
def test_a_number_is_stored_the_same_however_it_was_typed(typed: str, stored: str) -> None:
    assert normalise_phone(typed) == stored
    assert normalise_phone(stored) == stored


@pytest.mark.parametrize(
    "typed", ["hello", "1381234123", "138123412345", "电话", "+", "1" * 50, "<script>", "138１２３４\u2028x"]
)
def test_what_is_no_number_is_refused_naming_the_field(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        normalise_phone(typed)
    assert refusal.value.field == "phone"


@pytest.mark.parametrize(
    "typed", ["123", "110", "12345", "１２３", "10086", "95588", "12345转801", "106900001234"]
)
def test_the_number_of_a_service_is_nobodys_own(typed: str) -> None:
    assert normalise_phone(typed)
    with pytest.raises(Invalid) as refusal:
        own_phone(typed)
    assert refusal.value.field == "phone"


@pytest.mark.parametrize(
    "typed", ["", "16612341234", "023-58123456", "58123456", "4008208820", "+4915112345678"]
)
def test_a_number_somebody_is_called_back_on_is_taken(typed: str) -> None:
    assert own_phone(typed) == normalise_phone(typed)


@given(st.text(max_size=60))
def test_any_text_is_either_a_number_for_good_or_refused(text: str) -> None:
    try:
        stored = normalise_phone(text)
    except Invalid:
        return
    assert normalise_phone(stored) == stored


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("023-58123456", "023-****3456"),
        ("+4915112345678", "+49****5678"),
        ("58123456", "****56"),
        ("12345", "****"),
        ("", ""),
    ],
)
def test_phones_are_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mask_hides_at_least_four_digits(phone: str) -> None:
    assert sum(sign.isdigit() for sign in mask_phone(phone)) <= 7


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张伟", "张*"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("买买提·艾力", "买*"),
        ("𠮷田", "𠮷*"),
        ("", ""),
        ("Smith", "S*"),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked
