#ifndef POSTGRES_H
#define POSTGRES_H

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

// Values and arrays as libpq takes them.

enum { PARAMETERS_MAX = 6, NUMBER_BYTES_MAX = 24, BYTEA = 17, INT8 = 20 };

// Values of a statement in order; numbers as text, the rest in binary.
struct values {
  int count;
  const char *at[PARAMETERS_MAX];
  int sizes[PARAMETERS_MAX];
  int formats[PARAMETERS_MAX];
  char numbers[PARAMETERS_MAX][NUMBER_BYTES_MAX];
};

struct buffer {
  uint8_t *bytes;
  size_t used, room;
};

// An array of one dimension in its binary form.
void array_begin(struct buffer *buffer, uint32_t type, long long count);
void array_bytes(struct buffer *buffer, const void *bytes, size_t count);
void array_number(struct buffer *buffer, long long number);

void number(struct values *values, long long value);
void bytes(struct values *values, const void *at, size_t size, int format);
void array(struct values *values, const struct buffer *buffer);

// Runs statements; each leaves the process with a line on standard error unless it went well.
PGresult *checked(PGconn *connection, PGresult *result);
void run(PGconn *connection, const char *text);
PGresult *ask(PGconn *connection, const char *name, const struct values *values);
void change(PGconn *connection, const char *name, const struct values *values, int is_one);

#endif
