#!/usr/bin/env bash
# The synthetic speakers of the recipe (Debian 12): festival and flite with voices of seven languages.
set -euo pipefail
apt-get update -qq
apt-get install -y --no-install-recommends festival flite festival-hi festival-mr festival-te \
    festvox-italp16k festvox-itapc16k festvox-suopuhe-lj festvox-suopuhe-mv festvox-czech-dita festvox-czech-krb \
    festvox-czech-machac festvox-czech-ph festvox-kallpc16k festvox-kdlpc16k festvox-hi-nsk festvox-mr-nsk festvox-te-nsk
