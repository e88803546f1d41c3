#!/usr/bin/env bash
# Make .venv with everything `santun` needs; with `--dev` also what its tests need, with `--engines` besides that what the
# optional engines need to be tested. Idempotent, no root, no prompts.
set -euo pipefail
cd "$(dirname "$0")/.."

dev="dev,pyttsx3"
# The optional engines that tests cover: extras of pyproject.toml, pinned in constraints/engines.txt. Add yours to both.
engines="transformers,vosk,sherpa,faster-whisper,piper,engine-tests"
torch="torch==2.13.0"

case "${1:-}" in
    "") extras="" kind="" ;;
    --dev) extras="[$dev]" kind="-dev" ;;
    --engines) extras="[$dev,$engines]" kind="-engines" ;;
    *) echo "usage: tools/setup.sh [--dev | --engines]" >&2; exit 2 ;;
esac

find_python() {
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3; do
        [ -n "$candidate" ] || continue
        command -v "$candidate" >/dev/null 2>&1 || continue
        # A Debian python3 without python3-venv lacks ensurepip; a pyenv shim may exist for a version that is not active.
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' \
            >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

if [ ! -x .venv/bin/python ]; then
    if python=$(find_python); then
        "$python" -m venv .venv
    elif command -v uv >/dev/null 2>&1; then
        echo "setup: no Python 3.11 or 3.12 with venv found; uv fetches one" >&2
        uv venv --seed --python 3.11 .venv
    else
        cat >&2 <<'MSG'
setup: Santun needs Python 3.11 or 3.12 with the venv module. Any one of these provides it:
  - Debian 12 or Ubuntu 24.04:  apt-get install python3 python3-venv
  - uv (https://docs.astral.sh/uv/), which fetches a Python of its own; then run this command again
  - PYTHON=/path/to/python3.11 make setup
MSG
        exit 2
    fi
fi

version=$(.venv/bin/python -c 'import sys; print("%d%d" % sys.version_info[:2])')
constraints="constraints/py${version}.txt"
if [ ! -f "$constraints" ]; then
    echo "setup: .venv holds Python ${version}, which is not supported; remove .venv and run again" >&2
    exit 2
fi

pins=(--constraint "$constraints")
if [ "$kind" = -engines ]; then pins+=(--constraint constraints/engines.txt); fi

pip_install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }

# Plain PyPI serves Linux a PyTorch for NVIDIA cards, several GB with its libraries; PyTorch's own index has the small one.
# A PyTorch that is here already, perhaps one for this machine's card, stays.
install_torch() {
    .venv/bin/python -c 'import importlib.metadata as m; m.version("torch")' 2>/dev/null && return
    pip_install --no-deps --timeout 10 --retries 1 --index-url https://download.pytorch.org/whl/cpu "$torch" 2>/dev/null && return
    echo "setup: PyTorch's own index is out of reach; taking $torch from the usual one" >&2
    pip_install "${pins[@]}" "$torch"
}

stamp=".venv/.santun-setup${kind}"
want=$(cat pyproject.toml constraints/*.txt tools/setup.sh | sha256sum)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$want" ]; then
    echo "setup: installing Python packages into .venv (once; some hundred MB)" >&2
    if [ "$kind" = -engines ]; then install_torch; fi
    pip_install "${pins[@]}" --editable ".${extras}"
    printf '%s\n' "$want" >"$stamp"
    # Whoever has the engines has what the tests need, too.
    if [ "$kind" = -engines ]; then printf '%s\n' "$want" >.venv/.santun-setup-dev; fi
fi

.venv/bin/python tools/web_assets.py
