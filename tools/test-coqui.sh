#!/usr/bin/env bash
# Run the tests of the Coqui voice in an environment of its own: build/coqui, laid over .venv, which lends PyTorch and the tests'
# packages (about 400 MB more and some minutes the first time). Coqui TTS needs torchaudio and torchcodec, which plain PyPI has for
# NVIDIA cards only; torchaudio's compiled part is taken out where it does not load, for speaking does not use it.
#   tools/test-coqui.sh [arguments of pytest]
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh --engines

home=build/coqui
want=$(cat tools/test-coqui.sh constraints/*.txt | sha256sum)
if [ ! -f "$home/.ready" ] || [ "$(cat "$home/.ready")" != "$want" ]; then
    echo "test-coqui: installing Coqui TTS into $home (once)" >&2
    .venv/bin/python -m venv --clear "$home"
    packages=$("$home/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    .venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$packages/lent.pth"
    printf '%s\n' "$PWD" >>"$packages/lent.pth"

    pip_install() { "$home/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
    pip_install --constraint constraints/engines.txt coqui-tts==0.28.0 six
    audio=(torchaudio==2.11.0 torchcodec==0.17.0)
    pip_install --no-deps --timeout 10 --retries 1 --index-url https://download.pytorch.org/whl/cpu "${audio[@]}" 2>/dev/null \
        || pip_install --no-deps "${audio[@]}"
    "$home/bin/python" -c 'import torchaudio' 2>/dev/null || rm -f "$packages"/torchaudio/lib/*.so
    "$home/bin/python" -c 'import TTS.api'
    printf '%s\n' "$want" >"$home/.ready"
fi

# matplotlib, numba and Hugging Face libraries would otherwise write beneath the home folder.
exec env MPLCONFIGDIR="$PWD/$home/cache" HF_HUB_OFFLINE=1 "$home/bin/python" -m pytest \
    tests/tts/test_coqui_voice.py tests/tts/test_voice_protocol.py -k coqui "$@"
