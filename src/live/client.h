/* SPDX-License-Identifier: MIT */
/* client: asks the holder of a running session, over its control socket (control.h). For the verbs,
 * the watcher of an agent, and `steno -c`; never for the holder: these functions wait.
 *
 * How a session is named: by its name and its id, both as its recording's header has them (struct
 * header: session, id). STENO_SESSION, in the environment of what runs inside, is the path of that
 * recording; cmd/reach.h does it all. */
#ifndef STENO_CLIENT_H
#define STENO_CLIENT_H

#include <stddef.h>

struct err;
struct wire_message;
struct wire_status;

enum { CLIENT_PATIENCE_MS = 10000 };

/* runtime: $XDG_RUNTIME_DIR, or NULL. 0: *sock is connected, to be closed by the caller; 1: nobody
 * is there, since the session does not run (sockets that a killed holder left are removed); -1. */
int client_connect(int *sock, const char *runtime, const char *session, const char *id,
		   struct err *err);

/* Sends a request and waits for its answer, not longer than CLIENT_PATIENCE_MS. 0: *answer is one;
 * -1: it was refused (the text says why), or the holder is gone (code EPIPE) or hangs
 * (ETIMEDOUT). */
int client_ask(int sock, const struct wire_message *request, struct wire_message *answer,
	       struct err *err);
/* Waits for a message: as wire_receive(), and -1 with ETIMEDOUT. timeout_ms -1: for good. */
int client_hear(int sock, struct wire_message *m, int timeout_ms, struct err *err);

/* Waits for the answer not longer than so. */
int client_status(int sock, struct wire_status *out, int timeout_ms, struct err *err);

/* Has an event recorded. code: one that the holder allows (EVENT_WORDS). json: an object, at most
 * CONTROL_EVENT bytes; it is parsed and printed anew here, so that the holder need not. 0: it is in
 * the recording; its time is that of its arrival. */
int client_event(int sock, char code, const void *json, size_t n, struct err *err);

#endif
