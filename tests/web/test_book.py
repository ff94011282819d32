"""The book: base pages, parts, forms and error pages, as they are set."""

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from depthwork.practice.ui import errors
from depthwork.practice.ui.components_page import components
from depthwork.practice.ui.nav import Place, places
from depthwork.reports.charts.sparkline import sparkline

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "line"}


class Strict(HTMLParser):
    """A parser that remembers what is wrong: unbalanced tags, inline style, handlers, scripts with words, doubled ids."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.points = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        for name in attributes:
            if name == "style" or name.startswith("on"):
                self.wrong.append(f"<{tag} {name}>")
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.wrong.append(f"inline <{tag}>")
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in ("aria-describedby", "aria-labelledby", "aria-details", "for"):
            self.points += (attributes.get(name) or "").split()

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def read(html: str) -> Strict:
    strict = Strict()
    strict.feed(html)
    strict.wrong += [f"left open: {tag}" for tag in strict.open]
    strict.wrong += [f"twice: {name}" for name in {i for i in strict.ids if strict.ids.count(i) > 1}]
    return strict


def set_(source: str, **context) -> str:
    return engines["django"].from_string("{% load book %}" + source).render(context)


def page() -> str:
    return components(RequestFactory().get("/parts/")).content.decode()


def test_the_components_page_keeps_the_strict_policy_and_is_balanced():
    assert read(page()).wrong == []


def test_every_label_and_description_points_at_something():
    strict = read(page())
    assert set(strict.points) - set(strict.ids) == set()


def test_a_page_has_one_first_heading_one_main_and_one_primary_action():
    html = page()
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert html.count("<main ") == 1
    assert len(re.findall(r'class="opening">.*?button primary', html, re.DOTALL)) == 1


def test_a_page_loads_nothing_from_elsewhere():
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page())


def test_htmx_may_not_evaluate_keep_pages_or_ask_other_hosts():
    config = re.search(r"htmx-config\" content='([^']*)'", page())
    assert config is not None
    for part in (
        '"allowEval":false',
        '"includeIndicatorStyles":false',
        '"historyCacheSize":0',
        '"selfRequestsOnly":true',
    ):
        assert part in config.group(1)


def test_every_page_can_be_covered_and_lists_its_keys():
    html = page()
    assert 'id="cover"' in html
    assert "data-cover " in html
    assert 'id="keys"' in html


def test_the_first_script_runs_before_the_page_is_drawn():
    head = page().split("</head>")[0]
    assert re.search(r"<script src=\"[^\"]*js/first[^\"]*\.js\"></script>", head)


def test_a_clients_page_has_the_crisis_line_even_where_none_is_configured():
    html = render_to_string("ui/client_base.html", {})
    assert "nearest emergency department" in html
    assert read(html).wrong == []


def test_a_clients_page_shows_the_practices_own_crisis_line():
    line = {
        "words": "call or text",
        "number": "988",
        "href": "tel:988",
        "region": "US",
        "hours": "day and night",
    }
    html = render_to_string("ui/client_base.html", {"crisis_lines": [line]})
    assert 'call or text <a href="tel:988">988</a> (US), day and night.' in html


def test_a_clients_page_does_not_name_the_product_in_its_title():
    assert "Depthwork" not in render_to_string("ui/client_base.html", {}).split("</title>")[0]


def test_the_running_head_names_who_and_where():
    html = render_to_string(
        "ui/base.html", {"who": "Cleo Farrant", "leaves": [Place("Hours", "/hours/", "page")]}
    )
    assert 'aria-label="Cleo Farrant"' in html
    assert '<a href="/hours/" aria-current="page">Hours</a>' in html


def test_a_place_without_an_address_is_left_out_of_the_head():
    assert places((("no_such_place_at_all", "Nowhere"),), here="/") == []


class Sample(forms.Form):
    day = forms.DateField(help_text="Year, month, day.")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agree = forms.BooleanField(required=False)

    def clean(self):
        raise forms.ValidationError("The two days do not agree.")


def test_a_form_opens_with_what_is_to_be_mended_each_linked_to_its_field():
    html = str(Sample({"day": "x"}))
    summary = html.split('class="field')[0]
    assert "data-error-summary" in summary
    assert '<a href="#id_day">' in summary
    assert '<a href="#id_kind_0">' in summary
    assert "The two days do not agree." in summary
    assert read(html).wrong == []


def test_help_stands_before_the_field_and_the_error_after_it():
    html = str(Sample({"day": "x"}))
    assert html.index("Year, month, day.") < html.index('name="day"') < html.index('id="id_day_error"')


def test_a_choice_is_a_fieldset_with_a_legend_and_a_large_target():
    html = str(Sample())
    assert re.search(r"<legend>\s*Kind\s*</legend>", html)
    assert html.count('class="choice"') == 3


def test_a_sound_form_has_no_summary():
    class Sound(forms.Form):
        name = forms.CharField()

    assert "data-error-summary" not in str(Sound({"name": "x"}))


def test_a_quotation_is_set_letter_for_letter_and_escaped():
    html = set_("{% quote words cite %}", words='<b>"I" & you</b>', cite="Hour 1")
    assert "&lt;b&gt;&quot;I&quot; &amp; you&lt;/b&gt;" in html


def test_a_notice_escapes_its_head():
    assert "&lt;i&gt;" in set_("{% notice head %}<p>x</p>{% endnotice %}", head="<i>")


def test_a_cue_is_a_group_that_takes_the_focus_and_keys():
    html = set_('{% entry "cue" 2 "m2" "Cue on turn 74" %}<p>Is this so?</p>{% endentry %}')
    assert 'role="group" aria-label="Cue on turn 74" tabindex="0"' in html
    assert "data-key-scope" in html


def test_an_entry_is_of_a_known_kind():
    with pytest.raises(TemplateSyntaxError, match="code, cue, inference, flag"):
        set_('{% entry "finding" %}x{% endentry %}')


def test_a_withheld_number_gives_its_reason():
    html = set_("{% withheld reason %}", reason="Six of ten <defenses>.")
    assert "not enough to say" in html
    assert "&lt;defenses&gt;" in html


def test_a_chart_has_its_sentence_and_its_table():
    chart = sparkline([9, None, 7], key="s", name="PHQ-9", low=0, high=27)
    html = set_("{% chart drawing %}", drawing=chart)
    assert chart.sentence in html
    assert "Show as table" in html
    assert html.count("<tr>") == 4
    assert "<td>none</td>" in html


def test_pages_are_earlier_and_later_in_words():
    html = set_(
        "{% pages page %}", page=Paginator(range(50), 10).page(2), request=RequestFactory().get("/?q=a")
    )
    assert 'href="?q=a&amp;page=1"' in html
    assert "Page 2 of 5" in html


@pytest.mark.parametrize(
    ("view", "status"),
    [(errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404), (errors.server_error, 500)],
)
def test_an_error_page_says_what_why_and_the_mend_and_no_detail(view, status):
    response = view(RequestFactory().get("/clients/cleo-farrant/?secret=1"))
    html = response.content.decode()
    assert response.status_code == status
    assert str(errors.FAILURES[status].head) in html
    assert "farrant" not in html
    assert "secret" not in html
    assert read(html).wrong == []


def test_a_conflict_says_that_nothing_was_overwritten():
    response = errors.conflict(RequestFactory().get("/"))
    assert response.status_code == 409
    assert "Nothing was overwritten" in response.content.decode()


def test_the_last_error_page_stands_even_if_no_page_can_be_set(monkeypatch):
    monkeypatch.setattr(errors, "failed", lambda request, status: 1 / 0)
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert response["Content-Type"].startswith("text/plain")


def test_no_word_of_the_interface_shouts():
    assert not re.search(r">[^<]*[A-Za-z]![^<]*<", page())
