#!/bin/sh
# Join single digits into one file, with 0.3 s of silence between them. The level is not changed.
# use: sh join.sh SUFFIX RATE "DIGITS" OUTPUT [encoder options]      (run it in this folder; FFMPEG may name the program)
set -eu
suffix=$1 rate=$2 digits=$3 out=$4
shift 4
ff=${FFMPEG:-ffmpeg}
raw=$(mktemp)
trap 'rm -f "$raw"' EXIT
gap=$((rate * 3 / 10 * 2))
first=yes
for d in $digits; do
    [ "$first" = yes ] || head -c "$gap" /dev/zero >>"$raw"
    first=no
    "$ff" -nostdin -v error -i "${d}_${suffix}.ogg" -f s16le -ac 1 -ar "$rate" - >>"$raw"
done
"$ff" -nostdin -v error -y -f s16le -ar "$rate" -ac 1 -i "$raw" \
    -fflags +bitexact -flags:a +bitexact "$@" "$out"
