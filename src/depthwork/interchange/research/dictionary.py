"""The data dictionary: every column of every table, its type, its unit, where its values come from."""

from __future__ import annotations

from depthwork.interchange.measured import OF_TURN, Column, hour_columns

_PERSON = Column(
    "person", "text", "Pseudonym of the client, the same in every table of one project; none in another"
)
_COURSE = Column("treatment", "text", "Pseudonym of the treatment")
_HOUR = Column("hour", "text", "Pseudonym of the hour; empty where a form belongs to none")

# What is given of an hour; the rest of a profile stays in the practice.
MEASURED = (
    "turns", "words_client", "words_therapist", "talk_share", "style_matching", "i_percent", "we_percent", "past_focus",
    "hedges_per_100", "negations_per_100", "referential_mean",
)  # fmt: skip

TABLES: dict[str, tuple[Column, ...]] = {
    "treatments": (
        _PERSON,
        _COURSE,
        Column("format", "text", "brief or open_ended", wide=True),
        Column("frequency", "text", "Agreed frequency, as last agreed", wide=True),
        Column("seat", "text", "chair or couch", wide=True),
        Column("state", "text", "active, ended or consultation", wide=True),
        Column(
            "age_band",
            "text",
            "Age at the first day, in bands of ten years; 60 and over together",
            "years",
            wide=True,
        ),
        Column("hours_agreed", "whole", "Hours agreed for a brief therapy", "hours", wide=True),
        Column("hours_held", "text", "Hours held, in bands; 160 and over together", "hours", wide=True),
        Column("with_text", "flag", "Whether the client agreed that de-identified words are given"),
    ),
    "hours": (
        _PERSON,
        _COURSE,
        _HOUR,
        Column("week", "whole", "Whole weeks since the treatment's first day", "weeks"),
        Column("day", "text", "Day, shifted by whole weeks by an amount of this client's own", "ISO 8601"),
        Column("status", "text", "held, or how it was missed", cell=True),
        Column("number", "whole", "Number among the hours held"),
        Column("length_minutes", "whole", "Agreed length", "minutes", cell=True),
        Column("late_minutes", "whole", "How late it began, to the nearest five", "minutes", cell=True),
        Column("place", "text", "office, video or phone", cell=True),
        Column("provenance", "text", "verbatim, reconstructed or notes; of the fullest text of the hour"),
        *hour_columns(*MEASURED),
        Column("withheld", "text", "Measures that the hour had too little for, by name"),
        Column("read", "text", "whole or dipped; empty: not coded"),
        Column("blind", "flag", "Whether it was coded blind"),
    ),
    "turns": (
        _PERSON,
        _COURSE,
        _HOUR,
        Column("turn", "whole", "Index of the turn, from 0"),
        Column("speaker", "text", "T, C, N (a note's paragraph) or other"),
        *OF_TURN,
        Column("text", "text", "De-identified words, only where the client agreed"),
    ),
    "marks": (
        _PERSON,
        _COURSE,
        _HOUR,
        Column("source", "text", "transcript, process_note or dream"),
        Column("first_turn", "whole", "Turn in which the mark begins"),
        Column("last_turn", "whole", "Turn in which it ends"),
        Column("characters", "whole", "Length of the span", "characters"),
        Column("speaker", "text", "T, C, N or other"),
        Column("construct", "text", "What was coded", cell=True),
        Column("code", "text", "Code of the installed codebook; a code of one's own is left out", cell=True),
        Column("level", "number", "Level of a defense"),
        Column("polarity", "text", "positive, negative or mixed"),
        Column("sphere", "text", "past, current, therapist or self"),
        Column("intensity", "number", "Intensity, where it was rated"),
        Column(
            "made",
            "text",
            "unaided: by a person alone; accepted: a proposal that a person accepted or edited",
        ),
        Column("engine", "text", "Which engine proposed it, with its version; empty where nothing did"),
        Column("codebook", "text", "Codebook and version"),
    ),
    "dreams": (
        _PERSON,
        _COURSE,
        Column("dreams", "whole", "Dream reports of this treatment in which content was marked", "reports"),
        Column("indicator", "text", "Indicator of content after Hall and Van de Castle", cell=True),
        Column(
            "kind",
            "text",
            "percent (a share, 0 to 1), percent_of_dreams (a share of reports) or index (a ratio)",
        ),
        Column("numerator", "whole", "Elements, or reports, that were counted"),
        Column("denominator", "whole", "Elements, or reports, of which"),
        Column("value", "number", "Numerator by denominator"),
        Column(
            "norm_male",
            "number",
            "Norm of men students, United States around 1950; descriptive, not checked one by one",
        ),
        Column("norm_female", "number", "The same of women students"),
        Column("norm_both", "number", "The same of both together"),
        Column(
            "h_male", "number", "Cohen's h against the norm of men; none for an index, and without a test"
        ),
        Column("h_female", "number", "Cohen's h against the norm of women"),
        Column("h_both", "number", "Cohen's h against the norm of both"),
        Column(
            "departure",
            "number",
            "How far a random series of this many reports strays from the norm",
            "percentage points",
        ),
        Column(
            "withheld", "text", "Why no norm stands beside it: fewer than 25 reports; 75 to 100 are advised"
        ),
    ),
    "scores": (
        _PERSON,
        _COURSE,
        _HOUR,
        Column("day", "text", "Day, shifted", "ISO 8601"),
        Column("week", "whole", "Whole weeks since the treatment's first day; negative before it", "weeks"),
        Column("measure", "text", "Measure", cell=True),
        Column("version", "whole", "Version of its definition"),
        Column("definition", "text", "Content hash of its definition"),
        Column("score", "text", "Which score of it"),
        Column("value", "number", "Value", "points of the measure"),
        Column("withheld", "text", "Why there is no value"),
    ),
    "events": (
        _PERSON,
        _COURSE,
        Column("day", "text", "Day, shifted", "ISO 8601"),
        Column("week", "whole", "Whole weeks since the treatment's first day", "weeks"),
        Column("kind", "text", "What happened to the frame", cell=True),
    ),
}
