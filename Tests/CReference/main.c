#include <stdio.h>
#include <string.h>

#include "reference.h"

static const struct {
  const char *name;
  const char *arguments;
  int (*run)(int argc, char **argv);
} loops[] = {
    {"rpc-server", "URL", rpc_server},
    {"rpc-client", "URL SIZE INFLIGHT COUNT", rpc_client},
    {"journal-sqlite", "EDGE-FILE ROWS-FILE EVENTS CUSTOMERS APPEND-BATCH FOLLOW-BATCH", journal_sqlite},
    {"journal-postgres", "EDGE-URL ROWS-URL EVENTS CUSTOMERS APPEND-BATCH FOLLOW-BATCH", journal_postgres},
};

static const size_t loops_count = sizeof(loops) / sizeof(loops[0]);

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < loops_count; i++) {
    if (strcmp(argv[1], loops[i].name) == 0) return loops[i].run(argc - 2, argv + 2);
  }
  for (size_t i = 0; i < loops_count; i++) {
    fprintf(stderr, "usage: laurel-reference %s %s\n", loops[i].name, loops[i].arguments);
  }
  return 64;
}
