#!/bin/sh
# Counts the instructions of the paths in benches/instructions.tsv, by callgrind: the same on a busy
# machine as on a quiet one. Fails if one takes over a twentieth more than is written there, when the
# compiler is that of the file; else it only tells.
#   scripts/instructions.sh          compares
#   scripts/instructions.sh write    writes the counts of today into the file
set -eu

cd "$(dirname "$0")/.."
. scripts/removal.sh
file=benches/instructions.tsv
times=100
compiler=$(rustc --version)

# binary_of <bench>
binary_of() {
    built=$(cargo bench --bench "$1" --no-run --message-format short 2>&1) || give_up "$built"
    echo "$built" | sed -n 's/.*Executable .*(\(.*\)).*/\1/p'
}

# instructions <binary> <path> <times>
instructions() {
    out=$(COUNT_PATH=$2 COUNT_TIMES=$3 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$1" 2>&1) ||
        give_up "$out"
    echo "$out" | sed -n 's/^==[0-9]*== Collected : //p'
}

tab=$(printf '\t')
counted=$(mktemp)
trap 'rm -f "$counted"' EXIT INT TERM
sed -n '/^#/p' "$file" | grep -v '^# rustc' >"$counted"
echo "# $compiler" >>"$counted"
grep -q "^# $compiler\$" "$file" && same=yes || same=no
more=0
last=
while IFS=$tab read -r bench path before; do
    case $bench in '#'* | '') continue ;; esac
    [ "$bench" = "$last" ] || binary=$(binary_of "$bench")
    last=$bench
    # The difference leaves out what comes before and after.
    once=$(instructions "$binary" "$path" "$times")
    twice=$(instructions "$binary" "$path" $((2 * times)))
    now=$(((twice - once) / times))
    printf '%s\t%s\t%s\n' "$bench" "$path" "$now" >>"$counted"
    change=$(((now - before) * 100 / before))
    printf '%-8s %-28s %9d instructions, were %9d: %+d %%\n' "$bench" "$path" "$now" "$before" "$change"
    [ $((now * 20)) -le $((before * 21)) ] || more=$((more + 1))
done <"$file"

if [ "${1:-}" = write ]; then
    cp "$counted" "$file"
elif [ "$more" -gt 0 ] && [ $same = yes ]; then
    give_up "$more paths take over a twentieth more than before; if that is meant: scripts/instructions.sh write"
elif [ $same = no ]; then
    echo "counted with another compiler than those in $file: nothing is concluded"
fi
