# What is asked of a running installation. Sourced by ../test; `project`, `file` and `address` are set there.

services="gateway ingestion scoring missions badging"
inner="scoring missions badging"

laurel() { compose -f "$file" exec -T gateway laurel "$@"; }

# Asks the published port: METHOD PATH [BODY]; the answer's body, and its position in the file `position`.
ask() {
  local method=$1 path=$2
  shift 2
  curl -sS --fail-with-body --max-time 30 -X "$method" -D "$work/headers" \
    -H "Authorization: Bearer $key" -H "Content-Type: ${type:-application/json}" \
    ${after:+-H "X-Laurel-Position: $after"} ${1:+--data-binary "$1"} \
    "http://$address/api/loyalty/v1$path"
}

# The position of the last answer, for reads that are to see it.
position() { tr -d '\r' <"$work/headers" | awk 'tolower($1) == "x-laurel-position:" { print $2 }'; }

# expect WHAT WANTED GOT
expect() { [ "$2" = "$3" ] || fail "$1: wanted $2, got $3"; }

key_of_admin() { key=$(compose -f "$file" exec -T gateway cat /var/lib/laurel/admin.key); }

# One day's events of customers FROM to TO with a name, as JSON Lines.
events() {
  awk -v name="$1" -v from="$2" -v to="$3" -v now="$(date +%s)" 'BEGIN {
    split("CALL_OUTGOING DATA_USAGE APP_LOGIN RECHARGE CALL_INCOMING APP_FEATURE_USE", kinds, " ")
    for (i = from; i <= to; i++) for (k = 1; k <= 6; k++) {
      at = strftime("%Y-%m-%dT%H:%M:%SZ", now - 86400 * (k % 5), 1)
      printf "{\"customer_id\":\"%s-%d\",\"event_type\":\"%s\",\"value\":%d,\"timestamp\":\"%s\"," \
        "\"source_event_id\":\"%s-%d-%d\"}\n", name, i, kinds[k], 10 + k, at, name, i, k
    }
  }'
}

# The main job: records in; scores, a mission, its completion, a badge and points out; a repeat changes nothing.
main_job() {
  local now answer
  key_of_admin
  events bulk 1 500 >"$work/bulk"
  answer=$(type=application/x-ndjson ask POST /customer-events/batch/ "@$work/bulk")
  expect "accepted" 3000 "$(jq .accepted <<<"$answer")"
  answer=$(type=application/x-ndjson ask POST /customer-events/batch/ "@$work/bulk")
  expect "repeated" 3000 "$(jq .duplicate <<<"$answer")"

  now=$(date -u +%FT%TZ)
  ask POST /customer-events/batch/ "[{\"customer_id\":\"k-1\",\"event_type\":\"ACTIVATION\",
    \"timestamp\":\"$now\",\"source_event_id\":\"born\"}]" >/dev/null
  after=$(position)
  answer=$(ask POST /missions/generate-for-customer/ '{"customer_id":"k-1"}')
  grep -q first_call <<<"$answer" || fail "no mission first_call: $answer"
  now=$(date -u -d '+5 seconds' +%FT%TZ)
  ask POST /customer-events/batch/ "[{\"customer_id\":\"k-1\",\"event_type\":\"CALL_OUTGOING\",\"value\":60,
    \"timestamp\":\"$now\",\"source_event_id\":\"call\"}]" >/dev/null
  after=$(position)
  answer=$(ask GET /points/k-1/)
  expect "points of first_call" 100 "$(jq .balance <<<"$answer")"
  ask GET "/missions/?customer_id=k-1" | grep -q completed || fail "first_call is not completed"
  ask GET "/badge-awards/?customer_id=k-1" | grep -q activated || fail "no badge 'activated'"
  answer=$(ask GET /customers/bulk-7/)
  jq -e '.scores.engagement_score // .scores.scores.engagement // .scores.engagement' <<<"$answer" >/dev/null ||
    fail "no scores of bulk-7: $answer"
  after=
}

# Posts batches until the file `stop` appears; leaves how many events were accepted in `sent`.
load() {
  local round=0 accepted=0 tries=0 answer
  rm -f "$work/stop" "$work/sent"
  while [ ! -e "$work/stop" ]; do
    round=$((round + 1))
    events "load$round" 1 50 >"$work/load"
    # The same batch again until it is answered: what came twice is a duplicate.
    until answer=$(type=application/x-ndjson work=$work/load.d ask POST /customer-events/batch/ "@$work/load" 2>/dev/null) &&
      [ "$(jq '.accepted + .duplicate' <<<"$answer" 2>/dev/null)" = 300 ]; do
      tries=$((tries + 1))
      [ $tries -lt 600 ] || { echo "no answer to a batch: $answer" >&2; return 1; }
      sleep 0.1
    done
    accepted=$((accepted + 300))
  done
  echo "$accepted $tries" >"$work/sent"
}

start_load() {
  mkdir -p "$work/load.d"
  load &
  loading=$!
}

