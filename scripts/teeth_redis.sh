#!/bin/sh
# Whether the tests of the Redis store bite: leaves one check of tests/teeth/redis.tsv at a time out of
# a script, and fails unless the test that is named there fails. The program is built once.
#   scripts/teeth_redis.sh            all checks
#   scripts/teeth_redis.sh commit     those whose line contains "commit"
set -eu

cd "$(dirname "$0")/.."
. scripts/removal.sh
wanted=${1:-}
export RUST_BACKTRACE=0
# A signal that never comes is waited for without end.
seconds_max=60

# with <script> <tests>: what these say when it runs instead of the one of its name.
with() {
    script=$1
    shift
    REDIS_SCRIPT_ALTERED="$script" timeout "$seconds_max" "$tests" --format pretty "$@" 2>&1
}

built=$(cargo test --test it --no-run --message-format short 2>&1) || give_up "$built"
tests=$(echo "$built" | sed -n 's/.*Executable .*(\(.*\)).*/\1/p')
altered=$(mktemp -d)
trap 'rm -rf "$altered"' EXIT INT TERM

cp src/store/redis/lua/commit.lua "$altered"
echo "-- Another digest, nothing else." >>"$altered/commit.lua"
out=$(with "$altered/commit.lua" contract::redis store_redis) ||
    give_up "the tests fail with all checks in place: $(echo "$out" | tail -40)"

survived=0
tab=$(printf '\t')
while IFS=$tab read -r check file text instead guard; do
    line="$check $file $guard"
    case $check in '#'* | '') continue ;; esac
    case $line in *"$wanted"*) ;; *) continue ;; esac
    cp "src/store/redis/lua/$file" "$altered"
    replace "$altered/$file" "$text" "$instead" || give_up "$check: cannot be left out"
    out=$(with "$altered/$file" "::$guard") || true
    if echo "$out" | grep -q "^test \(contract::redis::.*\|store_redis\)::$guard \.\.\. FAILED$"; then
        printf '%-12s %-36s %s\n' "$file" "$check" "$guard"
    else
        printf '%-12s %-36s %s SURVIVED\n' "$file" "$check" "$guard"
        survived=$((survived + 1))
    fi
done <tests/teeth/redis.tsv

[ "$survived" -eq 0 ] || give_up "$survived checks can be left out unnoticed"
