#!/bin/sh
# Whether the simulator bites: takes one rule of tests/teeth/rules.tsv at a time out of a copy of the
# program, and fails if the simulator does not notice. Takes about half a minute a rule.
#   scripts/teeth.sh            all rules
#   scripts/teeth.sh offer      those whose name contains "offer"
# SIMULATOR_SEEDS: how many seeds to run (3000). WITH_STORIES=1: also names the stories that notice.
set -eu

cd "$(dirname "$0")/.."
. scripts/removal.sh
root=$PWD
wanted=${1:-}
export SIMULATOR_SEEDS="${SIMULATOR_SEEDS:-3000}"
export CARGO_TARGET_DIR="$root/target/teeth"
export RUST_BACKTRACE=0
export RUSTFLAGS="-Awarnings"
seconds_max=900
[ "${WITH_STORIES:-0}" = 1 ] && tests=stories || tests=stories::simulator

# Not optimised: compiling takes longer than running, as most seeds fail soon.
cargo_test() {
    timeout "$seconds_max" cargo --config profile.dev.package.domain.opt-level=0 test --quiet \
        -p domain --lib "$@" 2>&1
}

# The walk through two years of minutes has nothing to say of these rules.
run_tests() {
    cargo_test -- "$tests" --format pretty --skip hours_walk
}

# report <rule> <what the tests said>: fails if the simulator noticed nothing.
report() {
    failed=$(echo "$2" | sed -n 's/^test stories::\(.*\) \.\.\. FAILED$/\1/p' | sort)
    stories=$(echo "$failed" | grep -v '^simulator' | tr '\n' ' ' || true)
    if ! echo "$failed" | grep -q '^simulator'; then
        printf '%-58s SURVIVED %s\n' "$1" "$stories"
        return 1
    fi
    # The first thing that the book had to say.
    why=$(echo "$2" | awk '/^thread .<unnamed>/ { getline; print; exit }' |
        sed 's/^assertion .* failed: //; s/: *Case {.*//' | cut -c1-70)
    printf '%-58s %s %s\n' "$1" "$why" "$stories"
}

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT INT TERM

# What git knows or would know, as it stands in the working tree.
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$copy"
cd "$copy"
# Newer than what the last run has left.
touch src/domain/lib.rs

out=$(run_tests) || give_up "the tests fail without any removal: $(echo "$out" | tail -40)"

survived=0
tab=$(printf '\t')
while IFS=$tab read -r rule file text instead; do
    case $rule in '#'* | '') continue ;; esac
    case $rule in *"$wanted"*) ;; *) continue ;; esac
    path=src/domain/$file
    cp "$path" kept
    replace "$path" "$text" "$instead" || give_up "$rule: cannot be removed"
    built=$(cargo_test --no-run) || give_up "$rule: does not compile: $(echo "$built" | tail -20)"
    out=$(run_tests) || true
    report "$rule" "$out" || survived=$((survived + 1))
    cp kept "$path"
done <"$root/tests/teeth/rules.tsv"

[ "$survived" -eq 0 ] || give_up "$survived removals were not noticed by the simulator"
