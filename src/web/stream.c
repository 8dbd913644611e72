#include "web/stream.h"

#include <string.h>

struct HjStream {
    gint refs;
    GMutex lock;
    GString *now;  /* being taken */
    size_t taken;  /* of it */
    GString *next; /* not begun yet */
    bool ended, gone;
    HjStreamWait wait; /* .wake NULL: nobody waits */
};

HjStream *
hj_stream_new(void)
{
    HjStream *stream = g_new0(HjStream, 1);
    stream->refs = 1;
    g_mutex_init(&stream->lock);
    stream->now = g_string_new(NULL);
    stream->next = g_string_new(NULL);
    return stream;
}

HjStream *
hj_stream_ref(HjStream *stream)
{
    g_atomic_int_inc(&stream->refs);
    return stream;
}

void
hj_stream_unref(HjStream *stream)
{
    if (stream == NULL || !g_atomic_int_dec_and_test(&stream->refs))
        return;
    g_string_free(stream->now, TRUE);
    g_string_free(stream->next, TRUE);
    g_mutex_clear(&stream->lock);
    g_free(stream);
}

static void
wake(HjStream *stream)
{
    HjStreamWait wait = stream->wait;
    stream->wait = (HjStreamWait){ 0 };
    if (wait.wake != NULL)
        wait.wake(wait.data);
}

static bool
push(HjStream *stream, const char *text, size_t n, bool replaces)
{
    g_mutex_lock(&stream->lock);
    bool open = !stream->ended && !stream->gone;
    if (open && (replaces || stream->next->len == 0)) {
        g_string_truncate(stream->next, 0);
        g_string_append_len(stream->next, text, (gssize)n);
        wake(stream);
    }
    g_mutex_unlock(&stream->lock);
    return open;
}

bool
hj_stream_push(HjStream *stream, const char *text, size_t n)
{
    return push(stream, text, n, true);
}

void
hj_stream_beat(HjStream *stream, const char *text, size_t n)
{
    push(stream, text, n, false);
}

void
hj_stream_end(HjStream *stream)
{
    g_mutex_lock(&stream->lock);
    stream->ended = true;
    wake(stream);
    g_mutex_unlock(&stream->lock);
}

bool
hj_stream_is_gone(HjStream *stream)
{
    g_mutex_lock(&stream->lock);
    bool gone = stream->gone;
    g_mutex_unlock(&stream->lock);
    return gone;
}

gssize
hj_stream_take(HjStream *stream, char *buf, size_t max, const HjStreamWait *wait)
{
    gssize n = 0;
    g_mutex_lock(&stream->lock);
    if (stream->taken == stream->now->len) {
        GString *empty = stream->now;
        g_string_truncate(empty, 0);
        stream->now = stream->next;
        stream->next = empty;
        stream->taken = 0;
    }
    if (stream->now->len > 0) {
        n = (gssize)MIN(max, stream->now->len - stream->taken);
        memcpy(buf, stream->now->str + stream->taken, (size_t)n);
        stream->taken += (size_t)n;
    } else if (stream->ended) {
        n = HJ_STREAM_END;
    } else {
        stream->wait = *wait;
        wait->wait(wait->data);
    }
    g_mutex_unlock(&stream->lock);
    return n;
}

void
hj_stream_close(HjStream *stream)
{
    g_mutex_lock(&stream->lock);
    stream->gone = true;
    stream->wait = (HjStreamWait){ 0 };
    g_mutex_unlock(&stream->lock);
}
