#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "rpc.h"

// Keeps so many requests on the way, each sent from the callback of the one before.
struct slot {
  nng_ctx ctx;
  nng_aio *aio;
  int sending;
};

static size_t size;
static atomic_llong left;
static sem_t finished;

static void send_next(struct slot *slot) {
  if (atomic_fetch_sub(&left, 1) <= 0) {
    sem_post(&finished);
    return;
  }
  nng_msg *message;
  rpc_check(nng_msg_alloc(&message, size), "message");
  memset(nng_msg_body(message), 'x', size);
  slot->sending = 1;
  nng_aio_set_msg(slot->aio, message);
  nng_ctx_send(slot->ctx, slot->aio);
}

static void completed(void *argument) {
  struct slot *slot = argument;
  rpc_check(nng_aio_result(slot->aio), "request");
  if (slot->sending) {
    slot->sending = 0;
    nng_ctx_recv(slot->ctx, slot->aio);
    return;
  }
  nng_msg *reply = nng_aio_get_msg(slot->aio);
  nng_aio_set_msg(slot->aio, NULL);
  nng_msg_free(reply);
  send_next(slot);
}

int rpc_client(int argc, char **argv) {
  if (argc != 4) return 64;
  size = strtoull(argv[1], NULL, 10);
  int in_flight = atoi(argv[2]);
  long long count = atoll(argv[3]);
  if (in_flight < 1 || in_flight > RPC_CLIENT_CONTEXTS_MAX) return 64;
  atomic_store(&left, count);
  sem_init(&finished, 0, 0);

  nng_socket socket;
  rpc_check(nng_req0_open(&socket), "open");
  rpc_check(nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, RPC_MESSAGE_BYTES_MAX), "limit");
  rpc_check(nng_dial(socket, argv[0], NULL, 0), "dial");
  struct slot *slots = calloc((size_t)in_flight, sizeof(*slots));
  if (slots == NULL) return 1;
  measure();
  for (int i = 0; i < in_flight; i++) {
    rpc_check(nng_ctx_open(&slots[i].ctx, socket), "context");
    rpc_check(nng_aio_alloc(&slots[i].aio, completed, &slots[i]), "aio");
    send_next(&slots[i]);
  }
  for (int i = 0; i < in_flight; i++) sem_wait(&finished);
  report(count);
  // Closing fails nothing: no request is on the way any more. The slots go with the process.
  nng_close(socket);
  return 0;
}
