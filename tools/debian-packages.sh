#!/usr/bin/env bash
# Install the Debian packages that some tests use and PyPI does not carry. Without them just those tests skip.
#   chromium      renders the web pages in tests and screenshots
#   libespeak-ng1 the speech program that the pyttsx3 voice needs
#   sip-tester    SIPp, an independent SIP stack for load and conformance tests
# Needs root (or passwordless sudo); otherwise it says so and changes nothing.
set -euo pipefail
packages=(chromium libespeak-ng1 sip-tester)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=""
if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then sudo="sudo -n"; else
        echo "debian-packages: not root, so these stay away and their tests skip: ${missing[*]}" >&2
        exit 0
    fi
fi
command -v apt-get >/dev/null 2>&1 || { echo "debian-packages: no apt-get here; tests that need ${missing[*]} skip" >&2; exit 0; }
export DEBIAN_FRONTEND=noninteractive
if ! { $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }; then
    echo "debian-packages: could not install ${missing[*]}; their tests skip" >&2
fi
