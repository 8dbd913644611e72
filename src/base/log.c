#include "base/log.h"

#include "base/json.h"
#include "base/time.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

static _Atomic int lowest = HJ_LOG_INFO;

void
hj_log_set_level(HjLogLevel level)
{
    lowest = (int)level;
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

void
hj_log(HjLogLevel level, const char *event, ...)
{
    static const char *const names[] = { "debug", "info", "message", "warning", "critical" };
    if ((int)level < lowest)
        return;
    g_autoptr(GString) line = g_string_sized_new(256);
    HjJsonWriter w = { .out = line };
    hj_json_begin_object(&w);
    hj_json_key(&w, "time");
    hj_json_text(&w, hj_time_text(hj_time_now()).text);
    hj_json_key(&w, "level");
    hj_json_text(&w, names[level]);
    hj_json_key(&w, "event");
    hj_json_text(&w, event);
    va_list args;
    va_start(args, event);
    for (const char *key = va_arg(args, const char *); key != NULL;
         key = va_arg(args, const char *)) {
        hj_json_key(&w, key);
        hj_json_text(&w, va_arg(args, const char *));
    }
    va_end(args);
    hj_json_end_object(&w);
    g_string_append_c(line, '\n');
    write_line(line->str, line->len);
}
