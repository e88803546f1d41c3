"""Build ``id-phone-nc`` into a folder of your own, and measure it by cross-validation over speakers."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

from models.recipes.id_phone.people import people, taps_of
from models.records import write_record

PACKAGE = Path(__file__).resolve().parents[3]
LICENCE = "CC BY-NC-SA 4.0: research only, no commercial use; encoder BSD-2-Clause and MIT (see NOTICE)"
CITATION = (
    "S. Sakti, P. Hutagaol, A. A. Arman, S. Nakamura: Indonesian Speech Recognition for Hearing and Speaking Impaired People. "
    "Proc. INTERSPEECH/ICSLP 2004, Jeju, pp. 1037-1040"
)


def main() -> None:
    """Features, cross-validation, final head; what is there already is not made again."""
    parser = argparse.ArgumentParser(prog="python -m models.recipes.id_phone_nc", description=__doc__)
    parser.add_argument("--people", type=Path, required=True, help="folder of INDspeech with manifest.tsv")
    parser.add_argument(
        "--synthetic", type=Path, required=True, help="work folder of models.recipes.id_phone, with its features"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for the model, outside the project")
    parser.add_argument("--work", type=Path, help="folder for intermediate results (some GB); default: OUTPUT/work")
    parser.add_argument("--encoder", type=Path, default=PACKAGE / "models" / "weights" / "id-phone" / "encoder.onnx")
    parser.add_argument("--texts", type=Path, help="(id, sentence) lines of the prompts' domain, for the open trigram")
    parser.add_argument("--noise", type=Path, help="folder of noise recordings (wav) for the background")
    parser.add_argument("--each", type=int, default=1000, help="at most so many recordings a speaker and kind")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--final-only", action="store_true", help="skip the cross-validation")
    build(parser.parse_args())


def outside_project(folder: Path) -> Path:
    """``folder``, unless it lies in the package or in any git tree. Raises ``SystemExit``."""
    folder = folder.expanduser().resolve()
    if folder.is_relative_to(PACKAGE) or any((place / ".git").exists() for place in (folder, *folder.parents)):
        raise SystemExit(
            f"{folder} lies in the package or in a git tree. Weights trained on INDspeech are for research only (CC BY-NC-SA 4.0) "
            "and must not be published with the project; name a folder elsewhere"
        )
    return folder


def build(options: argparse.Namespace) -> None:
    """Raises ``SystemExit`` that says what is wrong."""
    output = outside_project(options.output)
    work = outside_project(options.work or output / "work")
    if not (options.people / "manifest.tsv").is_file():
        raise SystemExit(f"{options.people} holds no manifest.tsv")

    from models.recipes.id_phone_nc.evaluate import SETTINGS, measure
    from models.recipes.id_phone_nc.features import copies_of, synthetic
    from models.recipes.id_phone_nc.training import STEPS, Material, cross_validate, train_final

    steps = options.steps or STEPS
    output.mkdir(parents=True, exist_ok=True)
    found = people(options.people, each=options.each)
    began_s = time.monotonic()
    clean = taps_of(found, "clean", options.encoder, work, jobs=options.jobs)
    copies = copies_of(found, options.encoder, work, noises=options.noise, jobs=options.jobs)
    print(f"features: {time.monotonic() - began_s:.0f} s", flush=True)
    unseen = frozenset(person.text for person in found if person.is_held_out)
    material = Material(found, copies, clean, synthetic(options.synthetic, unseen))
    results = {}
    if not options.final_only:
        heard = cross_validate(material, work, steps=steps, jobs=options.jobs)
        results = measure(found, heard, options.texts, jobs=options.jobs)
    prior = train_final(material, output, steps=steps)
    shutil.copyfile(options.encoder, output / "encoder.onnx")
    notice = options.encoder.parent / "NOTICE"
    if notice.is_file():
        shutil.copyfile(notice, output / "NOTICE")
    base = json.loads((options.encoder.parent / "model.json").read_text(encoding="utf-8"))
    description = {
        **{key: base[key] for key in ("language", "rate_hz", "frame_s", "tokens", "blank")},
        "name": "id-phone-nc",
        "log_prior": prior,
        **SETTINGS,
        "recipe": "models/recipes/id_phone_nc",
        "trained_on": "INDspeech (people) and synthetic voices",
        "licence": LICENCE,
        "research_only": True,
        "citation": CITATION,
        "steps": steps,
        "cross_validation": results,
    }
    (output / "model.json").write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    paths = sorted(path.name for path in output.iterdir() if path.is_file() and not path.name.startswith("."))
    write_record(output, name="id-phone-nc", fetched_from="models/recipes/id_phone_nc", accepted=False, paths=paths, known={})
    print(f"{output}: for research only. Use it as embedded:{output}", flush=True)


if __name__ == "__main__":
    main()
