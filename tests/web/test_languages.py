"""The interface in three languages: whole, current, and never mixed with the words of an instrument."""

from __future__ import annotations

import re

import polib
import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from depthwork.coding.shelf import attributes_for
from depthwork.practice.casework import words as marked
from depthwork.practice.casework.page.patterns import COLUMNS
from depthwork.practice.config.dates import in_words
from depthwork.reports.charts.thread_below import SPHERES
from tests import cast as people
from tests.casework import hour_with_words
from tests.words import LANGUAGES, PACKAGE, catalogue, data_sentences, sentences

_VALUES = re.compile(r"%\([a-z_]+\)[sdg]|</?strong>")
_BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.S)
_CODE = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->|<(script|style|svg)\b.*?</\1>", re.S)
_KEYS_AND_NAMES = {
    *(f"ICC({form})" for form in ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")),  # names of coefficients
    "CLAN (CHAT)",
    "Depthwork",
    "Depthwork · Depthwork",
    ". Depthwork",
    "Esc",
    "Enter",
    "Shift",
    "Ctrl",
    "doi:",
    "tau²",
    "ELAN",
    "CHAT",
}
# A page of specimens: its words are examples, and nobody who treats or is treated reads it.
_SPECIMENS = "components.html"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_interface_is_said_in(language):
    held = polib.pofile(str(catalogue(language)))
    assert [entry.msgid for entry in held.untranslated_entries()] == []
    assert [entry.msgid for entry in held.fuzzy_entries()] == []
    whole = {entry.msgid.replace("%%", "%") for entry in held}
    assert sorted({said.replace("%%", "%") for said in sentences()} - whole) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_every_value_of_its_sentence(language):
    wrong = []
    for entry in polib.pofile(str(catalogue(language))):
        said = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        wanted = set(_VALUES.findall(entry.msgid_plural or entry.msgid))
        # A singular may write its number out.
        least = wanted & set(_VALUES.findall(entry.msgid))
        for words in said:
            if not least <= set(_VALUES.findall(words)) <= wanted:
                wrong.append(entry.msgid)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language):
    written = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue(language)))}
    compiled = {
        entry.msgid: entry.msgstr for entry in polib.mofile(str(catalogue(language).with_suffix(".mo")))
    }
    assert compiled == written


def test_no_page_holds_words_that_cannot_be_translated():
    found = []
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        if path.name == _SPECIMENS:
            continue
        text = _BLOCK.sub(" ", _CODE.sub(" ", re.sub(r"<code>.*?</code>", " ", path.read_text(), flags=re.S)))
        text = re.sub(r"{%\s*block (?:body_class|main_class|referrer)\s*%}.*?{%\s*endblock\s*%}", " ", text)
        text = re.sub(r"{%.*?%}|{{.*?}}", "\0", text, flags=re.S)
        said = re.findall(r'\b(?:aria-label|title|placeholder|alt|aria-description)="([^"]*)"', text)
        said += re.sub(r"<[^>]*>", "\n", text).split("\n")
        for words in (one.replace("\0", "").strip() for one in said):
            if re.search(r"[A-Za-z]{3,}", words) and words not in _KEYS_AND_NAMES:
                found.append(f"{path.name}: {words}")
    assert found == []


@pytest.mark.parametrize(
    ("language", "said"), [("en", "3 May 2026"), ("de", "3. Mai 2026"), ("es", "3 de mayo de 2026")]
)
def test_a_day_is_written_as_the_language_writes_it(language, said):
    import datetime as dt

    with translation.override(language):
        assert in_words(dt.date(2026, 5, 3)) == said


@pytest.mark.django_db
def test_a_visitor_reads_in_the_language_of_the_browser(client):
    assert (
        "Passphrase öffnet Ihre Schlüssel"
        in client.get("/account/login/", headers={"accept-language": "de-AT,de;q=0.9"}).content.decode()
    )
    page = client.get("/account/login/", headers={"accept-language": "es"}).content.decode()
    assert '<html lang="es"' in page
    assert "Frase de paso" in page


@pytest.mark.django_db
def test_a_language_that_a_person_chose_follows_them_to_every_browser():
    cast = people.everybody()
    answer = cast.ana.browser().post(
        "/language/", {"language": "de"}, headers={"referer": "http://testserver/practice/?x=1"}
    )
    assert answer.headers["Location"] == "/practice/"
    page = cast.ana.browser().get("/practice/").content.decode()
    assert '<html lang="de"' in page
    assert "Was jede Rolle öffnet" in page


@pytest.mark.django_db
def test_a_language_nobody_offers_changes_nothing(client):
    answer = client.post(
        "/language/", {"language": "xx"}, headers={"referer": "https://elsewhere.example/practice/"}
    )
    assert answer.headers["Location"] == "/"
    assert not answer.cookies


