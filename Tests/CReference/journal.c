#define _GNU_SOURCE
#include "journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 1;

// SplitMix64 (Steele, Lea, Flood 2014), as the other side draws them.
static uint64_t random_next(void) {
  random_state += 0x9e3779b97f4a7c15u;
  uint64_t mixed = random_state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

static uint64_t fnv(const char *text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (; *text != 0; text++) hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
  return hash;
}

static int partition_of(const char *customer) {
  uint64_t hash = fnv(customer);
  return (int)(((hash >> 32) ^ (hash & 0xffffffffu)) % PARTITIONS);
}

static void make_entry(uint8_t *entry, long long number, const char *customer) {
  char text[ENTRY_BYTES + 1];
  int used = snprintf(text, sizeof(text),
                      "{\"v\":1,\"kind\":\"event\",\"id\":\"e-%08lld\",\"prev\":0,\"customer_id\":\"%s\","
                      "\"value\":%lld,\"filler\":\"",
                      number, customer, number % 600);
  memset(entry, 'x', ENTRY_BYTES);
  memcpy(entry, text, (size_t)used);
  memcpy(entry + ENTRY_BYTES - 2, "\"}", 2);
}

static void put_big_endian(uint8_t *bytes, uint64_t value) {
  for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (56 - 8 * i));
}

static void add_event(struct load *load, long long number) {
  char customer[KEY_BYTES_MAX];
  snprintf(customer, sizeof(customer), "C-%06d", (int)((random_next() >> 11) % (uint64_t)load->customers));
  struct part *part = &load->parts[partition_of(customer)];
  if ((part->count & (part->count - 1)) == 0) {
    size_t room = part->count == 0 ? 1 : (size_t)part->count * 2;
    part->events = realloc(part->events, room * sizeof(struct event));
    if (part->events == NULL) abort();
  }
  struct event *event = &part->events[part->count++];
  put_big_endian(event->hash, random_next());
  put_big_endian(event->hash + 8, random_next());
  make_entry(event->entry, number, customer);
}

int load_make(struct load *load, int argc, char **argv) {
  if (argc != 6) return 64;
  load->events = atoll(argv[2]);
  load->customers = atoi(argv[3]);
  load->append_batch = atoll(argv[4]);
  load->follow_batch = atoll(argv[5]);
  if (load->events < 1 || load->customers < 1 || load->append_batch < 1 || load->follow_batch < 1) return 64;
  load->rows_max = 1024;
  while (load->rows_max < (size_t)load->customers * 2) load->rows_max *= 2;
  load->rows = calloc(load->rows_max, sizeof(struct row));
  if (load->rows == NULL) return 1;
  for (long long number = 0; number < load->events; number++) add_event(load, number);
  return 0;
}

