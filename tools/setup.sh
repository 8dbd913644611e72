#!/bin/bash
# Installs what is missing for the named sets, and nothing else.  Silent when all is there.
#
#   tools/setup.sh build|run|check|bench|lint ...
#
# Each set is a list of Debian packages.  "program:package" asks for the program in PATH, so a
# tool that came from elsewhere (another node, another clang) counts as present.
set -eu
cd "$(dirname "$0")/.."

build="make:make gcc:gcc pkg-config:pkg-config meson:meson ninja:ninja-build python3:python3
 msgfmt:gettext node:nodejs npm:npm libc6-dev libglib2.0-dev libmicrohttpd-dev libsqlite3-dev
 libpq-dev libssl-dev libjansson-dev libyaml-dev libsodium-dev libicu-dev zlib1g-dev libcurl4-openssl-dev
 libseccomp-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libzstd-dev libqrencode-dev
 libzip-dev libexpat1-dev libxlsxwriter-dev libpango1.0-dev libmimalloc-dev
 libcmocka-dev ca-certificates"
run="fonts-noto-cjk"
check="chromium:chromium fonts-noto-cjk mutool:mupdf-tools sqlite3:sqlite3 curl:curl xgettext:gettext"
bench="wrk:wrk nginx:nginx-light sqlite3:sqlite3 curl:curl"
lint="clang-format:clang-format clang-tidy:clang-tidy"
fuzz="clang:clang libclang-rt-14-dev"
long="clang:clang"
deb="dpkg-shlibdeps:dpkg-dev lintian:lintian"
scan="sqlmap:sqlmap wapiti:wapiti slowhttptest:slowhttptest curl:curl"

say() {
    printf 'setup: %s\n' "$*" >&2
}

# The packages of the wanted sets that are not installed, one a line.
missing_packages() {
    local item libraries=""
    for item in $wanted; do
        case $item in
        *:*) command -v "${item%%:*}" >/dev/null || echo "${item#*:}" ;;
        *) libraries="$libraries $item" ;;
        esac
    done
    # PostgreSQL keeps its programs out of PATH.
    if [ "$need_postgres" = 1 ] && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
        echo postgresql
    fi
    [ -n "$libraries" ] || return 0
    # shellcheck disable=SC2086
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' $libraries 2>/dev/null |
        awk -v want="$libraries" '
            $2 == "installed" { have[$1] = 1 }
            END { n = split(want, w); for (i = 1; i <= n; i++) if (!have[w[i]]) print w[i] }'
}

apt_install() {
    local apt="env DEBIAN_FRONTEND=noninteractive apt-get"
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            say "these Debian packages are missing, and neither root nor sudo is at hand:" "$@"
            exit 1
        fi
        apt="sudo $apt"
    fi
    say "installing" "$@"
    # A fresh machine has no package lists at all.
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || $apt -qq update >&2
    if ! $apt -qq -y -o Acquire::Retries=3 install --no-install-recommends "$@" >&2; then
        say "trying once more with fresh package lists"
        $apt -qq update >&2
        $apt -qq -y -o Acquire::Retries=3 install --no-install-recommends "$@" >&2
    fi
}

# True when node_modules holds exactly what package-lock.json names.
node_modules_match() {
    [ -f node_modules/.package-lock.json ] || return 1
    python3 - <<'PY'
import json, os, sys
want = json.load(open("package-lock.json"))["packages"]
have = json.load(open("node_modules/.package-lock.json"))["packages"]
for path, package in want.items():
    if path == "" or package.get("optional"):
        continue
    got = have.get(path)
    if not got or not os.path.isdir(path) or any(
            got.get(key) != package.get(key) for key in ("version", "integrity")):
        sys.exit(1)
PY
}

wanted=""
need_postgres=0
for set in "$@"; do
    case $set in
    build | run | bench | lint | fuzz | long | deb | scan) wanted="$wanted ${!set}" ;;
    check) wanted="$wanted $check" need_postgres=1 ;;
    *)
        say "there is no package set called $set"
        exit 2
        ;;
    esac
done

if command -v dpkg-query >/dev/null; then
    packages=$(missing_packages | sort -u)
    # shellcheck disable=SC2086
    [ -z "$packages" ] || apt_install $packages
else
    say "this is not Debian: the packages$wanted are taken for granted"
fi

if [ -f package-lock.json ] && ! node_modules_match; then
    say "installing the web assets named in package-lock.json"
    # npm trusts whom the machine trusts, an office's own proxy included.
    certificates=/etc/ssl/certs/ca-certificates.crt
    [ ! -f "$certificates" ] || export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$certificates}"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
fi
