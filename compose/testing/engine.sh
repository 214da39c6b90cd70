# An engine, compose and base images without any registry. Sourced by ../test.

# Says loudly why there is nothing to test, and ends well: a machine without an engine is no failure.
skip() {
  printf '\n*** SKIPPED: the containers were not tested: %s ***\n\n' "$1" >&2
  exit 0
}

# Runs a step and says how long it took.
step() {
  local what=$1 begin=$SECONDS
  shift
  printf '==> %s\n' "$what"
  "$@"
  printf '    %s: %s s\n' "$what" $((SECONDS - begin))
}

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  exit 1
}

# Waits until a command succeeds, at most so many seconds; says after how long in `waited`.
within() {
  local limit=$1 begin=$EPOCHREALTIME
  shift
  local end=$((SECONDS + limit))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "not within $limit s: $*"
    sleep 0.2
  done
  waited=$(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
}

look_for_engine() {
  [ "$(id -u)" = 0 ] || skip "root is needed for an engine of its own"
  for program in dockerd runc mmdebstrap unshare ip curl jq; do
    command -v "$program" >/dev/null || skip "$program is not installed (make setup-containers)"
  done
  unshare --net --mount --pid --fork --mount-proc true 2>/dev/null ||
    skip "this machine allows no namespaces of one's own"
  unshare --net ip link add look type bridge 2>/dev/null || skip "this kernel has no bridges"
}

# The folder of this run, and what is kept from one run to the next.
prepare() {
  export root=${here%/*}
  export kept=${LAUREL_CONTAINERS:-$root/.build/containers}
  mkdir -p "$kept"
  export work=$(mktemp -d "${TMPDIR:-/tmp}/laurel-containers.XXXXXX")
  trap 'rm -rf "$work" "$here/programs"' EXIT
  find_compose
  . /etc/os-release
  local suite=${VERSION_CODENAME:?} common=ca-certificates,libnng1,libpq5,libsqlite3-0,tzdata
  step "base image for services" base run "$suite" "$common"
  step "base image for the database" base database "$suite" "$common,postgresql"
  step "programs" programs
}

# A root file system as an archive, made from the distribution's packages; kept for a week.
base() {
  local file=$kept/$1-$2.tar
  if [ -n "$(find "$file" -mtime -7 2>/dev/null)" ]; then return; fi
  mmdebstrap --quiet --variant=minbase --include="$3" --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/var/log/*' \
    "$2" "$file.new" >"$work/mmdebstrap-$1.log" 2>&1 || {
    tail -5 "$work/mmdebstrap-$1.log" >&2
    skip "no base image can be made (no package mirror?)"
  }
  mv "$file.new" "$file"
}

# The programs with the Swift libraries in them: the base image has none.
programs() {
  local name names="laurel laurel-gateway laurel-ingestion laurel-scoring laurel-missions laurel-badging"
  local from=${PROGRAMS:-$root/.build/release}
  if [ -z "${PROGRAMS:-}" ]; then
    for name in $names; do
      (cd "$root" && swift build -c release --static-swift-stdlib --product "$name" >"$work/build.log" 2>&1) ||
        { tail -20 "$work/build.log" >&2; fail "$name does not build"; }
    done
  fi
  rm -rf "$here/programs"
  mkdir -p "$here/programs"
  for name in $names; do strip -o "$here/programs/$name" "$from/$name"; done
  if ldd "$here/programs/laurel" | grep -q libswiftCore; then
    fail "$from/laurel needs Swift's libraries: build it with --static-swift-stdlib"
  fi
}

# Compose 2 is one file; older releases get it from a newer one's package.
find_compose() {
  export compose_program=$kept/docker-compose
  if [ -x "$compose_program" ]; then return; fi
  local state=$work/apt
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/package"
  echo "deb http://deb.debian.org/debian trixie main" >"$state/sources.list"
  local apt=(apt-get -qq -o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" -o APT::Sandbox::User=root
    -o Acquire::Languages=none -o Dir::Etc::PreferencesParts=/dev/null)
  "${apt[@]}" update >/dev/null 2>&1 || skip "no package list of a newer Debian can be had for compose"
  (cd "$state" && "${apt[@]}" download docker-compose >/dev/null 2>&1) ||
    skip "no package of compose 2 can be had"
  dpkg-deb -x "$state"/docker-compose_*.deb "$state/package"
  install -m 0755 "$(find "$state/package" -type f -name docker-compose -size +1M)" "$compose_program"
}

# Inside the namespaces: loopback, a folder of its own for sockets, and the engine.
start_engine() {
  ip link set lo up
  mount -t tmpfs tmpfs /run
  mkdir -p "$work/data" /run/containers
  export DOCKER_HOST=unix:///run/containers/engine.sock DOCKER_CONFIG=$work/config DOCKER_BUILDKIT=1
  dockerd --iptables=false --ip6tables=false --bridge=none --data-root "$work/data" \
    --exec-root /run/containers/exec --pidfile /run/containers/engine.pid --host "$DOCKER_HOST" \
    --exec-opt native.cgroupdriver=cgroupfs >"$work/engine.log" 2>&1 &
  engine=$!
  local end=$((SECONDS + 30))
  until docker version >/dev/null 2>&1; do
    kill -0 $engine 2>/dev/null && [ $SECONDS -lt $end ] || {
      tail -5 "$work/engine.log" >&2
      skip "the engine does not start"
    }
    sleep 0.2
  done
  echo "engine $(docker version --format '{{.Server.Version}}')," \
    "$(docker info --format '{{.Driver}}, cgroups {{.CgroupVersion}}'), $("$compose_program" version | head -1)"
}

# The machine's own client may be another one.
docker() { /usr/bin/docker "$@"; }
compose() { "$compose_program" "$@"; }

build_images() {
  docker import "$kept"/run-*.tar laurel-base:run >/dev/null
  docker import "$kept"/database-*.tar laurel-base:database >/dev/null
  local build=(docker build --quiet --network=host -f "$here/Dockerfile" --build-arg PROGRAMS=built
    --build-arg RUN_IMAGE=laurel-base:run --build-arg DATABASE_IMAGE=laurel-base:database)
  "${build[@]}" -t laurel "$root" >/dev/null || fail "the image of the services does not build"
  "${build[@]}" --target database -t laurel-database "$root" >/dev/null || fail "the database's does not"
  docker images --format '    {{.Repository}}:{{.Tag}} {{.Size}}' | sort
}

finish() {
  local code=$?
  if [ $code != 0 ] && [ -n "${project:-}" ]; then
    compose -f "$file" ps -a >&2 || true
    compose -f "$file" logs --no-color --tail 15 >&2 || true
  fi
  if [ -n "${project:-}" ]; then compose -f "$file" --profile tools down -v -t 5 >/dev/null 2>&1 || true; fi
  # What does not end by then ends with the namespace.
  if [ -n "${engine:-}" ] && kill "$engine" 2>/dev/null; then
    timeout 10 tail --pid="$engine" -f /dev/null || true
  fi
  exit $code
}
