#!/bin/sh
# Whether what is needed is there: need.sh web|build|browser|redis|valgrind
#   web      Node and npm           build    also Rust and a C compiler, for SQLite
#   browser  also Chromium          redis    also redis-server and redis-cli
#   valgrind also that, beside Rust
# As root on Debian it gets missing system packages by itself, unless NO_INSTALL=1; otherwise it says
# in one line what is missing and how to get it. Rust and Node are always yours to choose.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }

missing() {
    echo "missing: $1" >&2
    exit 1
}

may_install() {
    [ "${NO_INSTALL:-0}" != 1 ] && [ "$(id -u)" = 0 ] && has apt-get
}

# need_package <what it is for> <packages>
need_package() {
    what=$1
    shift
    may_install || missing "$what: install it, on Debian with: apt-get install $*"
    echo "installing $*"
    { apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } ||
        missing "$what: apt-get could not install $*"
}

need_node() {
    has node && has npm || missing "Node 20.19 or newer with npm: https://nodejs.org"
    node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
        missing "Node 20.19 or newer, this is $(node --version): https://nodejs.org"
}

need_build() {
    has cargo || missing "Rust: https://rustup.rs"
    has cc || need_package "a C compiler" gcc libc6-dev
}

need_browser() {
    [ -z "${CHROMIUM:-}" ] || has "$CHROMIUM" || missing "$CHROMIUM, which CHROMIUM names"
    [ -n "${CHROMIUM:-}" ] || has chromium ||
        need_package "Chromium (or name yours in CHROMIUM)" chromium fonts-dejavu-core
}

need_redis() {
    { has redis-server && has redis-cli; } || need_package "redis-server 7.0 or newer" redis-server
}

need_valgrind() {
    has valgrind || need_package "valgrind, which counts instructions" valgrind libc6-dbg
}

case ${1:-} in
web) need_node ;;
build) need_node && need_build ;;
browser) need_node && need_build && need_browser ;;
redis) need_build && need_redis ;;
valgrind) need_build && need_valgrind ;;
*) missing "an argument: web, build, browser, redis or valgrind" ;;
esac
