#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

#include "reference.h"
#include "rpc.h"

// Echoes each request from the callback of its context: the least that a server on nng can cost.
struct slot {
  nng_ctx ctx;
  nng_aio *aio;
  int sending;
};

static struct slot slots[RPC_SERVER_CONTEXTS];
static atomic_llong served;

static void receive(struct slot *slot) {
  slot->sending = 0;
  nng_ctx_recv(slot->ctx, slot->aio);
}

static void completed(void *argument) {
  struct slot *slot = argument;
  int code = nng_aio_result(slot->aio);
  if (code == NNG_ECLOSED || code == NNG_ECANCELED) return;
  if (slot->sending) {
    if (code != 0) nng_msg_free(nng_aio_get_msg(slot->aio));
    receive(slot);
    return;
  }
  rpc_check(code, "receive");
  atomic_fetch_add(&served, 1);
  slot->sending = 1;
  // The message that came is in the aio and goes back as it is.
  nng_ctx_send(slot->ctx, slot->aio);
}

int rpc_server(int argc, char **argv) {
  if (argc != 1) return 64;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  // Before nng makes its threads, so that they leave the signals to this one.
  sigprocmask(SIG_BLOCK, &signals, NULL);

  nng_socket socket;
  rpc_check(nng_rep0_open(&socket), "open");
  rpc_check(nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, RPC_MESSAGE_BYTES_MAX), "limit");
  for (int i = 0; i < RPC_SERVER_CONTEXTS; i++) {
    rpc_check(nng_ctx_open(&slots[i].ctx, socket), "context");
    rpc_check(nng_aio_alloc(&slots[i].aio, completed, &slots[i]), "aio");
    receive(&slots[i]);
  }
  measure();
  rpc_check(nng_listen(socket, argv[0], NULL, 0), "listen");
  int signal = 0;
  sigwait(&signals, &signal);
  report(atomic_load(&served));
  nng_close(socket);
  return 0;
}
