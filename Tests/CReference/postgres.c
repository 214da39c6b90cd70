#include "postgres.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(struct buffer *buffer, const void *bytes, size_t count) {
  if (buffer->used + count > buffer->room) {
    buffer->room = (buffer->used + count) * 2;
    buffer->bytes = realloc(buffer->bytes, buffer->room);
    if (buffer->bytes == NULL) abort();
  }
  memcpy(buffer->bytes + buffer->used, bytes, count);
  buffer->used += count;
}

static void put_word(struct buffer *buffer, uint32_t word) {
  uint32_t big_endian = htonl(word);
  put(buffer, &big_endian, sizeof(big_endian));
}

void array_begin(struct buffer *buffer, uint32_t type, long long count) {
  buffer->used = 0;
  uint32_t words[] = {1, 0, type, (uint32_t)count, 1};
  for (int i = 0; i < 5; i++) put_word(buffer, words[i]);
}

void array_bytes(struct buffer *buffer, const void *bytes, size_t count) {
  put_word(buffer, (uint32_t)count);
  put(buffer, bytes, count);
}

void array_number(struct buffer *buffer, long long number) {
  put_word(buffer, 8);
  put_word(buffer, (uint32_t)((uint64_t)number >> 32));
  put_word(buffer, (uint32_t)number);
}

void number(struct values *values, long long value) {
  int place = values->count++;
  snprintf(values->numbers[place], NUMBER_BYTES_MAX, "%lld", value);
  values->at[place] = values->numbers[place];
  values->formats[place] = 0;
}

void bytes(struct values *values, const void *at, size_t size, int format) {
  int place = values->count++;
  values->at[place] = at;
  values->sizes[place] = (int)size;
  values->formats[place] = format;
}

void array(struct values *values, const struct buffer *buffer) {
  bytes(values, buffer->bytes, buffer->used, 1);
}

PGresult *checked(PGconn *connection, PGresult *result) {
  ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  fprintf(stderr, "postgres: %s", PQerrorMessage(connection));
  exit(1);
}

void run(PGconn *connection, const char *text) { PQclear(checked(connection, PQexec(connection, text))); }

PGresult *ask(PGconn *connection, const char *name, const struct values *values) {
  return checked(connection, PQexecPrepared(connection, name, values->count, values->at, values->sizes,
                                            values->formats, 1));
}

void change(PGconn *connection, const char *name, const struct values *values, int is_one) {
  PGresult *result = ask(connection, name, values);
  if (is_one && strcmp(PQcmdTuples(result), "1") != 0) abort();
  PQclear(result);
}
