# For the scripts that take one rule at a time out of the program and see who notices.

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

give_up() {
    echo "$1" >&2
    exit 1
}
