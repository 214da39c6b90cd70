#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "reference.h"

// The journal's loop on SQLite with its tables, statements, order and commits, and nothing else.

static const char schema[] =
    "CREATE TABLE progress(partition BIGINT NOT NULL PRIMARY KEY, head BIGINT NOT NULL,"
    " intake BIGINT NOT NULL, row BLOB NOT NULL);"
    "CREATE TABLE page(partition BIGINT NOT NULL, journal TEXT NOT NULL, first BIGINT NOT NULL,"
    " count BIGINT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(partition, journal, first));"
    "CREATE TABLE lease(partition BIGINT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, epoch BIGINT NOT NULL,"
    " expires BIGINT NOT NULL);"
    "CREATE TABLE folded(partition BIGINT NOT NULL PRIMARY KEY, intake BIGINT NOT NULL,"
    " version BIGINT NOT NULL);"
    "CREATE TABLE state(partition BIGINT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY(partition, key));"
    "CREATE TABLE identity(partition BIGINT NOT NULL, hash BLOB NOT NULL, number BIGINT NOT NULL,"
    " PRIMARY KEY(partition, hash)) WITHOUT ROWID;";

static const char pragmas[] =
    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL;"
    "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;";

enum {
  MOVE, APPEND, CLAIM, FOLDED, LEASE, UPSERT, FIND_HASH, FIND_ROW, FIND_PAGE, READ_PAGES, STATEMENTS
};

static const char *const texts[STATEMENTS] = {
    [MOVE] = "UPDATE progress SET head = ?2, intake = ?3, row = ?4"
             " WHERE partition = ?1 AND head = ?5 AND intake = ?6",
    [APPEND] = "INSERT INTO page(partition, journal, first, count, bytes) VALUES(?1, ?2, ?3, ?4, ?5)",
    [CLAIM] = "INSERT INTO identity(partition, hash, number) VALUES(?1, ?2, ?3)"
              " ON CONFLICT(partition, hash) DO UPDATE SET number = excluded.number",
    [FOLDED] = "INSERT INTO folded(partition, intake, version) VALUES(?1, ?2, ?3)"
               " ON CONFLICT(partition) DO UPDATE SET intake = excluded.intake, version = excluded.version",
    [LEASE] = "UPDATE lease SET epoch = ?2 WHERE partition = ?1 AND epoch = ?2 AND owner = ?3",
    [UPSERT] = "INSERT INTO state(partition, key, value) VALUES(?1, ?2, ?3)"
               " ON CONFLICT(partition, key) DO UPDATE SET value = excluded.value",
    [FIND_HASH] = "SELECT hash, number FROM identity WHERE partition = ?1 AND hash = ?2",
    [FIND_ROW] = "SELECT key, value FROM state WHERE partition = ?1 AND key = ?2",
    [FIND_PAGE] = "SELECT max(first) FROM page WHERE partition = ?1 AND journal = ?2 AND first <= ?3",
    [READ_PAGES] = "SELECT first, count, bytes FROM page WHERE partition = ?1 AND journal = ?2 "
                   " AND first >= ?3 ORDER BY first",
};

struct store {
  sqlite3 *database;
  sqlite3_stmt *statements[STATEMENTS];
};

static void check(struct store *store, int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(store->database));
  exit(1);
}

static void run(struct store *store, const char *text) {
  check(store, sqlite3_exec(store->database, text, NULL, NULL, NULL));
}

