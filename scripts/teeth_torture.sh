#!/bin/sh
# Whether the torture bites: takes the safeguards of one group of tests/teeth/torture.tsv at a time out
# of a copy of the program, and fails unless the torture finds what the group guards. About four minutes
# a group.
#   scripts/teeth_torture.sh            all groups
#   scripts/teeth_torture.sh dedupe     those whose name contains "dedupe"
# DURATION: seconds of each torture (90). SEED: the same for all.
set -eu

cd "$(dirname "$0")/.."
. scripts/removal.sh
root=$PWD
wanted=${1:-}
export SEED="${SEED:-1}" RUST_BACKTRACE=0
export CARGO_TARGET_DIR="$root/target/teeth"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT INT TERM
tab=$(printf '\t')
survived=0

groups=$(grep -v '^#' tests/teeth/torture.tsv | cut -f1 | uniq)
IFS='
'
for group in $groups; do
    case $group in *"$wanted"*) ;; *) continue ;; esac
    rm -rf "$copy"
    mkdir "$copy"
    # What git knows or would know, as it stands in the working tree, and the built console.
    git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$copy"
    cp -r web-client/dist "$copy/web-client/"
    cd "$copy"
    while IFS=$tab read -r name property file text instead; do
        [ "$name" = "$group" ] || continue
        found=$property
        replace "src/$file" "$text" "$instead" || give_up "$group: cannot be taken away"
    done <tests/teeth/torture.tsv
    built=$(cargo test --test torture --no-run 2>&1) || give_up "$group: does not compile: $built"
    out=$(cargo test --quiet --test torture 2>&1) && ended=clean || ended=found
    counts=$(echo "$out" | grep -E '^(view|torture): ' | grep -oE "\\b($found)=[1-9][0-9]*" | tr '\n' ' ' || true)
    if [ $ended = found ] && [ -n "$counts" ]; then
        printf '%-40s %s\n' "$group" "$counts"
    else
        printf '%-40s SURVIVED\n%s\n' "$group" "$(echo "$out" | tail -12)"
        survived=$((survived + 1))
    fi
    cd "$root"
done

[ "$survived" -eq 0 ] || give_up "$survived groups were not noticed, or something else was"
