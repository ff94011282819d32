"""A practice may bring a category list that it holds itself."""

from __future__ import annotations

import pytest
from tests.codes import mark

from depthwork.coding.check import check_marks
from depthwork.coding.codebook import CodebookError
from depthwork.coding.own_list import read_list

LIST = "id,type,label,cluster\nW 1,W,to be near,W5\nR1,RO,keeps away,\nS1,RS,goes quiet,RS2\n"
NAMED = {"id": "held", "version": "2.0.0", "title": "A held list", "source": "Edition 2"}


def test_a_list_becomes_a_codebook_with_its_clusters():
    book = read_list(LIST, **NAMED)
    assert book.ref == "held@2.0.0"
    assert book.codes["wish"]["w_1"].name == "to be near"
    assert book.codes["wish"]["w_1"].facts == {"cluster": "W5"}
    assert set(book.constructs) == {"wish", "response_of_other", "response_of_self"}


def test_marks_can_be_held_against_it():
    book = read_list(LIST, **NAMED)
    good = mark("wish", "w_1", codebook_version="held@2.0.0")
    odd = mark("wish", "w_9", codebook_version="held@2.0.0")
    assert [f.kind for f in check_marks([good, odd], {"held": book})] == ["unknown_code"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column id, type, label"),
        ("id,label\n1,x\n", "no column type"),
        ("id,type,label\n", "no codes"),
        ("id,type,label\n1,X,near\n", "line 2: the type should be"),
        ("id,type,label\n,W,near\n", "line 2: the id should be"),
        ("id,type,label\n1,W,near\n1,W,far\n", "line 3: the id stands twice"),
        ("id,type,label\n" + "x" * 1_000_001, "longer than"),
        ('id,type,label\n1,W,"' + "x" * 200_000, "not readable as CSV"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_in_one_line(text, said):
    with pytest.raises(CodebookError, match=said) as error:
        read_list(text, **NAMED, where="list.csv")
    assert "\n" not in str(error.value)
