#ifndef JOURNAL_H
#define JOURNAL_H

#include <stddef.h>
#include <stdint.h>

// What the storage loops of both engines share: the events, their pages, and the customers' rows in memory.

enum {
  PARTITIONS = 64,
  ENTRY_BYTES = 270,
  PREFIX_BYTES = 5,
  FRAMED_BYTES = PREFIX_BYTES + ENTRY_BYTES,
  HASH_BYTES = 16,
  KEY_BYTES_MAX = 24,
  ROW_BYTES = 640,
  PROGRESS_BYTES = 200,
  INTAKE_BYTES_MAX = 160,
  PAGE_BYTES_MAX = 256 * 1024,
  EPOCH = 1,
};

struct event {
  uint8_t hash[HASH_BYTES];
  uint8_t entry[ENTRY_BYTES];
};

struct row {
  char key[KEY_BYTES_MAX];
  uint8_t value[ROW_BYTES];
  int64_t count;
  int64_t sum;
  int is_used;
  // The batch that last changed it, so that each row is written once a batch.
  long long batch;
};

struct part {
  struct event *events;
  long long count;
  long long head;
  long long taken;
  long long intake;
  uint64_t sum;
};

struct load {
  long long events;
  int customers;
  long long append_batch;
  long long follow_batch;
  struct part parts[PARTITIONS];
  struct row *rows;
  size_t rows_max;
  long long batch;
};

// Reads the arguments and makes the events; gives 0, or an exit code.
int load_make(struct load *load, int argc, char **argv);
// Wire frames of so many events after the head, into memory that the next call uses again.
const uint8_t *load_page(struct part *part, long long count, size_t *bytes);
// Hashes of so many events after the head in their order, without repetition.
long long load_hashes(const struct part *part, long long count, const uint8_t **hashes);
// The customer's row, made if it is missing.
struct row *load_row(struct load *load, const char *key);
// Takes the entries of a page: rows that it changes are added to the list once a batch.
long long load_take(struct load *load, struct part *part, const uint8_t *bytes, size_t size,
                    struct row **dirty);
// Rows by their keys.
void load_sort(struct row **rows, long long count);
// What a partition keeps of its progress, and its intake's frame.
void load_progress(const struct part *part, uint8_t *bytes);
size_t load_intake(const struct part *part, long long from, long long to, uint8_t *bytes);
void row_pack(struct row *row);

static inline long long least(long long left, long long right) { return left < right ? left : right; }

#endif
