# compose.postgres.yaml: PostgreSQL, scoring scaled under load. Sourced by ../test.

run_postgres() {
  local name
  project=laurel-postgres file=$here/compose.postgres.yaml address=127.0.0.1:8080
  printf '\n=== compose.postgres.yaml (PostgreSQL) ===\n'
  step "up, all healthy" up
  step "main job" main_job
  start_load
  scale 3
  check_inside database
  laurel status | awk '/scoring/ { print "    " $0 }' | head -4
  sockets 3
  for name in scoring missions ingestion gateway database; do
    crash "$name"
    within 90 whole 3
    echo "    $name killed: every partition owned and all healthy again after $waited s"
  done
  scale 1
  sockets 1
  stop_load
  check_all
  step "backup and restore" backup_and_restore
  check_all
  step "down" down
  project=
}

# Starts or stops replicas of scoring, and waits until those that are there share the partitions.
scale() {
  local begin=$SECONDS
  up --scale "scoring=$1" --no-recreate
  scaled=$1
  within 30 shared scoring "$1"
  echo "    scoring scaled to $1: all up and partitions shared after $((SECONDS - begin)) s"
}

whole() {
  local name
  for name in ingestion missions badging; do shared "$name" 1 || return 1; done
  shared scoring "$1" && healthy
}

# Each replica of scoring has its three sockets, named by its host; who has left took them away.
sockets() {
  local wanted found
  wanted=$(for id in $(compose -f "$file" ps -q scoring); do
    for kind in bell health rpc; do echo "scoring-${id:0:12}.$kind"; done
  done | sort)
  found=$(compose -f "$file" exec -T gateway sh -c 'ls /run/laurel' | grep '^scoring-' | sort)
  expect "sockets of scoring" "$wanted" "$found"
  echo "    sockets: $1 replicas, $(wc -l <<<"$found") files, named by host"
}