# Ends the load, and waits until everything has had its effects.
stop_load() {
  touch "$work/stop"
  wait "$loading" || fail "the load did not get through"
  read -r accepted tries <"$work/sent"
  within 60 settled
  echo "    load: $accepted events accepted while all that went on, $tries refused tries repeated; lag gone after $waited s"
}

settled() {
  laurel status --json | jq -e '[.lag[].entries] | add == 0' &&
    laurel status --json | jq -e '[.replicas[] | select(.journal == "events") | .partitions[]] | length == 64'
}

# Whether N replicas of a service share its partitions, none without an owner.
shared() {
  laurel status --json | jq -e --arg service "$1" --argjson count "$2" '
    [.members[] | select(.service == $service) | .partitions]
    | length == $count and all(. > 0) and add == 65'
}

check_all() {
  step "rebuild" laurel rebuild
  step "audit" laurel audit
}

# What a container may do and see, from inside.
check_inside() {
  local name id mode
  for name in $services ${1:-}; do
    for id in $(compose -f "$file" ps -q "$name"); do
      for mode in CapEff:0000000000000000 CapBnd:0000000000000000 NoNewPrivs:1; do
        docker exec "$id" sh -c 'cat /proc/[0-9]*/status' | grep "^${mode%:*}:" | tr -d ' \t' | sort -u >"$work/found"
        expect "$name ${mode%:*}" "$mode" "$(cat "$work/found")"
      done
      docker exec "$id" sh -c 'cat /proc/1/status' | awk '/^Uid:/ { exit $2 == 0 }' || fail "$name runs as root"
      docker exec "$id" cat /proc/mounts | awk '$2 == "/" { exit $4 !~ /^ro,/ }' || fail "$name can write its root"
      docker inspect --format '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}' "$id" |
        awk '{ exit !($1 > 0 && $2 > 0) }' || fail "$name has no limits"
    done
  done
  echo "    inside every container: CapEff 0, CapBnd 0, NoNewPrivs 1, not root, root file system read-only"
  for name in $inner ${1:-}; do
    for id in $(compose -f "$file" ps -q "$name"); do
      expect "interfaces of $name" lo "$(docker exec "$id" sh -c \
        'for i in /sys/class/net/*; do [ $(($(cat $i/flags) & 1)) = 0 ] || basename $i; done')"
      expect "routes of $name" 1 "$(docker exec "$id" cat /proc/net/route | wc -l)"
    done
  done
  echo "    $inner ${1:-}: loopback only, no route out"
  expect "published ports" gateway "$(docker ps --format '{{.Names}} {{.Ports}}' |
    awk '/->/ { print $1 }' | sed "s/^$project-//; s/-[0-9]*$//")"
  expect "folder of the sockets" "3770 10001 10001" \
    "$(compose -f "$file" exec -T gateway stat -c '%a %u %g' /run/laurel)"
}

# Ends a container's first process as a crash would, from outside; the engine starts it again.
crash() {
  local id before
  id=$(compose -f "$file" ps -q "$1" | head -1)
  before=$(docker inspect --format '{{.State.StartedAt}}' "$id")
  kill -9 "$(docker inspect --format '{{.State.Pid}}' "$id")"
  within 30 restarted "$id" "$before"
}

restarted() {
  local state
  state=$(docker inspect --format '{{.State.Running}} {{.State.StartedAt}}' "$1")
  [[ $state == true* && $state != "true $2" ]]
}

healthy() {
  local id
  for id in $(compose -f "$file" ps -q $services); do
    [ "$(docker inspect --format '{{.State.Health.Status}}' "$id")" = healthy ] || return 1
  done
}

up() { compose -f "$file" up --no-build --quiet-pull --wait --wait-timeout 120 "$@" >"$work/up" 2>&1 || {
  cat "$work/up" >&2
  fail "the containers are not up"
}; }

# A backup while it runs, everything gone, and the backup put back.
backup_and_restore() {
  local before
  before=$(ask GET /points/k-1/ | jq .balance)
  compose -f "$file" run --rm -T tools backup --out /backup/one >"$work/backup" 2>&1 || {
    cat "$work/backup" >&2
    fail "no backup"
  }
  tail -1 "$work/backup"
  compose -f "$file" stop -t 20 $services >/dev/null 2>&1
  ! compose -f "$file" run --rm -T tools restore /backup/one >"$work/restore" 2>&1 ||
    fail "a restore over stores that are there was not refused"
  grep -q -- --replace "$work/restore" || fail "refused without saying what to do: $(cat "$work/restore")"
  compose -f "$file" run --rm -T tools restore /backup/one --replace >"$work/restore" 2>&1 || {
    cat "$work/restore" >&2
    fail "no restore"
  }
  tail -1 "$work/restore"
  up
  within 60 settled
  key_of_admin
  expect "points after the restore" "$before" "$(ask GET /points/k-1/ | jq .balance)"
}

summary() {
  printf '\nall containers passed in %s s\n' "$SECONDS"
}

down() { compose -f "$file" --profile tools down -v -t 20 >/dev/null 2>&1; }
