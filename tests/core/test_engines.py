"""Settings → engines: unusable choices are refused by the variable's name."""

from __future__ import annotations

import pytest

from voicebot.core.engines import make_interpreter
from voicebot.core.errors import ModelError, SettingsError


@pytest.mark.parametrize("engine", ["rasa", "transformer", "transformer:", "embedded:more"])
def test_an_unknown_interpreter_is_refused_with_those_known(engine: str) -> None:
    with pytest.raises(SettingsError, match=r"SANTUN_ENGINES__INTERPRETER.*embedded, transformer:"):
        make_interpreter("id", engine)


def test_a_checkpoint_that_is_not_there_is_refused_by_the_variables_name() -> None:
    with pytest.raises(ModelError, match=r"SANTUN_ENGINES__INTERPRETER: .*make"):
        make_interpreter("id", "transformer:./nowhere")
