/* scan: follows the HTML of a template, so the compiler knows where a value would land.
 *
 * One state per position; literal text is fed byte by byte and copied, compacted, to an output.
 * Before every command the compiler asks what that place allows.
 *
 * Units    bytes
 * Owns     HtmlScan is a plain value: copied at 'if', compared at 'end'
 * Threads  one
 * Source   docs/templates.md, style.md 2.8 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    AT_TEXT,
    AT_TAG_OPEN, /* after '<' */
    AT_TAG_NAME,
    AT_CLOSE_TAG, /* inside </...> */
    AT_IN_TAG,    /* between attributes */
    AT_ATTR_NAME,
    AT_AFTER_ATTR_NAME, /* spaces after a name: '=' may follow */
    AT_BEFORE_VALUE,    /* after '=' */
    AT_VALUE,           /* inside a quoted value */
    AT_DECLARATION,     /* <!doctype ...> */
    AT_COMMENT,
    AT_SCRIPT, /* after <script src=...>, before </script> */
} HtmlAt;

/* How much is known about the address in a URL attribute, worst first. */
typedef enum {
    ADDRESS_NOTHING, /* no byte yet */
    ADDRESS_PREFIX,  /* some literal bytes, no verdict yet */
    ADDRESS_SLASH,   /* exactly "/": a value here could name another host */
    ADDRESS_GOOD,
} HtmlAddress;

typedef struct {
    HtmlAt at;
    char quote;
    bool glued;     /* an attribute has just ended: a space must come before the next */
    bool keeps;     /* inside pre or textarea: spaces count */
    bool has_src;   /* of a script tag */
    bool is_closed; /* '/' seen before '>' */
    HtmlAddress address;
    char tag[24];
    char attr[32];
    char value[24]; /* beginning of the value's literal text, lower case */
    char tail[4];   /* last bytes, to find --> */
    bool space;     /* pending white space */
    bool newline;   /* the pending white space has a line end */
    bool fresh;     /* a line has just begun: drop white space */
} HtmlScan;

/* Feeds one byte of literal text.  On failure returns the reason, which the caller frees. */
char *html_feed(HtmlScan *scan, char c, GString *out);

/* Writes pending white space: a command that writes something comes next. */
void html_flush(HtmlScan *scan, GString *out);

typedef enum {
    COMMAND_BLOCK,  /* if, elif, else, each, end */
    COMMAND_VALUE,  /* an escaped value */
    COMMAND_URL,    /* url, asset: checked address */
    COMMAND_MARKUP, /* include, csrf: writes elements */
} HtmlCommand;

/* Whether a command may stand here; returns the reason why not, which the caller frees. */
char *html_command(HtmlScan *scan, HtmlCommand kind, const char *name);

bool html_same_place(const HtmlScan *a, const HtmlScan *b);
/* After the branches of a block: keeps in @into the less certain of both. */
void html_merge(HtmlScan *into, const HtmlScan *other);
bool html_is_url_attr(const char *attr);
