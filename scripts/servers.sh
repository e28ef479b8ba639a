# Functions of ./run: building the host, starting it and the sandbox CRM, stopping what was started. Sourced, from the root of the repository.
# shellcheck shell=bash

# build_host: publishes the host to artifacts/host, when a source file is newer than what is there.
build_host() {
  build_project src/Recipes.Host artifacts/host
}

# build_project PROJECT FOLDER: publishes a project to a folder, when a source file is newer than what is there.
build_project() {
  local made=$2/.made
  if [ -f "$made" ] && [ -z "$(find src Directory.*.props Directory.Build.props -newer "$made" -type f -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; then
    return 0
  fi

  echo "Building (about a minute the first time)"
  local log
  log=$(mktemp)
  if ! dotnet publish "$1" -c Release -o "$2" --nologo -v quiet >"$log" 2>&1; then
    grep -E ': (error|warning) |^MSBUILD : error' "$log" | sort -u | head -n 20 || tail -n 20 "$log"
    rm -f "$log"
    echo "The build failed." >&2
    return 1
  fi

  rm -f "$log"
  touch "$made"
}

# secret_file PATH: prints the secret kept in that file; makes one the first time.
secret_file() {
  mkdir -p "$(dirname "$1")"
  [ -s "$1" ] || (umask 077 && node -e 'process.stdout.write(require("crypto").randomBytes(24).toString("base64url"))' >"$1")
  cat "$1"
}

# start_server NAME LOG COMMAND...: starts a server in the background; its process id is in $started.
start_server() {
  local name=$1 log=$2
  shift 2
  "$@" >"$log" 2>&1 </dev/null &
  started=$!
  servers+=("$started")
  names[$started]=$name
}

# wait_until_ready NAME PID ADDRESS LOG: waits until the address answers, at most 60 seconds.
wait_until_ready() {
  local name=$1 pid=$2 address=$3 log=$4 tries
  for ((tries = 0; tries < 600; tries++)); do
    if ! kill -0 "$pid" 2>/dev/null; then
      echo "$name did not start:" >&2
      tail -n 15 "$log" >&2
      return 1
    fi

    # -m: an address that accepts and never answers must not hold us up.
    if curl -fs -m 2 -o /dev/null "$address"; then return 0; fi
    sleep 0.1
  done

  echo "$name did not answer at $address within a minute; its log: $log" >&2
  return 1
}

# Ends what start_server started, and nothing else.
stop_servers() {
  local pid
  for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null || true; done
  servers=()
}

# free_port: prints a port on loopback that nobody listens on.
free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}
