#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "postgres.h"
#include "reference.h"

// The journal's loop on PostgreSQL with its tables, statements, order and commits, and nothing else.

static const char schema[] =
    "CREATE TABLE progress(partition BIGINT PRIMARY KEY, head BIGINT NOT NULL, intake BIGINT NOT NULL,"
    " row BYTEA NOT NULL);"
    "CREATE TABLE page(partition BIGINT, journal TEXT COLLATE \"C\", first BIGINT, count BIGINT NOT NULL,"
    " bytes BYTEA NOT NULL, PRIMARY KEY(partition, journal, first));"
    "CREATE TABLE lease(partition BIGINT PRIMARY KEY, owner TEXT COLLATE \"C\" NOT NULL,"
    " epoch BIGINT NOT NULL, expires BIGINT NOT NULL);"
    "CREATE TABLE folded(partition BIGINT PRIMARY KEY, intake BIGINT NOT NULL, version BIGINT NOT NULL);"
    "CREATE TABLE state(partition BIGINT, key BYTEA, value BYTEA NOT NULL, PRIMARY KEY(partition, key));"
    "CREATE TABLE identity(partition BIGINT, hash BYTEA, number BIGINT NOT NULL,"
    " PRIMARY KEY(partition, hash));"
    "INSERT INTO progress SELECT n, 0, 0, '' FROM generate_series(0, 63) n;"
    "INSERT INTO lease SELECT n, 'reference', 1, 0 FROM generate_series(0, 63) n;";

static const char *const statements[][2] = {
    {"move", "UPDATE progress SET head = $2, intake = $3, row = $4"
             " WHERE partition = $1 AND head = $5 AND intake = $6"},
    {"append", "INSERT INTO page(partition, journal, first, count, bytes) VALUES($1, $2, $3, $4, $5)"},
    {"claim", "INSERT INTO identity(partition, hash, number)"
              " SELECT $1, u.c1, u.c2 FROM unnest($2::bytea[], $3::bigint[]) AS u(c1, c2) WHERE true"
              " ON CONFLICT(partition, hash) DO UPDATE SET number = excluded.number"},
    {"folded", "INSERT INTO folded(partition, intake, version) VALUES($1, $2, $3)"
               " ON CONFLICT(partition) DO UPDATE SET intake = excluded.intake, version = excluded.version"},
    {"lease", "UPDATE lease SET epoch = $2 WHERE partition = $1 AND epoch = $2 AND owner = $3"},
    {"upsert", "INSERT INTO state(partition, key, value)"
               " SELECT $1, u.c1, u.c2 FROM unnest($2::bytea[], $3::bytea[]) AS u(c1, c2) WHERE true"
               " ON CONFLICT(partition, key) DO UPDATE SET value = excluded.value"},
    {"find_hash", "SELECT t.hash, t.number FROM unnest($2::bytea[]) AS u(c1) CROSS JOIN LATERAL"
                  " (SELECT * FROM identity WHERE partition = $1 AND hash = u.c1 OFFSET 0) AS t"},
    {"find_row", "SELECT t.key, t.value FROM unnest($2::bytea[]) AS u(c1) CROSS JOIN LATERAL"
                 " (SELECT * FROM state WHERE partition = $1 AND key = u.c1 OFFSET 0) AS t"},
    {"read_pages", "SELECT first, count, bytes FROM page WHERE partition = $1 AND journal = $2 AND first > $3"
                   " ORDER BY first LIMIT $4"},
};

static PGconn *open_store(const char *url) {
  PGconn *connection = PQconnectdb(url);
  if (PQstatus(connection) != CONNECTION_OK) {
    fprintf(stderr, "postgres: %s", PQerrorMessage(connection));
    exit(1);
  }
  run(connection, schema);
  for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
    PQclear(checked(connection, PQprepare(connection, statements[i][0], statements[i][1], 0, NULL)));
  }
  return connection;
}

static void move(PGconn *store, int partition, const struct part *part, long long head, long long intake) {
  uint8_t progress[PROGRESS_BYTES];
  load_progress(part, progress);
  struct values values = {0};
  number(&values, partition);
  number(&values, part->head);
  number(&values, part->intake);
  bytes(&values, progress, sizeof(progress), 1);
  number(&values, head);
  number(&values, intake);
  change(store, "move", &values, 1);
}

static void append(PGconn *store, int partition, const char *journal, long long first, long long count,
                   const uint8_t *page, size_t size) {
  struct values values = {0};
  number(&values, partition);
  bytes(&values, journal, strlen(journal), 0);
  number(&values, first);
  number(&values, count);
  bytes(&values, page, size, 1);
  change(store, "append", &values, 1);
}

static void close_step(PGconn *store, int partition, long long intake) {
  struct values folded = {0};
  number(&folded, partition);
  number(&folded, intake);
  number(&folded, 1);
  change(store, "folded", &folded, 1);
  struct values lease = {0};
  number(&lease, partition);
  number(&lease, EPOCH);
  bytes(&lease, "reference", strlen("reference"), 0);
  change(store, "lease", &lease, 1);
}

