"""The optional transformers interpreter: its recipe, what comes of it, and what is said when something is amiss."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from nlu.transformer import TransformerInterpreter, load_transformer_model
from nlu.understanding import INTENTS
from tests.nlu.conftest import LEARNT, WHY, Taught
from voicebot.core.engines import make_interpreter
from voicebot.core.settings import load_settings

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


def test_what_the_recipe_taught_is_understood(taught: Taught) -> None:
    from models.recipes.intents_transformer.__main__ import divided

    interpreter = TransformerInterpreter("id", str(taught.folder), offline=True)
    learnt, left_out = divided(taught.data)
    assert len(learnt) == 7 * len(left_out)
    right = [
        interpreter.interpret(taught.data.texts[i], asked=taught.data.contexts[i], now=NOW).primary
        == INTENTS[taught.data.primary[i]]
        for i in learnt
    ]
    assert np.mean(right) > 0.9
    assert {INTENTS[place] for place in taught.data.primary[learnt]} == set(LEARNT)
    assert "left-out passes:" in taught.told
    assert "held out, id:" in taught.told


def test_the_question_asked_is_part_of_what_is_judged(taught: Taught) -> None:
    model = load_transformer_model(str(taught.folder), offline=True)
    beliefs = [model.judge("iya besok", "id", asked, ()).leading for asked in ("ask_payment", "closing", None)]
    assert not np.allclose(beliefs[0], beliefs[1])
    assert not np.allclose(beliefs[0], beliefs[2])


def test_callers_on_several_threads_get_the_same_answers(taught: Taught) -> None:
    model = load_transformer_model(str(taught.folder), offline=True)
    texts = [text * (1 + n % 7) for n, text in enumerate(taught.data.texts)]
    alone = [model.judge(text, "id", None, ()).leading for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: model.judge(text, "id", None, ()).leading, texts))
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_the_setting_chooses_the_checkpoint(taught: Taught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANTUN_ENGINES__INTERPRETER", f"transformer:{taught.folder}")
    load_settings.cache_clear()
    try:
        interpreter = make_interpreter("id")
        assert isinstance(interpreter, TransformerInterpreter)
        assert make_interpreter("id") is interpreter
    finally:
        load_settings.cache_clear()


def test_labels_are_found_by_name_not_by_place(taught: Taught, tmp_path: Path) -> None:
    def reverse(config: dict[str, object]) -> None:
        config["id2label"] = {str(place): intent for place, intent in enumerate(reversed(INTENTS))}

    folder = changed(taught.folder, tmp_path, reverse)
    text = taught.data.texts[0]
    beliefs = [
        load_transformer_model(str(each), offline=True).judge(text, "id", None, ()).leading for each in (taught.folder, folder)
    ]
    np.testing.assert_allclose(beliefs[0], beliefs[1][::-1])


def test_a_checkpoint_trained_elsewhere_shares_one_softmax(taught: Taught, tmp_path: Path) -> None:
    folder = changed(taught.folder, tmp_path, lambda config: config.pop("intent_thresholds"))
    model = load_transformer_model(str(folder), offline=True)
    judgement = model.judge("salah sambung", "id", None, ())
    np.testing.assert_array_equal(judgement.every, judgement.leading)
    assert set(model.thresholds.tolist()) == {0.25}


def test_other_labels_are_refused_with_the_recipe(taught: Taught) -> None:
    with pytest.raises(
        ValueError, match=r"lacks deceased, .* 22 more; it has LABEL_0, LABEL_1.*intents_transformer --base"
    ) as refused:
        TransformerInterpreter("id", str(taught.base), offline=True)
    assert str(taught.base) in str(refused.value)


def test_weights_without_a_head_are_refused(taught: Taught, tmp_path: Path) -> None:
    folder = changed(taught.folder, tmp_path, lambda config: None)
    shutil.copy(taught.base / "model.safetensors", folder)
    with pytest.raises(ValueError, match=r"lacks weights.*classifier.*make it anew"):
        load_transformer_model(str(folder), offline=True)


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("config.json", "incomplete or damaged"),
        ("model.safetensors", "incomplete or damaged"),
        ("tokenizer.json", "lacks its vocabulary"),
    ],
)
def test_missing_and_broken_files_are_named_with_the_remedy(taught: Taught, tmp_path: Path, file: str, complaint: str) -> None:
    folder = changed(taught.folder, tmp_path, lambda config: None)
    (folder / file).unlink()
    with pytest.raises(ValueError, match=f"{complaint}.*anew"):
        load_transformer_model(str(folder), offline=True)
    (folder / file).write_bytes((taught.folder / file).read_bytes()[:100])
    with pytest.raises(ValueError, match=r"incomplete or damaged.*anew"):
        load_transformer_model(str(folder), offline=True)


def test_thresholds_for_other_intents_are_refused(taught: Taught, tmp_path: Path) -> None:
    folder = changed(taught.folder, tmp_path, lambda config: config.update(intent_thresholds=[0.5]))
    with pytest.raises(ValueError, match="1 thresholds for 25 intents"):
        load_transformer_model(str(folder), offline=True)


def test_a_checkpoint_that_is_nowhere_is_refused_with_the_command_that_fetches_or_makes_it() -> None:
    for package in ("torch", "transformers"):
        pytest.importorskip(package, reason=WHY)
    with pytest.raises(ValueError, match=r"no folder \./nowhere.*intents_transformer"):
        load_transformer_model("./nowhere", offline=True)
    with pytest.raises(ValueError, match="hf download santun/no-such-encoder"):
        load_transformer_model("santun/no-such-encoder", offline=True)


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ValueError, match=r"torch.*make setup-engines"):
        load_transformer_model("any", offline=True)


def changed(folder: Path, tmp_path: Path, change: Callable[[dict[str, object]], object]) -> Path:
    """A copy of the checkpoint with another ``config.json``."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    change(config)
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return copy
