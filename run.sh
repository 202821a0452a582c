#!/usr/bin/env bash
# Installs and runs Unswap, also on a new machine. Needs bash, Node.js 18 or newer, and npm.
# The project itself runs on the Node 24 that `npm ci` puts into node_modules/.bin.
set -euo pipefail
CALLED_FROM=$PWD
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
STATE=$ROOT/.unswap
PID_FILE=$STATE/server.pid
LOG_FILE=$STATE/server.log
PORT=${UNSWAP_PORT:-$(sed -n 's/^UNSWAP_PORT=//p' "$ROOT/.env" 2>/dev/null || true)}
PORT=${PORT:-8000}
NODE=$ROOT/node_modules/.bin/node
SERVER=$ROOT/packages/server/src/main.ts

# onnxruntime's install script would fetch GPU libraries of several hundred megabytes; the CPU needs none.
export ONNXRUNTIME_NODE_INSTALL=${ONNXRUNTIME_NODE_INSTALL:-skip}
# onnxruntime's builds send telemetry by default. The detector also sets this before it loads them.
export ORT_DISABLE_TELEMETRY=1

say() { printf '%s\n' "$*" >&2; }
die() { say "run.sh: $*"; exit 5; }
has() { command -v "$1" >/dev/null 2>&1; }

usage() {
  cat <<'TEXT'
Usage: ./run.sh COMMAND

  analyze FILE...   find deepfakes in photographs and videos   (./run.sh analyze --help)
  start             start the service and the web page on http://localhost:8000 (UNSWAP_PORT)
  start --docker    start it in containers behind nginx, with TLS; add scale, watch, acme (docs/deploy.md)
  stop | restart    stop it, or stop and start it
  status            say whether it runs
  logs [-f]         show its log
  test              install what the tests need, then run every check
  doctor | models   show what works on this machine; list the models
  verify | signing  check a report; make keys that sign reports
  keys | schema     manage keys of the service; print the JSON schema of a report
  backup FILE       save the service's database while it runs; restore FILE puts it back
  dataset | evaluate | calibrate | drift   prepare data sets; measure, calibrate and monitor a model
  train DATASET ROOT --from MODEL --out models/ID   make a model of your own   (./run.sh train --help)
  setup             install the project's packages and build the web page, without starting it
TEXT
}

# --- set-up -------------------------------------------------------------------------------------

# Locks the checkout (descriptor 9), so that parallel calls wait for one installation.
lock() {
  mkdir -p "$STATE"
  if has flock; then
    exec 9>"$STATE/setup.lock"
    flock 9
  else # macOS has no flock
    until mkdir "$STATE/setup.lock.d" 2>/dev/null; do
      kill -0 "$(cat "$STATE/setup.lock.d/pid" 2>/dev/null || echo 0)" 2>/dev/null || {
        sleep 2 # the owner may be about to write its pid
        kill -0 "$(cat "$STATE/setup.lock.d/pid" 2>/dev/null || echo 0)" 2>/dev/null || rm -rf "$STATE/setup.lock.d"
      }
      sleep 1
    done
    echo $$ >"$STATE/setup.lock.d/pid"
    trap 'rm -rf "$STATE/setup.lock.d"' EXIT
  fi
}

unlock() {
  if has flock; then exec 9>&-; else rm -rf "$STATE/setup.lock.d"; trap - EXIT; fi
}

can_apt() { [ "$(id -u)" = 0 ] && has apt-get; }

# Debian packages, without questions; the list is refreshed once.
apt_install() {
  [ -n "${APT_UPDATED:-}" ] || apt-get update -qq >&2
  APT_UPDATED=1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

node_is_usable() {
  has node && has npm && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 18 ]
}

need_node() {
  node_is_usable && return
  if can_apt; then
    say 'Installing Node.js and npm from Debian (only to install the project’s own Node 24)…'
    apt_install nodejs npm || true
    hash -r
    node_is_usable && return
  fi
  die 'Node.js 18 or newer with npm is needed. Install it and try again:
  Debian, Ubuntu:  sudo apt-get install nodejs npm
  Fedora:          sudo dnf install nodejs npm
  macOS:           brew install node
  anything else:   https://nodejs.org/en/download'
}

# Identifies the installed packages: the lock file and the kind of machine.
stamp() { { cat "$ROOT/package-lock.json"; uname -sm; } | cksum; }

is_set_up() {
  [ -x "$NODE" ] && [ "$(cat "$ROOT/node_modules/.unswap-stamp" 2>/dev/null)" = "$(stamp)" ]
}

# Installs the project's packages once per lock file. Writes to stderr, because stdout belongs to the command.
setup() {
  if ! is_set_up; then
    lock
    if ! is_set_up; then # another call may have done it while this one waited
      need_node
      say 'Setting up Unswap (once, about a minute)…'
      (cd "$ROOT" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
        die 'npm could not install the packages; its message is above. The npm registry must be reachable once.'
      [ -x "$NODE" ] || die "npm did not install Node 24 for this machine. Try: cd '$ROOT' && npm rebuild node"
      stamp >"$ROOT/node_modules/.unswap-stamp"
    fi
    unlock
  fi
  export PATH="$ROOT/node_modules/.bin:$PATH"
  # Keeps V8's compiled code: each start after the first saves a fifth of a second of processor time.
  export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$STATE/compile-cache}
  # Lets glibc use pages of two megabytes, so that mapping pictures and tensors costs less.
  export GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}
}