static void open_store(struct store *store, const char *path) {
  check(store, sqlite3_open_v2(path, &store->database,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
  run(store, pragmas);
  run(store, schema);
  for (int i = 0; i < STATEMENTS; i++) {
    check(store, sqlite3_prepare_v3(store->database, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                    &store->statements[i], NULL));
  }
  for (int partition = 0; partition < PARTITIONS; partition++) {
    char text[256];
    snprintf(text, sizeof(text), "INSERT INTO progress VALUES(%d, 0, 0, x'00')", partition);
    run(store, text);
    snprintf(text, sizeof(text), "INSERT INTO lease VALUES(%d, 'reference', %d, 0)", partition, EPOCH);
    run(store, text);
  }
}

// Steps a statement that gives no rows and makes it fit for its next use.
static void finish(struct store *store, sqlite3_stmt *statement) {
  check(store, sqlite3_step(statement));
  sqlite3_reset(statement);
}

static void move(struct store *store, int number, const struct part *part, long long head, long long intake) {
  uint8_t bytes[PROGRESS_BYTES];
  load_progress(part, bytes);
  sqlite3_stmt *statement = store->statements[MOVE];
  sqlite3_bind_int64(statement, 1, number);
  sqlite3_bind_int64(statement, 2, part->head);
  sqlite3_bind_int64(statement, 3, part->intake);
  sqlite3_bind_blob64(statement, 4, bytes, sizeof(bytes), SQLITE_TRANSIENT);
  sqlite3_bind_int64(statement, 5, head);
  sqlite3_bind_int64(statement, 6, intake);
  finish(store, statement);
  if (sqlite3_changes(store->database) != 1) abort();
}

static void append(struct store *store, int number, const char *journal, long long first, long long count,
                   const uint8_t *bytes, size_t size) {
  sqlite3_stmt *statement = store->statements[APPEND];
  sqlite3_bind_int64(statement, 1, number);
  sqlite3_bind_text(statement, 2, journal, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64(statement, 3, first);
  sqlite3_bind_int64(statement, 4, count);
  sqlite3_bind_blob64(statement, 5, bytes, size, SQLITE_TRANSIENT);
  finish(store, statement);
}

// The last two statements of a step.
static void close_step(struct store *store, int number, long long intake) {
  sqlite3_stmt *folded = store->statements[FOLDED];
  sqlite3_bind_int64(folded, 1, number);
  sqlite3_bind_int64(folded, 2, intake);
  sqlite3_bind_int64(folded, 3, 1);
  finish(store, folded);
  sqlite3_stmt *lease = store->statements[LEASE];
  sqlite3_bind_int64(lease, 1, number);
  sqlite3_bind_int64(lease, 2, EPOCH);
  sqlite3_bind_text(lease, 3, "reference", -1, SQLITE_TRANSIENT);
  finish(store, lease);
  if (sqlite3_changes(store->database) != 1) abort();
}

static void look_up_hashes(struct store *store, int number, const uint8_t **hashes, long long count) {
  run(store, "BEGIN");
  sqlite3_stmt *statement = store->statements[FIND_HASH];
  sqlite3_bind_int64(statement, 1, number);
  for (long long i = 0; i < count; i++) {
    sqlite3_bind_blob64(statement, 2, hashes[i], HASH_BYTES, SQLITE_TRANSIENT);
    if (sqlite3_step(statement) == SQLITE_ROW) abort();
    sqlite3_reset(statement);
  }
  run(store, "COMMIT");
}

static void claim(struct store *store, int number, const struct part *part, const uint8_t **hashes,
                  long long count) {
  sqlite3_stmt *statement = store->statements[CLAIM];
  sqlite3_bind_int64(statement, 1, number);
  for (long long i = 0; i < count; i++) {
    sqlite3_bind_blob64(statement, 2, hashes[i], HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 3, part->head + i + 1);
    finish(store, statement);
  }
}

// One transaction with the next events of all partitions; false at the end.
static int append_round(struct store *store, struct load *load, const uint8_t **hashes[PARTITIONS]) {
  long long counts[PARTITIONS], kept[PARTITIONS];
  int is_more = 0;
  for (int number = 0; number < PARTITIONS; number++) {
    struct part *part = &load->parts[number];
    counts[number] = least(load->append_batch, part->count - part->head);
    if (counts[number] == 0) continue;
    is_more = 1;
    kept[number] = load_hashes(part, counts[number], hashes[number]);
    look_up_hashes(store, number, hashes[number], kept[number]);
  }
  if (!is_more) return 0;
  run(store, "BEGIN IMMEDIATE");
  for (int number = 0; number < PARTITIONS; number++) {
    struct part *part = &load->parts[number];
    if (counts[number] == 0) continue;
    size_t size;
    const uint8_t *page = load_page(part, counts[number], &size);
    long long head = part->head;
    long long per_page = PAGE_BYTES_MAX / FRAMED_BYTES;
    part->head += counts[number];
    move(store, number, part, head, 0);
    for (long long done = 0; done < counts[number]; done += per_page) {
      long long count = least(per_page, counts[number] - done);
      append(store, number, "events", head + done + 1, count, page + done * FRAMED_BYTES,
             (size_t)count * FRAMED_BYTES);
    }
    claim(store, number, part, hashes[number], kept[number]);
    close_step(store, number, 0);
  }
  run(store, "COMMIT");
  return 1;
}

// Takes pages of a partition until its share of a batch is full; gives the changed rows' count.
static long long take(struct store *edge, struct load *load, int number, struct row **dirty) {
  struct part *part = &load->parts[number];
  long long start = part->taken, changed = 0, first = 1;
  sqlite3_stmt *find = edge->statements[FIND_PAGE];
  sqlite3_bind_int64(find, 1, number);
  sqlite3_bind_text(find, 2, "events", -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64(find, 3, part->taken + 1);
  if (sqlite3_step(find) == SQLITE_ROW) first = sqlite3_column_int64(find, 0);
  sqlite3_reset(find);
  sqlite3_stmt *pages = edge->statements[READ_PAGES];
  sqlite3_bind_int64(pages, 1, number);
  sqlite3_bind_text(pages, 2, "events", -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64(pages, 3, first);
  while (part->taken - start < load->follow_batch && sqlite3_step(pages) == SQLITE_ROW) {
    if (sqlite3_column_int64(pages, 0) <= part->taken) continue;
    const uint8_t *bytes = sqlite3_column_blob(pages, 2);
    changed += load_take(load, part, bytes, (size_t)sqlite3_column_bytes(pages, 2), dirty + changed);
    part->taken += sqlite3_column_int64(pages, 1);
  }
  sqlite3_reset(pages);
  return changed;
}

static void look_up_rows(struct store *store, int number, struct row **rows, long long count) {
  run(store, "BEGIN");
  sqlite3_stmt *statement = store->statements[FIND_ROW];
  sqlite3_bind_int64(statement, 1, number);
  for (long long i = 0; i < count; i++) {
    // Bytes in the value say that it was written before and is in memory.
    if (rows[i]->value[16] != 0) continue;
    sqlite3_bind_blob64(statement, 2, rows[i]->key, strlen(rows[i]->key), SQLITE_TRANSIENT);
    if (sqlite3_step(statement) == SQLITE_ROW) abort();
    sqlite3_reset(statement);
  }
  run(store, "COMMIT");
}

static void write_rows(struct store *store, int number, struct row **rows, long long count) {
  load_sort(rows, count);
  sqlite3_stmt *statement = store->statements[UPSERT];
  sqlite3_bind_int64(statement, 1, number);
  for (long long i = 0; i < count; i++) {
    row_pack(rows[i]);
    sqlite3_bind_blob64(statement, 2, rows[i]->key, strlen(rows[i]->key), SQLITE_TRANSIENT);
    sqlite3_bind_blob64(statement, 3, rows[i]->value, ROW_BYTES, SQLITE_TRANSIENT);
    finish(store, statement);
  }
}

static int follow_round(struct store *edge, struct store *store, struct load *load, struct row **dirty) {
  long long counts[PARTITIONS], from[PARTITIONS], total = 0;
  struct row **lists[PARTITIONS];
  load->batch += 1;
  for (int number = 0; number < PARTITIONS; number++) {
    lists[number] = dirty + total;
    from[number] = load->parts[number].taken;
    counts[number] = take(edge, load, number, lists[number]);
    look_up_rows(store, number, lists[number], counts[number]);
    total += counts[number];
  }
  if (total == 0) return 0;
  run(store, "BEGIN IMMEDIATE");
  for (int number = 0; number < PARTITIONS; number++) {
    struct part *part = &load->parts[number];
    if (counts[number] == 0) continue;
    uint8_t intake[INTAKE_BYTES_MAX];
    size_t size = load_intake(part, from[number] + 1, part->taken, intake);
    part->intake += 1;
    move(store, number, part, 0, part->intake - 1);
    append(store, number, "intake", part->intake, 1, intake, size);
    write_rows(store, number, lists[number], counts[number]);
    close_step(store, number, part->intake);
  }
  run(store, "COMMIT");
  return 1;
}

int journal_sqlite(int argc, char **argv) {
  static struct load load;
  static struct store edge, rows;
  int code = load_make(&load, argc, argv);
  if (code != 0) return code;
  open_store(&edge, argv[0]);
  open_store(&rows, argv[1]);
  const uint8_t **hashes[PARTITIONS];
  for (int i = 0; i < PARTITIONS; i++) hashes[i] = malloc((size_t)load.append_batch * sizeof(uint8_t *));
  struct row **dirty = malloc((size_t)load.events * sizeof(*dirty));
  measure();
  while (append_round(&edge, &load, hashes)) continue;
  report(load.events);
  for (int i = 0; i < PARTITIONS; i++) load.parts[i].head = 0;
  measure();
  while (follow_round(&edge, &rows, &load, dirty)) continue;
  report(load.events);
  return 0;
}
