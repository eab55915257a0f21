#!/usr/bin/env bash
# Makes the machine and .venv ready: scripts/setup.sh [run|test]
#
# For a Debian 12 or 13 or an Ubuntu 24.04 with Python 3.11 or later and nothing else, as root, with sudo, or
# with neither: then it names what is missing and the command that installs it. What is there is left alone,
# so a second call does nothing. `test` adds PostgreSQL, Chromium and the test packages to what `run` needs.
set -euo pipefail

cd "$(dirname "$0")/.."
root=$PWD
level=${1:-run}
venv=$root/.venv
stamp=$venv/.ready
data_dir=${KL_DATA_DIR:-$root/instance}

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

case $level in
    run | test) ;;
    *) fail "Usage: scripts/setup.sh [run|test]" ;;
esac

# --- the system's packages ------------------------------------------------------------------------------------

installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }
is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

# Liberation Serif before version 2 lacks 92 Vietnamese letters. Debian 12 has version 2 under a name of its own.
font_is_there() {
    installed fonts-liberation2 && return
    installed fonts-liberation &&
        dpkg --compare-versions "$(dpkg-query -W -f '${Version}' fonts-liberation)" ge '1:2'
}
font_package() {
    if grep -qs '^VERSION_ID="12"' /etc/os-release; then echo fonts-liberation2; else echo fonts-liberation; fi
}

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$name"
            return
        fi
    done
}

# `python3-venv` serves Debian's default Python; another one of Debian's wants the package with its number.
venv_package() {
    local version
    [[ -n $python ]] || { echo python3-venv; return; }
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [[ $(readlink -f "$python") == "$(readlink -f /usr/bin/python3)" ]]; then
        echo python3-venv
    else
        echo "python$version-venv"
    fi
}

missing_packages() {
    local package
    [[ -n $python ]] || echo python3
    if [[ ! -x $venv/bin/python ]] && ! "${python:-false}" -c 'import ensurepip, venv' 2>/dev/null; then
        venv_package
    fi
    for package in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; do
        installed "$package" || echo "$package"
    done
    font_is_there || font_package
    [[ $level == test ]] || return 0
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
    command -v pdfsig >/dev/null || echo poppler-utils
    command -v softhsm2-util >/dev/null || echo softhsm2
    # The validator of PDF/A and PDF/UA runs on Java and wants the bindings that its package leaves out.
    command -v java >/dev/null || echo default-jre-headless
    installed libjaxb-java || echo libjaxb-java
    # The Node that Playwright brings along is linked to it, and a bare Debian does not have it.
    installed libatomic1 || echo libatomic1
    # Ubuntu's chromium is a snap, which does not run in a container: there Playwright brings its own (below).
    is_ubuntu || command -v chromium >/dev/null || echo chromium
}

as_root() {
    if [[ $EUID == 0 ]]; then "$@"; else sudo "$@"; fi
}

# Root may; so may somebody whose sudo asks nothing, or who sits at a terminal to answer it.
may_install() {
    command -v apt-get >/dev/null || return 1
    [[ $EUID == 0 ]] && return
    command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }
}

install_packages() {
    local packages=("$@") apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -y -q)
    if ! may_install; then
        fail "These system packages are missing and may not be installed from here:" \
            "    ${packages[*]}" \
            "Ask somebody with root rights to run:" \
            "    apt-get update && apt-get install -y --no-install-recommends ${packages[*]}" \
            "then run this again."
    fi
    say "Installing system packages: ${packages[*]}"
    # The lists of a fresh machine are empty or old; they are fetched only now that something is needed.
    # One broken source among many is no reason to stop: the installation below tells.
    as_root "${apt[@]}" update >"$log" 2>&1 || say "apt-get update reported errors, going on: $(tail -n 1 "$log")"
    as_root "${apt[@]}" install --no-install-recommends "${packages[@]}" >"$log" 2>&1 ||
        fail "apt-get install ${packages[*]} failed:" "$(tail -n 20 "$log")"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

python=$(find_python)
if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]})); then
        install_packages "${missing[@]}"
        python=$(find_python)
    fi
elif [[ ! -e $stamp ]]; then
    say "This is not a Debian system: Pango, HarfBuzz-subset and Liberation Serif 2 have to be there already."
fi
[[ -n $python ]] || fail "No Python 3.11 or later was found (looked for python3, python3.11 to python3.14)."

# --- .venv ----------------------------------------------------------------------------------------------------

# The stamp holds what .venv was made of: this folder (scripts carry its path), and the lock files installed.
wanted() { printf '%s %s\n' "$1" "$(cat requirements/build.txt "requirements/$1.txt" | sha256sum | cut -c1-64)"; }
ready() { [[ -e $stamp ]] && grep -qsxF "$root" "$stamp" && grep -qsxF "$(wanted "$1")" "$stamp"; }

venv_works() { "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

make_venv() {
    say "Making .venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv" >"$log" 2>&1 ||
        fail "$python can't make a virtual environment:" "$(cat "$log")" "Install its venv module and run this again."
}

pip_install() {
    "$venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes "$@" >"$log" 2>&1 ||
        fail "Installing the Python packages failed:" "$(tail -n 30 "$log")"
}

install_requirements() {
    say "Installing the Python packages of requirements/$level.txt (locked, hashes checked)"
    pip_install -r requirements/build.txt
    # Wheels only, but for the one package that is published as source: setuptools from build.txt builds it.
    pip_install --no-build-isolation --only-binary :all: --no-binary flask-principal -r "requirements/$level.txt"
    { printf '%s\n' "$root"; wanted run; if [[ $level == test ]]; then wanted test; fi; } >"$stamp"
}

if ! venv_works || { [[ -e $stamp ]] && ! grep -qsxF "$root" "$stamp"; }; then make_venv; fi
ready "$level" || install_requirements

# --- what belongs to this copy of the product -------------------------------------------------------------------

if [[ ! -s $data_dir/secret ]]; then
    mkdir -p "$data_dir"
    (umask 077 && "$venv/bin/python" -c 'import secrets; print(secrets.token_urlsafe(48))' >"$data_dir/secret")
fi

if [[ $level == test ]] && is_ubuntu && ! command -v chromium >/dev/null &&
    ! compgen -G "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}/chromium*/INSTALLATION_COMPLETE" >/dev/null; then
    say "Installing Playwright's Chromium (Ubuntu's own is a snap)"
    with_deps=()
    if may_install; then with_deps=(--with-deps); fi
    "$venv/bin/python" -m playwright install --only-shell "${with_deps[@]}" chromium >"$log" 2>&1 ||
        fail "Chromium for the browser tests could not be installed:" "$(tail -n 20 "$log")" \
            "Put a Chromium that is not a snap on the PATH under the name chromium, and run this again."
fi