# --- the service --------------------------------------------------------------------------------

# Prints the pid of the running service. Ignores a pid file left by a crash, and a pid that was reused.
server_pid() {
  local pid
  pid=$(cat "$PID_FILE" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  { tr '\0' ' ' <"/proc/$pid/cmdline" || ps -p "$pid" -o args=; } 2>/dev/null | grep -qF "$SERVER" || return 1
  echo "$pid"
}

# Builds the web page when it is missing or older than its sources.
build_web() {
  local web=$ROOT/packages/web
  [ -f "$web/index.html" ] || return 0
  if [ ! -f "$web/dist/index.html" ] ||
    [ -n "$(find "$web" "$ROOT/packages/contract/src" -path "$web/dist" -prune -o -path "$web/test" -prune -o \
      -type f -newer "$web/dist/index.html" -print | head -n 1)" ]; then
    say 'Building the web page…'
    (cd "$ROOT" && npm run --silent build -w packages/web -- --logLevel error >&2) || die 'The web page could not be built.'
  fi
}

# Waits until the service is ready, after its models passed their self-test. Ends with 1 if the process has gone, and
# with 2 if it runs but is not ready after a minute.
wait_until_ready() {
  "$NODE" -e '
    const [pid, port] = process.argv.slice(1).map(Number)
    const alive = () => { try { process.kill(pid, 0); return true } catch { return false } }
    for (const end = Date.now() + 60000; Date.now() < end && alive(); ) {
      const ok = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2000) })
        .then((response) => response.ok, () => false)
      if (ok && alive()) process.exit(0)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    process.exit(alive() ? 2 : 1)
  ' --input-type=module "$1" "$PORT"
}

start() {
  local pid
  setup
  lock
  if pid=$(server_pid); then
    unlock
    say "Unswap already runs (pid $pid): http://localhost:$PORT"
    return
  fi
  build_web
  local detach=nohup
  has setsid && detach='setsid nohup' # a Ctrl-C in this terminal must not reach the service
  cd "$ROOT"
  UNSWAP_PORT=$PORT $detach "$NODE" "$SERVER" >>"$LOG_FILE" 2>&1 </dev/null 9>&- &
  pid=$!
  echo "$pid" >"$PID_FILE"
  unlock
  local state=0
  wait_until_ready "$pid" || state=$?
  case $state in
    0) say "Unswap runs (pid $pid): http://localhost:$PORT" ;;
    2) say "Unswap runs (pid $pid), but is not ready after a minute: http://localhost:$PORT/readyz and ./run.sh logs say why." ;;
    *)
      rm -f "$PID_FILE"
      tail -n 5 "$LOG_FILE" >&2
      die "The service did not come up on port $PORT; the end of $LOG_FILE is above."
      ;;
  esac
}

stop() {
  local pid
  if ! pid=$(server_pid); then
    rm -f "$PID_FILE"
    say 'Unswap does not run.'
    return
  fi
  kill "$pid"
  for _ in $(seq 300); do # it finishes its work or puts it back into the queue
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  if kill -0 "$pid" 2>/dev/null; then
    say 'It did not stop within 30 s; killing it.'
    kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$PID_FILE"
  say 'Unswap has stopped.'
}

status() {
  local pid
  if pid=$(server_pid); then
    say "Unswap runs (pid $pid): http://localhost:$PORT"
  else
    say 'Unswap does not run. Start it with ./run.sh start'
    return 3
  fi
}

logs() {
  [ -f "$LOG_FILE" ] || die "There is no log yet ($LOG_FILE)."
  exec tail -n 200 "$@" "$LOG_FILE"
}

# --- tests --------------------------------------------------------------------------------------

# `program:package` of Debian: programs that the tests start.
TEST_TOOLS='ffmpeg:ffmpeg postgres:postgresql redis-server:redis-server chromium:chromium
  nginx:nginx envsubst:gettext-base openssl:openssl bwrap:bubblewrap
  prometheus:prometheus promtool:prometheus prometheus-node-exporter:prometheus-node-exporter
  prometheus-blackbox-exporter:prometheus-blackbox-exporter
  prometheus-alertmanager:prometheus-alertmanager amtool:prometheus-alertmanager'