static void claim(PGconn *store, int partition, const struct part *part, const uint8_t **hashes,
                  long long count, const char *name) {
  static struct buffer keys, numbers;
  struct values values = {0};
  int is_claim = strcmp(name, "claim") == 0;
  array_begin(&keys, BYTEA, count);
  for (long long i = 0; i < count; i++) array_bytes(&keys, hashes[i], HASH_BYTES);
  number(&values, partition);
  array(&values, &keys);
  if (is_claim) {
    array_begin(&numbers, INT8, count);
    for (long long i = 0; i < count; i++) array_number(&numbers, part->head + i + 1);
    array(&values, &numbers);
  }
  PGresult *result = ask(store, name, &values);
  if (!is_claim && PQntuples(result) != 0) abort();
  PQclear(result);
}

static void append_step(PGconn *store, struct load *load, int partition, const uint8_t **hashes) {
  struct part *part = &load->parts[partition];
  long long count = least(load->append_batch, part->count - part->head);
  if (count == 0) return;
  long long kept = load_hashes(part, count, hashes), head = part->head;
  claim(store, partition, part, hashes, kept, "find_hash");
  size_t size;
  const uint8_t *page = load_page(part, count, &size);
  long long per_page = PAGE_BYTES_MAX / FRAMED_BYTES;
  part->head += count;
  run(store, "BEGIN");
  move(store, partition, part, head, 0);
  for (long long done = 0; done < count; done += per_page) {
    long long some = least(per_page, count - done);
    append(store, partition, "events", head + done + 1, some, page + done * FRAMED_BYTES,
           (size_t)some * FRAMED_BYTES);
  }
  claim(store, partition, part, hashes, kept, "claim");
  close_step(store, partition, 0);
  run(store, "COMMIT");
}

// Takes pages of a partition until its share of a batch is full; gives the changed rows' count.
static long long take(PGconn *edge, struct load *load, int partition, struct row **dirty) {
  struct part *part = &load->parts[partition];
  struct values values = {0};
  number(&values, partition);
  bytes(&values, "events", strlen("events"), 0);
  number(&values, part->taken);
  number(&values, (load->follow_batch + load->append_batch - 1) / load->append_batch);
  PGresult *pages = ask(edge, "read_pages", &values);
  long long changed = 0;
  load->batch += 1;
  for (int i = 0; i < PQntuples(pages); i++) {
    const uint8_t *page = (const uint8_t *)PQgetvalue(pages, i, 2);
    size_t size = (size_t)PQgetlength(pages, i, 2);
    changed += load_take(load, part, page, size, dirty + changed);
    part->taken += (long long)(size / FRAMED_BYTES);
  }
  PQclear(pages);
  return changed;
}

static void look_up_rows(PGconn *store, int partition, struct row **rows, long long count) {
  static struct buffer keys;
  long long missing = 0;
  for (long long i = 0; i < count; i++) missing += rows[i]->value[16] == 0;
  if (missing == 0) return;
  array_begin(&keys, BYTEA, missing);
  for (long long i = 0; i < count; i++) {
    if (rows[i]->value[16] == 0) array_bytes(&keys, rows[i]->key, strlen(rows[i]->key));
  }
  struct values values = {0};
  number(&values, partition);
  array(&values, &keys);
  PGresult *result = ask(store, "find_row", &values);
  if (PQntuples(result) != 0) abort();
  PQclear(result);
}

static void write_rows(PGconn *store, int partition, struct row **rows, long long count) {
  static struct buffer keys, contents;
  load_sort(rows, count);
  array_begin(&keys, BYTEA, count);
  array_begin(&contents, BYTEA, count);
  for (long long i = 0; i < count; i++) {
    row_pack(rows[i]);
    array_bytes(&keys, rows[i]->key, strlen(rows[i]->key));
    array_bytes(&contents, rows[i]->value, ROW_BYTES);
  }
  struct values values = {0};
  number(&values, partition);
  array(&values, &keys);
  array(&values, &contents);
  change(store, "upsert", &values, 0);
}

static int follow_step(PGconn *edge, PGconn *store, struct load *load, int partition, struct row **dirty) {
  struct part *part = &load->parts[partition];
  long long from = part->taken;
  long long count = take(edge, load, partition, dirty);
  if (count == 0) return 0;
  look_up_rows(store, partition, dirty, count);
  run(store, "BEGIN");
  uint8_t intake[INTAKE_BYTES_MAX];
  size_t size = load_intake(part, from + 1, part->taken, intake);
  part->intake += 1;
  move(store, partition, part, 0, part->intake - 1);
  append(store, partition, "intake", part->intake, 1, intake, size);
  write_rows(store, partition, dirty, count);
  close_step(store, partition, part->intake);
  run(store, "COMMIT");
  return 1;
}

int journal_postgres(int argc, char **argv) {
  static struct load load;
  int code = load_make(&load, argc, argv);
  if (code != 0) return code;
  PGconn *edge = open_store(argv[0]), *rows = open_store(argv[1]);
  const uint8_t **hashes = malloc((size_t)load.append_batch * sizeof(*hashes));
  struct row **dirty = malloc((size_t)load.events * sizeof(*dirty));
  measure();
  for (long long done = 0; done < load.events; done += load.append_batch) {
    for (int partition = 0; partition < PARTITIONS; partition++) append_step(edge, &load, partition, hashes);
  }
  report(load.events);
  for (int i = 0; i < PARTITIONS; i++) load.parts[i].head = 0;
  measure();
  for (int is_more = 1; is_more;) {
    is_more = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      is_more |= follow_step(edge, rows, &load, partition, dirty);
    }
  }
  report(load.events);
  PQfinish(edge);
  PQfinish(rows);
  return 0;
}
