# compose.yaml: SQLite, one replica of each service. Sourced by ../test.

run_sqlite() {
  local name
  project=laurel file=$here/compose.yaml address=127.0.0.1:8080
  export LAUREL_FEEDS=$work/feeds
  mkdir -p "$work/feeds"
  printf '\n=== compose.yaml (SQLite) ===\n'
  step "up, all healthy" up
  step "main job" main_job
  check_inside
  start_load
  for name in gateway ingestion scoring missions badging; do
    crash "$name"
    within 60 healthy
    echo "    $name killed: all healthy again after $waited s"
  done
  stop_load
  check_all
  step "backup and restore" backup_and_restore
  check_all
  step "down" down
  project=
}