static uint64_t mix(uint64_t value) {
  unsigned __int128 product = (unsigned __int128)value * 0xd6e8feb86659fd93u;
  return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static uint64_t checksum(const uint8_t *bytes, size_t count) {
  uint64_t hash = 0x9e3779b97f4a7c15u + count;
  size_t offset = 0;
  for (; offset + 8 <= count; offset += 8) {
    uint64_t word;
    memcpy(&word, bytes + offset, 8);
    hash = mix(hash ^ word);
  }
  uint64_t rest = 0;
  for (; offset < count; offset++) rest = rest << 8 | bytes[offset];
  return mix(hash ^ rest);
}

const uint8_t *load_page(struct part *part, long long count, size_t *bytes) {
  static uint8_t *page;
  static size_t room;
  *bytes = (size_t)count * FRAMED_BYTES;
  if (*bytes > room) {
    room = *bytes * 2;
    page = realloc(page, room);
    if (page == NULL) abort();
  }
  uint8_t *at = page;
  for (long long i = 0; i < count; i++, at += FRAMED_BYTES) {
    const struct event *event = &part->events[part->head + i];
    uint8_t prefix[PREFIX_BYTES] = {0, 0, 0, ENTRY_BYTES >> 8, ENTRY_BYTES & 0xff};
    memcpy(at, prefix, PREFIX_BYTES);
    memcpy(at + PREFIX_BYTES, event->entry, ENTRY_BYTES);
    part->sum += checksum(event->entry, ENTRY_BYTES);
  }
  return page;
}

static int compare_hashes(const void *left, const void *right) {
  return memcmp(*(const uint8_t *const *)left, *(const uint8_t *const *)right, HASH_BYTES);
}

long long load_hashes(const struct part *part, long long count, const uint8_t **hashes) {
  for (long long i = 0; i < count; i++) hashes[i] = part->events[part->head + i].hash;
  qsort(hashes, (size_t)count, sizeof(*hashes), compare_hashes);
  long long kept = 0;
  for (long long i = 0; i < count; i++) {
    if (kept == 0 || memcmp(hashes[kept - 1], hashes[i], HASH_BYTES) != 0) hashes[kept++] = hashes[i];
  }
  return kept;
}

struct row *load_row(struct load *load, const char *key) {
  size_t place = fnv(key) & (load->rows_max - 1);
  while (load->rows[place].is_used && strcmp(load->rows[place].key, key) != 0) {
    place = (place + 1) & (load->rows_max - 1);
  }
  struct row *row = &load->rows[place];
  if (!row->is_used) {
    row->is_used = 1;
    strcpy(row->key, key);
  }
  return row;
}

// Copies a member's value up to a byte; gives the place behind it, or NULL.
static const uint8_t *member(const uint8_t *entry, const char *name, char end, char *value, size_t room) {
  size_t length = strlen(name);
  const uint8_t *start = memmem(entry, ENTRY_BYTES, name, length);
  if (start == NULL) return NULL;
  start += length;
  size_t used = 0;
  while (used + 1 < room && start[used] != (uint8_t)end) {
    value[used] = (char)start[used];
    used++;
  }
  value[used] = 0;
  return start + used;
}

long long load_take(struct load *load, struct part *part, const uint8_t *bytes, size_t size,
                    struct row **dirty) {
  long long changed = 0;
  for (size_t at = 0; at + FRAMED_BYTES <= size; at += FRAMED_BYTES) {
    const uint8_t *entry = bytes + at + PREFIX_BYTES;
    char key[KEY_BYTES_MAX] = "c:";
    char value[KEY_BYTES_MAX];
    if (member(entry, "\"customer_id\":\"", '"', key + 2, sizeof(key) - 2) == NULL) abort();
    if (member(entry, "\"value\":", ',', value, sizeof(value)) == NULL) abort();
    struct row *row = load_row(load, key);
    if (row->batch != load->batch) {
      row->batch = load->batch;
      dirty[changed++] = row;
    }
    row->count += 1;
    row->sum += atoll(value);
    part->sum += checksum(entry, ENTRY_BYTES);
  }
  return changed;
}

static int compare_rows(const void *left, const void *right) {
  return strcmp((*(struct row *const *)left)->key, (*(struct row *const *)right)->key);
}

void load_sort(struct row **rows, long long count) {
  qsort(rows, (size_t)count, sizeof(*rows), compare_rows);
}

void load_progress(const struct part *part, uint8_t *bytes) {
  memset(bytes, 0, PROGRESS_BYTES);
  long long words[] = {part->head, part->taken, part->intake, (long long)part->sum};
  memcpy(bytes, words, sizeof(words));
}

size_t load_intake(const struct part *part, long long from, long long to, uint8_t *bytes) {
  (void)part;
  int used = snprintf((char *)bytes + PREFIX_BYTES, INTAKE_BYTES_MAX - PREFIX_BYTES,
                      "{\"v\":1,\"kind\":\"range\",\"journal\":\"events\",\"from\":%lld,\"to\":%lld,"
                      "\"now\":1700000000000000}",
                      from, to);
  uint8_t prefix[PREFIX_BYTES] = {0, 0, 0, (uint8_t)(used >> 8), (uint8_t)used};
  memcpy(bytes, prefix, PREFIX_BYTES);
  return (size_t)used + PREFIX_BYTES;
}

void row_pack(struct row *row) {
  memcpy(row->value, &row->count, 8);
  memcpy(row->value + 8, &row->sum, 8);
  memset(row->value + 16, 'r', ROW_BYTES - 16);
}
