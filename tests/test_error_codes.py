"""The numbers of Entra's own error pages: every one is explained, in words that help."""

import tomllib
from pathlib import Path

import pytest

from wizard import catalogue
from wizard.catalogue import GuideError, read_guide
from wizard.catalogue.guides import Provider
from wizard.practice.dialect import REFUSALS
from wizard.provider_error.wordings import KNOWN
from wizard.steps import STEPS

FOLDER = Path(catalogue.__file__).parent
ENTRA = catalogue.provider("entra")
NUMBERS = tomllib.loads((Path(__file__).parent / "data" / "aadsts.toml").read_text("utf-8"))
CODES = catalogue.error_codes(ENTRA)


def test_every_number_an_administrator_may_meet_is_there():
    wanted = [*NUMBERS["core"], *NUMBERS["rarer"]]
    assert len(wanted) == len(set(wanted)) == 126
    assert sorted(set(map(str, wanted)) - set(CODES)) == []


@pytest.mark.parametrize("number", CODES)
def test_a_number_has_a_title_a_cause_a_fix_on_a_screen_and_a_step(number):
    code = CODES[number]
    for text in (code.title, code.cause, code.fix):
        assert text == text.strip()
        assert text[0].isupper() or text.startswith("{product}")
        for word in ("invalid", "please", "sorry", "oops", "AADSTS"):
            assert word not in text.lower()
    assert len(code.title) <= 80
    assert not code.title.endswith(".")
    assert code.cause[-1] in ".?"
    assert code.fix[-1] in ".?"
    assert "**" in code.fix, "no screen is named"
    assert code.step in [step.slug for step in STEPS]
    assert len({code.title, code.cause, code.fix}) == 3


def test_the_words_are_those_of_one_number_each():
    # A cause that is told twice is one that was not thought about.
    causes = [code.cause for code in CODES.values()]
    assert len(causes) == len(set(causes))


def test_every_provider_explains_the_numbers():
    for slug in ("practice", "oidc"):
        assert catalogue.error_codes(catalogue.provider(slug)) == CODES
    assert (
        catalogue.error_page(ENTRA, 50011) == "https://login.microsoftonline.com/error?code=50011"
    )


def test_every_refusal_of_the_practice_provider_is_explained():
    assert {str(number) for number in REFUSALS} <= set(CODES)


def test_every_error_without_a_number_has_advice_and_a_step():
    general = catalogue.general_advice()
    wanted = {f"provider_error_{code}" for code in KNOWN}
    wanted |= {"provider_error_unknown", "provider_error_unknown_number"}
    assert {code for code in general if code.startswith("provider_error_")} == wanted
    for code in wanted:
        assert general[code].advice, code
        assert general[code].step, code


TEXT = (FOLDER / "providers" / "practice.toml").read_text("utf-8")
ONE = '\n[codes.50011]\ntitle = "A"\ncause = "B"\nfix = "C"\nstep = "test"\n'
BROKEN = {
    "codes of its own and another's": (TEXT + ONE, "codes_from"),
    "codes of a guide that is not there": (TEXT.replace('"entra"', '"intra"', 1), "intra.toml"),
    "codes of itself": (TEXT.replace('"entra"', '"practice"', 1), "practice.toml has no codes"),
    "codes of a guide without any": (TEXT.replace('"entra"', '"oidc"', 1), "oidc.toml has no"),
    "a number that is none": (TEXT.replace("codes_from", "#") + ONE.replace("50011", "x"), "codes"),
    "no fix": (TEXT.replace("codes_from", "#") + ONE.replace('fix = "C"\n', ""), "fix"),
    "a step that is none": (TEXT.replace("codes_from", "#") + ONE.replace("test", "tset"), "step"),
    "a placeholder nobody fills in": (
        TEXT.replace("codes_from", "#") + ONE.replace("B", "{b}"),
        "{b}",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_codes_are_an_error_that_names_file_and_key(kind, tmp_path):
    text, key = BROKEN[kind]
    path = tmp_path / "practice.toml"
    path.write_text(text, "utf-8")
    (tmp_path / "oidc.toml").write_text('slug = "oidc"', "utf-8")
    with pytest.raises(GuideError) as caught:
        read_guide(path, Provider)
    assert "practice.toml" in str(caught.value)
    assert key in str(caught.value)
