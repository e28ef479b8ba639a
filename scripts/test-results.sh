# Functions of ./test: running one project, reading its results, looking for secrets in them. Sourced; expects $results.
# shellcheck shell=bash

# A test that hangs must not hang the command: so many seconds each project may take. --long gives more, and each soak the machine to itself.
limit=1500 at_once=2
[ -z "${RECIPES_LONG:-}" ] || limit=3600 at_once=1
passed=0
failed=0
skipped=0

# run_dotnet_tests FILTER FOLDER...: runs the tests of built projects, two at a time as many of them wait for servers and browsers (one with --long), and
# adds up their results. Returns 1 when a test failed or a test host crashed, which may leave no results at all.
run_dotnet_tests() {
  local filter=$1 pid status=0
  local -A running=()
  shift
  while [ $# -gt 0 ] || [ ${#running[@]} -gt 0 ]; do
    while [ $# -gt 0 ] && [ ${#running[@]} -lt $at_once ]; do
      run_dotnet_project "$(basename "$1")" "$1" "$filter" &
      running[$!]=$(basename "$1")
      shift
    done

    wait -n -p pid "${!running[@]}" || true
    read_dotnet_results "${running[$pid]}" || status=1
    unset "running[$pid]"
  done

  return $status
}

# run_dotnet_project NAME FOLDER FILTER: runs one project and leaves its results, exit code and seconds in files.
run_dotnet_project() {
  local name=$1 folder=$2 filter=$3 started=$SECONDS code=0
  timeout --kill-after=10 "$limit" dotnet test "$folder/bin/Release/net10.0/$name.dll" --nologo --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    ${filter:+--filter "$filter"} >"$results/$name.log" 2>&1 || code=$?
  echo "$code $((SECONDS - started))" >"$results/$name.ended"
}

# read_dotnet_results NAME: adds up what a project left. Returns 1 when a test failed or its host crashed.
read_dotnet_results() {
  local name=$1 code=1 seconds=0 p=0 f=0 s=0
  local trx=$results/$name.trx log=$results/$name.log
  read -r code seconds <"$results/$name.ended"
  if [ -f "$trx" ]; then
    # Counters say 0 for skipped tests: skipped is total less executed.
    read -r p f s < <(grep -o '<Counters [^>]*' "$trx" | awk '
      { for (i = 1; i <= NF; i++) { split($i, a, "\"")
          if ($i ~ /^total=/) t += a[2]
          if ($i ~ /^executed=/) e += a[2]
          if ($i ~ /^passed=/) p += a[2]
          if ($i ~ /^(failed|error|timeout|aborted)=/) f += a[2] } }
      END { print p + 0, f + 0, t - e }')
  fi

  if [ "$f" -gt 0 ]; then
    # From the first failed test on: names, messages, stacks.
    sed -n '/^ *Failed [^ ]/,$p' "$log"
  elif [ "$code" -ne 0 ]; then
    # A crash fails no test that could be counted, so it counts as one.
    f=1
    echo "$name ended with exit code $code; its output begins:"
    head -n 30 "$log" | cut -c 1-200
  fi

  if [ $((p + f + s)) -gt 0 ]; then
    echo "$name: $p passed, $f failed, $s skipped ($seconds s)"
  fi

  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  [ "$f" -eq 0 ] && [ "$code" -eq 0 ]
}

# run_node_tests FOLDER: runs node --test there and adds up its results. Without Node they count as one skipped, where CI is set as failed.
run_node_tests() {
  local folder=$1 started=$SECONDS code=0 p f s
  local log=$results/${1//\//-}.log
  if ! has_program node || [ ! -d "$folder/node_modules" ]; then
    echo "$folder: its tests need Node and its packages"
    if [ -n "${CI:-}" ]; then failed=$((failed + 1)); return 1; fi
    skipped=$((skipped + 1))
    return 0
  fi

  (cd "$folder" && timeout --kill-after=10 "$limit" node --test --test-reporter=tap) >"$log" 2>&1 || code=$?
  p=$(sed -n 's/^# pass \([0-9]*\)$/\1/p' "$log" | tail -n 1)
  f=$(sed -n 's/^# \(fail\|cancelled\) \([0-9]*\)$/\2/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
  s=$(sed -n 's/^# \(skipped\|todo\) \([0-9]*\)$/\2/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
  p=${p:-0}
  if [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  if [ "$f" -gt 0 ]; then
    grep -A 30 '^ *not ok ' "$log" || tail -n 30 "$log"
  fi

  echo "$folder: $p passed, $f failed, $s skipped ($((SECONDS - started)) s)"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  [ "$f" -eq 0 ]
}

# find_canaries FOLDER: looks in all results for the secrets that the tests registered, in each of their disguises. A finding counts as
# one failed test. Prints the label and the place, never the secret.
find_canaries() {
  local folder=$1 patterns places line label
  [ -s "$RECIPES_CANARY_FILE" ] || return 0
  patterns=$(mktemp)
  cut -f 2- "$RECIPES_CANARY_FILE" | tr '\t' '\n' | grep . | sort -u >"$patterns"
  places=$(grep -r -n -o -F -f "$patterns" "$folder" 2>/dev/null | head -n 50)
  rm -f "$patterns"
  [ -n "$places" ] || return 0
  echo "Secrets of the tests show in their results:"
  while IFS= read -r line; do
    label=$(grep -F -- "${line##*:}" "$RECIPES_CANARY_FILE" | head -n 1 | cut -f 1)
    echo "  $label: ${line%:*}"
  done <<<"$places"
  failed=$((failed + 1))
  return 1
}

# Prints the one final line; returns 1 when something failed or nothing was run.
print_totals() {
  if [ $((passed + failed + skipped)) -eq 0 ]; then
    echo "No test was run."
  fi

  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
}
