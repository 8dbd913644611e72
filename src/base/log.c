#include "base/log.h"

#include "base/json.h"
#include "base/time.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

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

/* One write a line, so that lines of several threads and processes stay whole; the lock keeps
 * the rest of a short write together. */
static void
write_line(const char *line, size_t n)
{
    static GMutex lock;
    g_mutex_lock(&lock);
    while (n > 0) {
        ssize_t done = write(STDERR_FILENO, line, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            break; /* nowhere left to complain to */
        line += done;
        n -= (size_t)done;
    }
    g_mutex_unlock(&lock);
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
    write_line(line->str, line->len);
}
