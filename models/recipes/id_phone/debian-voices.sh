#!/usr/bin/env bash
# The synthetic speakers of the recipe (Debian 12): festival and flite with voices of seven languages, RHVoice, SVOX Pico.
# Debian keeps the last two in non-free, for want of the recordings that they were trained on; of RHVoice's voices the recipe
# speaks with those alone whose licence allows any use (see models/recipes/id_phone/rhvoice.py).
set -euo pipefail
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$key] http://deb.debian.org/debian bookworm non-free" >/etc/apt/sources.list.d/santun-voices.list
apt-get update -qq
apt-get install -y --no-install-recommends festival flite festival-hi festival-mr festival-te \
    festvox-italp16k festvox-itapc16k festvox-suopuhe-lj festvox-suopuhe-mv festvox-czech-dita festvox-czech-krb \
    festvox-czech-machac festvox-czech-ph festvox-kallpc16k festvox-kdlpc16k festvox-hi-nsk festvox-mr-nsk festvox-te-nsk \
    librhvoice5 rhvoice rhvoice-english rhvoice-esperanto rhvoice-kyrgyz rhvoice-russian rhvoice-ukrainian libttspico-utils
rm /etc/apt/sources.list.d/santun-voices.list