def test_items_of_an_instrument_keep_their_own_language():
    with translation.override("de"):
        page = render_to_string(
            "tracking/form.html",
            {
                "questions": [
                    {"kind": "choices", "id": "q1", "number": 1, "text": "Little interest", "is_asked": True,
                     "choices": [{"value": 0.5, "label": "Several days"}]}
                ],
                "definition": {"text_source": {"language": "en"}, "stem": "Over the last two weeks"},
                "ways": {"send": "/s", "save": "/a", "decline": "/d"},
                "sheet": {"request": {"id": "1"}},
            },
        )  # fmt: skip
    assert '<fieldset data-item="q1" lang="en"' in page
    assert '<p class="stem" lang="en">Over the last two weeks' in page
    assert 'value="0.5"' in page  # a value is a value, whatever the reader's decimal sign


def test_a_chart_says_its_sentence_and_its_numbers_in_the_readers_language():
    from depthwork.practice.ui.sample_charts import sample_charts

    with translation.override("de"):
        charts = {chart.title: chart for chart in sample_charts()}
    thread, profile = charts["The thread of a brief therapy"], charts["Profile of an hour"]
    assert thread.sentence.startswith("16 Stunden vom 11. August 2026 bis zum 8. Dezember 2026")
    assert ">Reparatur</text>" in thread.wide
    assert profile.rows[0][1] == "0,20"
    assert {chart.title: chart for chart in sample_charts()}[thread.title].sentence.startswith(
        "Sixteen hours"
    )


def test_the_library_by_itself_speaks_english():
    import datetime as dt

    from depthwork.wording import English

    alone = English()
    assert alone.ngettext("one dream", "%(n)s dreams", 2) == "%(n)s dreams"
    assert (alone.decimal("3.5"), alone.day(dt.date(2026, 5, 3), "j M Y")) == ("3.5", "3 May 2026")


def test_what_a_model_lets_choose_is_said_in_the_readers_language():
    from depthwork.practice.treatments.models import Frame

    with translation.override("de"):
        assert str(Frame.Frequency.TWICE.label) == "zweimal in der Woche"
    assert str(Frame.Frequency.TWICE.label) == "twice a week"


@pytest.mark.parametrize("language", LANGUAGES)
def test_data_files_hold_no_text_without_its_translation(language):
    said = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue(language)))}
    assert [words for words in sorted(data_sentences()) if not said.get(words)] == []


def test_the_palette_and_the_margin_qualify_a_code_in_the_language_of_the_page():
    with translation.override("de"):
        shelf = {one["id"]: one for one in marked.shelf_for_palette.__wrapped__("de")}
        asked = {rule["name"]: rule for rule in shelf["response_of_self"]["attributes"]}
        assert asked["polarity"]["values"]["negative"] == "negativ"
        assert asked["displaced"]["words"] == "vielleicht auch hier"
        joined = {"person": ["therapist", "past"], "conflict": ["defense"]}
        assert marked.qualified("intervention", joined) == "Therapie, früher, Abwehr"
        assert marked.qualified("response_of_self", {"polarity": "positive"}) == "positiv"


def test_whatever_the_palette_asks_has_words():
    for construct in marked.PALETTE:
        for rule in attributes_for(construct.id).values():
            if rule.name in marked.HIDDEN:
                continue
            assert rule.name in marked._ASKS, (construct.id, rule.name)
            assert all(one in {**marked.SPHERES, **marked._VALUES} for one in rule.values)


def test_no_script_holds_a_sentence():
    """What a script says stands on its page, in the page's language."""
    sentence = re.compile(r"""(["'`])[^"'`]*[A-Za-z]{2,}:? [a-z]{2,}[^"'`]*\1""")
    found = []
    for path in sorted((PACKAGE / "practice/ui/static/depthwork/js").glob("*.js")):
        for line in path.read_text().splitlines():
            code = re.sub(r"(^|\s)//.*", "", line)
            if sentence.search(code) and not re.search(
                r"querySelector|closest|matches|use strict|redirect: .manual|\[data-|\[name", code
            ):
                found.append(f"{path.name}: {code.strip()}")
    assert found == []


def test_then_is_long_ago_over_a_column_and_no_next_step():
    """German has two words for it; what stands over the lines told of early years is the one of the past."""
    with translation.override("de"):
        assert [str(name) for _key, name in COLUMNS] == ["Damals", "Jetzt", "Hier"]
        assert [gettext(name).capitalize() for _key, name in SPHERES] == ["Damals", "Jetzt", "Hier"]
    tools = (PACKAGE / "practice/casework/templates/casework/above.html").read_text()
    assert '"then"' not in tools


@pytest.mark.django_db
def test_each_language_is_named_in_itself(client):
    """Who is in the wrong one looks for the name they know."""
    for language in ("de", "es", "en"):
        page = client.get("/account/login/", headers={"accept-language": language}).content.decode()
        assert re.findall(r'<button [^>]*name="language"[^>]*>([^<]*)</button>', page) == [
            "English",
            "Deutsch",
            "Español",
        ]


@pytest.mark.django_db
def test_the_words_of_an_hour_are_counted_as_the_reader_writes_thousands(cast):
    source = hour_with_words(cast.ana, cast.client, words=[("C", "quietly " * 1346)])
    path = f"/hours/{source.session_id}/"
    for language, said in (
        ("de", "1.346 Wörter"),
        ("en", "1,346 words"),
    ):  # a request leaves its language behind
        page = cast.ana.browser().get(path, headers={"accept-language": language}).content.decode()
        assert said in page
