#ifndef RPC_H
#define RPC_H

#include <nng/nng.h>

enum {
  RPC_MESSAGE_BYTES_MAX = 32 * 1024 * 1024 + 64,
  RPC_SERVER_CONTEXTS = 64,
  RPC_CLIENT_CONTEXTS_MAX = 4096,
};

// Leaves the process with a line on standard error unless the code is 0.
void rpc_check(int code, const char *what);

#endif