# On Debian, some servers are not on the PATH of ordinary users.
has_tool() {
  has "$1" || [ -x "/usr/sbin/$1" ] || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

missing_tools() {
  local pair
  for pair in $TEST_TOOLS; do
    has_tool "${pair%%:*}" || printf '%s\n' "${pair##*:}"
  done | sort -u | tr '\n' ' '
}

install_test_tools() {
  local missing
  missing=$(missing_tools)
  [ -n "$missing" ] || return 0
  if can_apt; then
    say "Installing for the tests: $missing"
    # Debian starts servers when it installs them. This prevents it, because they could take a port of a test.
    local policy=/usr/sbin/policy-rc.d ours=
    [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && ours=1; }
    # shellcheck disable=SC2086 # a list of names
    apt_install $missing || say 'Some could not be installed.'
    [ -z "$ours" ] || rm -f $policy
    missing=$(missing_tools)
  fi
  [ -z "$missing" ] || say "Missing, so the tests that need them will say so: $missing
  Debian, Ubuntu: sudo apt-get update && sudo apt-get install $missing"
}

# Prints a Python that can test the trainer: one that has PyTorch, or the trainer's own environment. That is installed
# where PyTorch's wheels for processors can be reached, in two minutes at most.
trainer_python() {
  local python needed='import torch, cv2, onnx, onnxruntime, sklearn, av, pytest'
  for python in "${UNSWAP_PYTHON:-}" "$STATE/trainer-env/bin/python" "$ROOT/trainer/.venv/bin/python"; do
    [ -z "$python" ] || ! "$python" -c "$needed" 2>/dev/null || { echo "$python" && return; }
  done
  [ -z "${UNSWAP_PYTHON:-}" ] || return 1
  python=$("$NODE" --input-type=module -e '
    import { setUpTrainerPython } from "@unswap/lab"
    const [trainer, environment] = process.argv.slice(1)
    const quit = (error) => { console.error(`run.sh: ${error.message}`); process.exit(1) }
    await fetch("https://download.pytorch.org/whl/cpu/torch/", { method: "HEAD", signal: AbortSignal.timeout(5000) })
      .then((answer) => { if (!answer.ok) throw new Error(`download.pytorch.org answers ${answer.status}.`) })
      .catch((error) => quit(new Error(`The wheels of PyTorch cannot be reached (${error.message})`)))
    const say = (text) => console.error(`run.sh: ${text}`)
    console.log(await setUpTrainerPython({ trainer, environment }, say, AbortSignal.timeout(120_000)).catch(quit))
  ' "$ROOT/trainer" "$STATE/trainer-env") &&
    "$python" -m pip install --quiet -c "$ROOT/trainer/constraints.txt" pytest >&2 && echo "$python"
}

run_tests() {
  local python='' failed=0
  setup
  install_test_tools
  cd "$ROOT"
  if [ "${UNSWAP_TEST_TRAINER:-1}" = 0 ]; then
    say 'UNSWAP_TEST_TRAINER=0: the trainer is not tested.'
  elif python=$(trainer_python); then
    export UNSWAP_PYTHON=$python # also for the tests that train a toy
  else
    python=''
    say 'No Python with PyTorch and pytest is here and none was installed: the trainer is not tested (UNSWAP_PYTHON names one).'
  fi
  npm run check || failed=$?
  [ -z "$python" ] || test_trainer "$python" || failed=$?
  return "$failed"
}

# Three minutes of the trainer's tests. A slow machine does not come to the end of them, and says so. The trainer takes
# gentler signals for a wish to save, so it is killed.
test_trainer() {
  local state=0 bounded=''
  ! has timeout || bounded='timeout -s KILL 180'
  (cd "$ROOT/trainer" && $bounded "$1" -m pytest -q -x) || state=$?
  [ "$state" = 137 ] || return "$state"
  say 'The trainer: no test failed in three minutes, and the rest was left out. All of them: cd trainer && python -m pytest'
}

# --- commands -----------------------------------------------------------------------------------

unswap() {
  setup
  cd "$CALLED_FROM" # paths are relative to where the user is
  exec "$NODE" --initial-heap-size=128 "$ROOT/packages/cli/src/main.ts" "$@"
}

# save FILE | restore FILE: copies the configured database to a file, or back.
database() {
  setup
  cd "$CALLED_FROM"
  exec "$NODE" "$ROOT/deploy/backup.ts" "$@"
}

# If the service was started in containers, these commands act on the containers.
case "${1:-} ${2:-}" in
  'start --docker') exec "$ROOT/deploy/docker.sh" start "${@:3}" ;;
  'stop '* | 'status '* | 'logs '* | 'keys '* | 'backup '* | 'restore '*)
    [ ! -f "$STATE/deploy/profiles" ] || exec "$ROOT/deploy/docker.sh" "$@" ;;
esac

case "${1:-}" in
  analyze | verify | signing | models | doctor | schema | keys | dataset | train | evaluate | calibrate | drift) unswap "$@" ;;
  backup) database save "${@:2}" ;;
  restore)
    ! server_pid >/dev/null || die 'Stop the service first: ./run.sh stop'
    database restore "${@:2}"
    ;;
  start) start ;;
  stop) stop ;;
  restart) stop && start ;;
  status) status ;;
  logs) logs "${@:2}" ;;
  test) run_tests ;;
  setup) setup && build_web ;;
  help | -h | --help) usage ;;
  '')
    usage >&2
    exit 2
    ;;
  *)
    say "run.sh: there is no command $1."
    usage >&2
    exit 2
    ;;
esac
