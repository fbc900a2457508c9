"""Which words tell what a message is about."""

from yuanba.language.wording import phrases, telling_words


def test_words_said_of_everything_do_not_count() -> None:
    assert set(telling_words("尊敬的书记您好恳请有关部门解决搅拌站噪音问题")) == {"搅拌站", "噪音"}


def test_a_repeated_word_counts_more_but_not_twice() -> None:
    once, twice = telling_words("搅拌站")["搅拌站"], telling_words("搅拌站。搅拌站")["搅拌站"]
    assert once < twice < 2 * once


def test_every_list_of_phrases_is_there_and_filled() -> None:
    answer = phrases()["answer"]
    lists = {"frame", "actors", "dates", "deeds", "explanations", "inquiries", "demands", "someday"}
    assert lists | {"empty"} == set(answer)
    assert all(answer[name] for name in lists)
    assert set(answer["empty"]) == {"forwarded", "attention", "studying", "effort", "patience"}
