#include "base/log.h"

#include "base/json.h"
#include "base/time.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#define MOST_GATHERED 16384
#define GATHER_USEC 50000

static _Atomic int lowest = HJ_LOG_INFO;
static _Atomic bool plain;
static const char *const names[] = { "debug", "info", "message", "warning", "critical" };

void
hj_log_set_level(HjLogLevel level)
{
    lowest = (int)level;
}

HjLogLevel
hj_log_level_named(const char *name)
{
    for (int i = 0; i < (int)G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i], name))
            return (HjLogLevel)i;
    }
    return HJ_LOG_INFO;
}

void
hj_log_set_logfmt(bool logfmt)
{
    plain = logfmt;
}

/* Between hj_log_gather and hj_log_stop.  Whoever logs holds the lock for an append only. */
static struct {
    GMutex lock; /* of @lines, and of writing them */
    GCond came;
    GString *lines; /* not written yet; NULL: each is written by itself */
    GThread *thread;
    bool stopping;
} gathered;

static void
write_all(const char *text, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDERR_FILENO, text, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            break; /* nowhere left to complain to */
        text += done;
        n -= (size_t)done;
    }
}

static void
write_gathered(void)
{
    write_all(gathered.lines->str, gathered.lines->len);
    g_string_truncate(gathered.lines, 0);
}

/* One write a line, so that lines of several threads and processes stay whole; the lock keeps
 * the rest of a short write together.  What can wait goes with others. */
static void
write_line(const GString *line, bool can_wait)
{
    g_mutex_lock(&gathered.lock);
    if (gathered.lines == NULL) {
        write_all(line->str, line->len);
    } else {
        if (gathered.lines->len == 0)
            g_cond_signal(&gathered.came);
        g_string_append_len(gathered.lines, line->str, (gssize)line->len);
        if (!can_wait || gathered.lines->len > MOST_GATHERED)
            write_gathered();
    }
    g_mutex_unlock(&gathered.lock);
}

static gpointer
write_now_and_then(gpointer unused)
{
    (void)unused;
    g_mutex_lock(&gathered.lock);
    while (!gathered.stopping) {
        if (gathered.lines->len == 0) {
            g_cond_wait(&gathered.came, &gathered.lock);
            continue;
        }
        g_mutex_unlock(&gathered.lock);
        g_usleep(GATHER_USEC);
        g_mutex_lock(&gathered.lock);
        write_gathered();
    }
    g_mutex_unlock(&gathered.lock);
    return NULL;
}

/* The program breaks off: what led to it is not lost.  No lock: its holder may be the one. */
static void
say_last_words(int number)
{
    if (gathered.lines != NULL)
        write_all(gathered.lines->str, gathered.lines->len);
    raise(number); /* as it would have ended */
}

void
hj_log_gather(void)
{
    const struct sigaction last = { .sa_handler = say_last_words, .sa_flags = SA_RESETHAND };
    g_mutex_lock(&gathered.lock);
    gathered.lines = g_string_sized_new(2 * MOST_GATHERED);
    gathered.stopping = false;
    g_mutex_unlock(&gathered.lock);
    gathered.thread = g_thread_new("log", write_now_and_then, NULL);
    sigaction(SIGABRT, &last, NULL);
    sigaction(SIGTRAP, &last, NULL);
}

void
hj_log_stop(void)
{
    g_mutex_lock(&gathered.lock);
    gathered.stopping = true;
    g_cond_signal(&gathered.came);
    g_mutex_unlock(&gathered.lock);
    g_thread_join(gathered.thread);
    g_mutex_lock(&gathered.lock);
    write_gathered();
    g_string_free(gathered.lines, TRUE);
    gathered.lines = NULL;
    g_mutex_unlock(&gathered.lock);
}

/* Quoted as in JSON where a space, a quote or a line end would mislead. */
static void
add_logfmt(GString *line, const char *key, const char *value)
{
    if (line->len > 0)
        g_string_append_c(line, ' ');
    g_string_append(line, key);
    g_string_append_c(line, '=');
    bool bare = value != NULL && *value != '\0';
    for (const char *p = value; bare && *p != '\0'; p++)
        bare = (unsigned char)*p > ' ' && *p != '"' && *p != '=' && *p != '\\' && *p != 127;
    if (bare) {
        g_string_append(line, value);
        return;
    }
    HjJsonWriter w = { .out = line };
    hj_json_text(&w, value != NULL ? value : "");
}

static void
add_pair(HjJsonWriter *w, GString *line, const char *key, const char *value)
{
    if (w == NULL) {
        add_logfmt(line, key, value);
        return;
    }
    hj_json_key(w, key);
    hj_json_text(w, value);
}

void
hj_log(HjLogLevel level, const char *event, ...)
{
    if ((int)level < lowest)
        return;
    g_autoptr(GString) line = g_string_sized_new(256);
    HjJsonWriter json = { .out = line };
    HjJsonWriter *w = plain ? NULL : &json;
    if (w != NULL)
        hj_json_begin_object(w);
    add_pair(w, line, "time", hj_time_text(hj_time_now()).text);
    add_pair(w, line, "level", names[level]);
    add_pair(w, line, "event", event);
    va_list args;
    va_start(args, event);
    for (const char *key = va_arg(args, const char *); key != NULL;
         key = va_arg(args, const char *))
        add_pair(w, line, key, va_arg(args, const char *));
    va_end(args);
    if (w != NULL)
        hj_json_end_object(w);
    g_string_append_c(line, '\n');
    write_line(line, level <= HJ_LOG_INFO);
}
