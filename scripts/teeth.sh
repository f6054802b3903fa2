#!/bin/sh
# Whether the simulator bites: removes one rule of tests/teeth/rules.tsv at a time from a copy of the
# program, and fails if the simulator does not notice. Takes about half a minute a rule.
#   scripts/teeth.sh            all rules
#   scripts/teeth.sh offer      those whose name contains "offer"
# SIMULATOR_SEEDS: how many seeds to run (3000).
set -eu

cd "$(dirname "$0")/.."
root=$PWD
wanted=${1:-}
export SIMULATOR_SEEDS="${SIMULATOR_SEEDS:-3000}"
export CARGO_TARGET_DIR="$root/target/teeth"
export RUST_BACKTRACE=0
export RUSTFLAGS="-Awarnings"
seconds_max=900

# Compiling takes longer than running here: most seeds fail soon.
cargo_test() {
    timeout "$seconds_max" cargo --config profile.dev.package.domain.opt-level=0 test --quiet -p domain --lib \
        "$@" 2>&1
}

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT INT TERM

# What git knows or would know, as it stands in the working tree.
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$copy"
cd "$copy"

# replace <file> <text> <instead>: fails unless the text stands there exactly once.
replace() {
    TEXT=$2 INSTEAD=$3 awk '
        BEGIN { text = ENVIRON["TEXT"]; instead = ENVIRON["INSTEAD"] }
        {
            line = $0; out = ""
            while ((at = index(line, text)) > 0) {
                found++
                out = out substr(line, 1, at - 1) instead
                line = substr(line, at + length(text))
            }
            print out line
        }
        END { if (found != 1) { print "found " found + 0 " times: " text > "/dev/stderr"; exit 1 } }
    ' "$1" >"$1.new" || return 1
    mv "$1.new" "$1"
}

tests() {
    # The walk through two years of minutes has nothing to say of these rules.
    cargo_test -- --format pretty --skip hours_walk
}

echo "without any removal:"
if ! out=$(tests); then
    echo "$out" | tail -40
    echo "the tests fail as they are" >&2
    exit 1
fi
echo "$out" | grep '^test result'

survived=0
tab=$(printf '\t')
while IFS=$tab read -r rule file text instead; do
    case $rule in '#'* | '') continue ;; esac
    case $rule in *"$wanted"*) ;; *) continue ;; esac
    path=src/domain/$file
    cp "$path" "$copy/kept"
    replace "$path" "$text" "$instead" || { echo "$rule: cannot be removed" >&2; exit 1; }
    if ! built=$(cargo_test --no-run); then
        echo "$built" | tail -20 >&2
        echo "$rule: does not compile" >&2
        exit 1
    fi
    out=$(tests) || true
    failed=$(echo "$out" | sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' | sed 's/^stories:://' | sort)
    others=$(echo "$failed" | grep -vc '^simulator\|^$' || true)
    if echo "$failed" | grep -q '^simulator'; then
        # The first thing that the book had to say.
        why=$(echo "$out" | awk '/^thread .*simulator|^thread .<unnamed>/ { getline; print; exit }' |
            sed 's/^assertion .* failed: //' | cut -c1-72)
        printf '%-62s caught: %-72s and by %s other tests\n' "$rule" "$why" "$others"
    else
        survived=$((survived + 1))
        printf '%-62s SURVIVED the simulator; caught by: %s\n' "$rule" "$(echo "$failed" | tr '\n' ' ')"
    fi
    cp "$copy/kept" "$path"
done <"$root/tests/teeth/rules.tsv"

if [ "$survived" -gt 0 ]; then
    echo "$survived removals were not noticed by the simulator" >&2
    exit 1
fi
