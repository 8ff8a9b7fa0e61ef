import pytest

from qa.dictionary import chinese
from qa.question import understand


def test_a_word_is_found_in_the_singular_and_the_plural() -> None:
    assert "疾病" in chinese("disease")
    assert chinese("diseases") == chinese("disease")
    assert "人口普查" in chinese("census")


def test_what_no_entry_gives_has_no_chinese_words() -> None:
    assert chinese("qwertyish") == ()


def test_only_words_that_the_report_writes_become_names_of_a_term() -> None:
    asked = understand("What is done against diseases?", 2020, lambda word: word == "疾病")
    names = {name for term in asked.terms for name in term.names}
    assert "疾病" in names
    assert "病患" not in names


@pytest.mark.parametrize("question", ["What is the capital of Elbonia?", "How big is Elbonia?"])
def test_an_unknown_name_with_a_capital_may_not_be_passed_over(question: str) -> None:
    asked = understand(question, 2020, lambda _: True)
    assert [term.text for term in asked.terms if term.proper] == ["elbonia"]
