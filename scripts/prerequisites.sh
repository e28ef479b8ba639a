# Functions that ./run and ./test share: what must be on the machine. Sourced, from the root of the repository.
# shellcheck shell=bash

# Whether a program is there, or whatever a full path (or a pattern of one) names; Debian keeps servers in /usr/sbin, which is not on everybody's PATH.
has_program() {
  if [[ $1 == /* ]]; then
    compgen -G "$1" >/dev/null
    return
  fi

  PATH="$PATH:/usr/sbin:/usr/bin:/sbin" command -v "$1" >/dev/null 2>&1
}

# require_dotnet: ends with a message when there is no .NET 10 SDK.
require_dotnet() {
  if ! has_program dotnet || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    exit 1
  fi
}

# require_node: ends with a message when there is no Node 20 or newer.
require_node() {
  local major
  major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
  if [ "${major:-0}" -lt 20 ] || ! has_program npm; then
    echo "Node 20 or newer with npm is missing: https://nodejs.org/" >&2
    exit 1
  fi
}

# ensure_packages PROGRAM=PACKAGE...: installs Debian packages whose program is missing, as root on Debian; elsewhere says in one
# line what is missing, and returns 1.
ensure_packages() {
  local pair missing=()
  for pair in "$@"; do
    has_program "${pair%%=*}" || missing+=("${pair#*=}")
  done

  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && has_program apt-get && [ -f /etc/debian_version ]; then
    echo "Installing: ${missing[*]}"
    local log
    log=$(mktemp)
    if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
      rm -f "$log"
      stop_packaged_servers "${missing[@]}"
      return 0
    fi

    tail -n 5 "$log" >&2
    rm -f "$log"
    echo "Not installed: ${missing[*]}" >&2
    return 1
  fi

  echo "Missing: ${missing[*]} (on Debian, as root: apt-get install ${missing[*]})" >&2
  return 1
}

# A package may start its server at once; here each test starts its own.
stop_packaged_servers() {
  local package
  for package in "$@"; do
    case $package in
      nginx-light) service nginx stop >/dev/null 2>&1 || true ;;
      radicale) service radicale stop >/dev/null 2>&1 || true ;;
      lighttpd) service lighttpd stop >/dev/null 2>&1 || true ;;
      etcd-server) service etcd stop >/dev/null 2>&1 || true ;;
      postgresql) service postgresql stop >/dev/null 2>&1 || true ;;
    esac
  done
}

# ensure_npm FOLDER: installs what its lock file names, when that was not done since the lock changed. A folder without a lock is
# skipped. Returns 1 when it did not work.
ensure_npm() {
  local folder=$1
  [ -f "$folder/package-lock.json" ] || return 0
  if [ -f "$folder/node_modules/.package-lock.json" ] && [ ! "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
    return 0
  fi

  echo "Installing npm packages of $folder"
  local log
  log=$(mktemp)
  if (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) >"$log" 2>&1; then
    # npm may keep an older time stamp than that of the lock.
    touch "$folder/node_modules/.package-lock.json"
    rm -f "$log"
    return 0
  fi

  tail -n 10 "$log" >&2
  rm -f "$log"
  echo "npm ci failed in $folder" >&2
  return 1
}
