#include "rpc.h"

#include <stdio.h>
#include <stdlib.h>

void rpc_check(int code, const char *what) {
  if (code == 0) return;
  fprintf(stderr, "%s: %s\n", what, nng_strerror(code));
  exit(1);
}
