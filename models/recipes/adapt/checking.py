"""The label check on real heads: what the base hears, and whom it teaches for a second opinion."""

from __future__ import annotations

from collections.abc import Sequence

from models.recipes.adapt.base import Base
from models.recipes.adapt.decoding import Description, decode_all, graph_of, text_of
from models.recipes.adapt.features import Taps, Told
from models.recipes.adapt.labels import Doubt, Label, Listen, Opinion, doubtful, weigh
from models.recipes.adapt.sound import Utterance
from models.recipes.adapt.training import STEPS, train_on
from models.recipes.id_phone.train import Head
from models.recipes.mixture import Example, log_probs


def doubts_about(
    found: Sequence[Utterance],
    taps: Sequence[Taps],
    base: Base,
    synthetic: Sequence[Example],
    *,
    seed: int,
    jobs: int,
    told: Told,
) -> list[Doubt]:
    """Labels that base and second opinion contradict."""
    texts: dict[str, list[str]] = {}
    for one in found:
        texts.setdefault(one.row.domain, []).append(one.row.text)
    by_domain = {domain: graph_of(domain, each) for domain, each in texts.items()}
    graphs = [by_domain[one.row.domain] for one in found]
    labels = [Label(one.row.text, one.row.speaker) for one in found]

    def listening(head: Head, description: Description) -> Listen:
        def listen(asked: Sequence[int]) -> dict[int, Opinion]:
            heard = decode_all(head, description, [taps[i] for i in asked], [graphs[i] for i in asked], jobs=jobs)
            return {
                i: weigh(log_probs(head, taps[i]), labels[i].text, text_of(each)) for i, each in zip(asked, heard, strict=True)
            }

        return listen

    def teach(teachers: Sequence[int]) -> Listen:
        own = [(labels[i].text, taps[i]) for i in teachers]
        head, prior = train_on(
            base.head, base.earlier, own, synthetic, steps=STEPS, seed=seed,
            told=lambda step, loss: told(step, STEPS),
        )  # fmt: skip
        return listening(head, {**base.description, "log_prior": prior})

    first = listening(base.head, base.description)(range(len(found)))
    return doubtful(labels, [first[i] for i in range(len(found))], teach, seed=seed)
