"""A Coqui VITS voice with random weights, made by Coqui's own classes; its units are letters, so it needs no phonemizer."""

from __future__ import annotations

import json
import re
from pathlib import Path

_OURS_TO_FAIRSEQ = (
    (r"^text_encoder\.", "enc_p."),
    (r"^waveform_decoder\.", "dec."),
    (r"^posterior_encoder\.", "enc_q."),
    (r"^flow\.flows\.(\d)\.", lambda match: f"flow.flows.{2 * int(match[1])}."),
    (r"^duration_predictor\.((?:post_)?flows)\.0\.translation$", r"dp.\1.0.m"),
    (r"^duration_predictor\.((?:post_)?flows)\.0\.log_scale$", r"dp.\1.0.logs"),
    (r"^duration_predictor\.((?:post_)?flows)\.(\d)", lambda match: f"dp.{match[1]}.{2 * int(match[2]) - 1}"),
    (r"^duration_predictor\.", "dp."),
)


def write_coqui_voice(folder: Path, *, speakers: tuple[str, ...] = ()) -> Path:
    """``config.json`` and ``model.pth`` (with several ``speakers`` also ``speakers.pth``) in ``folder``."""
    import torch
    from TTS.tts.configs.shared_configs import CharactersConfig
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits, VitsArgs

    torch.manual_seed(7)
    folder.mkdir(parents=True, exist_ok=True)
    small = VitsArgs(
        hidden_channels=32,
        hidden_channels_ffn_text_encoder=64,
        num_layers_text_encoder=1,
        num_layers_flow=1,
        num_layers_posterior_encoder=1,
        upsample_initial_channel_decoder=32,
        use_speaker_embedding=bool(speakers),
        speaker_embedding_channels=16 if speakers else 256,
        init_discriminator=False,
        inference_noise_scale_dp=0.0,  # the same durations each time, so that tests may compare lengths
        length_scale=4.0,  # untrained, a letter lasts one frame: too short to be said faster
    )
    if speakers:
        torch.save({name: number for number, name in enumerate(speakers)}, folder / "speakers.pth")
        small.speakers_file = str(folder / "speakers.pth")
    letters = CharactersConfig(
        characters_class="TTS.tts.models.vits.VitsCharacters",
        pad="_",
        eos="",
        bos="",
        blank="<BLNK>",
        characters="abcdefghijklmnopqrstuvwxyz",
        punctuations="!',.-:;? ",
        phonemes="",
    )
    config = VitsConfig(
        model_args=small, characters=letters, use_phonemes=False, text_cleaner="basic_cleaners", add_blank=True,
        use_speaker_embedding=bool(speakers),
    )  # fmt: skip
    if speakers:
        config.speakers_file = small.speakers_file
    config.audio["do_trim_silence"] = False  # it would take noise of one level for silence
    model = Vits(config)
    config.save_json(str(folder / "config.json"))
    # As published voices have it: files by bare names.
    whole = (folder / "config.json").read_text(encoding="utf-8")
    (folder / "config.json").write_text(whole.replace(f"{folder}/", ""), encoding="utf-8")
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    return folder


def write_fairseq_voice(folder: Path) -> Path:
    """As Meta publishes MMS voices: ``G_100000.pth``, ``config.json`` and ``vocab.txt``; of full size, for Coqui knows no other."""
    import torch
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits

    torch.manual_seed(7)
    folder.mkdir(parents=True, exist_ok=True)
    letters = " abcdefghijklmnopqrstuvwxyz'-"
    model = Vits(VitsConfig())
    model.disc = None
    model.text_encoder.emb = torch.nn.Embedding(len(letters), 192)
    (folder / "vocab.txt").write_text("\n".join(letters) + "\n", encoding="utf-8")
    data = {"sampling_rate": 16000, "training_files": "train.ltr", "add_blank": True}
    (folder / "config.json").write_text(json.dumps({"data": data}), encoding="utf-8")
    weights = {}
    for name, value in model.state_dict().items():
        for ours, theirs in _OURS_TO_FAIRSEQ:
            renamed = re.sub(ours, theirs, name)
            if renamed != name:
                break
        weights[renamed] = value
    torch.save({"model": weights}, folder / "G_100000.pth")
    return folder
