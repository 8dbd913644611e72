/* stream: an answer that goes on: what is pushed is sent until one of the ends closes.
 *
 * A handler puts a stream into its response and keeps a reference to push; the server takes
 * what was pushed when the connection can send.  What a slow reader has not begun to take is
 * replaced by what is newer, so a stream never holds more than two pieces.
 *
 * Units    bytes
 * Owns     reference-counted
 * Threads  any; wait and wake run under the stream's lock
 * Source   design.md 7 (big screen), style.md 2.5 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct HjStream HjStream;

HjStream *hj_stream_new(void);
HjStream *hj_stream_ref(HjStream *stream);
void hj_stream_unref(HjStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjStream, hj_stream_unref)

/* --- who pushes --- */

/* false: the other end has closed, or this one has. */
bool hj_stream_push(HjStream *stream, const char *text, size_t n);
/* A sign of life, where nothing else waits to be taken: it never replaces what was pushed. */
void hj_stream_beat(HjStream *stream, const char *text, size_t n);
/* What was pushed is still sent; nothing more follows. */
void hj_stream_end(HjStream *stream);
bool hj_stream_is_gone(HjStream *stream);

/* --- the server --- */

typedef struct {
    void (*wait)(gpointer data); /* there is nothing to take now */
    void (*wake)(gpointer data); /* after .wait, once: there is something, or the end */
    gpointer data;
} HjStreamWait;
#define HJ_STREAM_END (-1)
/* Bytes written into @buf; 0 after .wait was called; HJ_STREAM_END. */
gssize hj_stream_take(HjStream *stream, char *buf, size_t max, const HjStreamWait *wait);
/* The other end has closed: .wake is not called any more. */
void hj_stream_close(HjStream *stream);
