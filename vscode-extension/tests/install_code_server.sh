#!/usr/bin/env bash
# Installs code-server, which is VS Code's workbench behind a local address, from npm alone: nothing is fetched from
# anywhere else, so that the tests of the extension run on machines that reach a package registry only.
#
#     install_code_server.sh FOLDER
#
# Needs Node 20, ripgrep, a C++ compiler, make, Python and the headers of Kerberos (libkrb5-dev). 4.100.3 is the last
# one for Node 20. Its own install scripts are left out, because they download; what has a native part is built here.
set -euo pipefail
mkdir -p "${1:?FOLDER is missing: where should code-server go?}"
folder="$(cd "$1" && pwd)"
version=4.100.3
vscode="$folder/node_modules/code-server/lib/vscode"
done_mark="$folder/.installed-$version"
[ -e "$done_mark" ] && exit 0
for program in node npm rg g++ make; do
    command -v "$program" >/dev/null || { echo "$program is missing: install it, then run this again" >&2; exit 1; }
done
# npm builds with its own copy of node-gyp; `npx` may be forbidden.
gyp="$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js"
# Node's headers: where the system keeps them beside the program, else node-gyp fetches them.
prefix="$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")"
[ -e "$prefix/include/node/node.h" ] && export npm_config_nodedir="$prefix"
quiet() { "$@" >"$folder/install.log" 2>&1 || { tail -n 40 "$folder/install.log" >&2; exit 1; }; }

cd "$folder"
[ -e package.json ] || echo '{ "name": "workbench", "private": true }' >package.json
quiet npm install "code-server@$version" --ignore-scripts --no-audit --no-fund
quiet npm rebuild argon2
cd "$vscode"
quiet npm install --omit=dev --ignore-scripts --no-audit --no-fund
quiet npm rebuild @parcel/watcher @vscode/spdlog @vscode/deviceid kerberos native-watchdog
(cd node_modules/node-pty && quiet node "$gyp" rebuild)
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
rm -rf node_modules.asar
ln -s node_modules node_modules.asar
ln -sf code-linux.sh bin/remote-cli/code-server
ln -sf browser-linux.sh bin/helpers/browser.sh
(cd extensions && quiet npm install --omit=dev --ignore-scripts --no-audit --no-fund)
# Source maps are half of the size and nothing here reads them.
find "$folder/node_modules/code-server" -name '*.map' -delete
touch "$done_mark"
