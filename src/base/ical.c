#include "base/ical.h"

#include <string.h>

#define MOST_BYTES 75
#define SECOND_US INT64_C(1000000)
#define DAY_SECONDS INT64_C(86400)

/* One content line; what is longer goes on in lines that begin with a space. */
static void
add_line(GString *out, const char *line)
{
    size_t used = 0;
    for (const char *p = line; *p != '\0';) {
        size_t n = (size_t)(g_utf8_next_char(p) - p);
        if (used + n > MOST_BYTES) {
            g_string_append(out, "\r\n ");
            used = 1;
        }
        g_string_append_len(out, p, (gssize)n);
        used += n;
        p += n;
    }
    g_string_append(out, "\r\n");
}

static void
escape(GString *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\\' || *p == ';' || *p == ',')
            g_string_append_c(out, '\\');
        if (*p == '\n')
            g_string_append(out, "\\n");
        else if (!g_ascii_iscntrl(*p))
            g_string_append_c(out, *p);
    }
}

static void
add_text(GString *out, const char *name, const char *text)
{
    g_autofree char *whole = g_utf8_make_valid(text, -1);
    g_autoptr(GString) line = g_string_new(name);
    g_string_append_c(line, ':');
    escape(line, whole);
    add_line(out, line->str);
}

static void
add_date(GString *out, const char *name, HjDate date)
{
    int year, month, day;
    char line[64];
    hj_date_split(date, &year, &month, &day);
    g_snprintf(line, sizeof line, "%s;VALUE=DATE:%04d%02d%02d", name, year, month, day);
    add_line(out, line);
}

static void
add_stamp(GString *out, HjTime at)
{
    int year, month, day;
    char line[64];
    int64_t seconds = at / SECOND_US, in_day = seconds % DAY_SECONDS;
    hj_date_split((HjDate)(seconds / DAY_SECONDS), &year, &month, &day);
    g_snprintf(line, sizeof line, "DTSTAMP:%04d%02d%02dT%02d%02d%02dZ", year, month, day,
               (int)(in_day / 3600), (int)(in_day / 60 % 60), (int)(in_day % 60));
    add_line(out, line);
}

void
hj_ical_begin(GString *out, const char *name, const char *about)
{
    static const char *const lines[] = {
        "BEGIN:VCALENDAR",    "VERSION:2.0",    "PRODID:-//Hangji//Hangji//ZH",
        "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        add_line(out, lines[i]);
    add_text(out, "X-WR-CALNAME", name);
    if (about != NULL)
        add_text(out, "X-WR-CALDESC", about);
}

void
hj_ical_day(GString *out, const HjIcalDay *day)
{
    add_line(out, "BEGIN:VEVENT");
    add_text(out, "UID", day->uid);
    add_stamp(out, day->made);
    add_date(out, "DTSTART", day->on);
    add_date(out, "DTEND", day->on + 1);
    add_text(out, "SUMMARY", day->summary);
    add_line(out, "TRANSP:TRANSPARENT");
    add_line(out, "END:VEVENT");
}

void
hj_ical_end(GString *out)
{
    add_line(out, "END:VCALENDAR");
}
