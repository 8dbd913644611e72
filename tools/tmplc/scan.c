#include "scan.h"

#include <string.h>

static bool
is_one_of(const char *name, const char *const *list)
{
    return g_strv_contains(list, name);
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* htmx reads data-hx-get as hx-get. */
static const char *
plain_attr(const char *attr)
{
    return g_str_has_prefix(attr, "data-hx-") ? attr + strlen("data-") : attr;
}

bool
html_is_url_attr(const char *attr)
{
    static const char *const list[] = { "href",       "src",      "action",    "formaction",
                                        "poster",     "data",     "cite",      "background",
                                        "xlink:href", "manifest", "hx-get",    "hx-post",
                                        "hx-put",     "hx-patch", "hx-delete", "longdesc",
                                        NULL };
    return is_one_of(plain_attr(attr), list);
}

/* Their content follows rules of its own, or they load or run what CSP forbids. */
static char *
refused_tag(const char *tag)
{
    static const char *const list[] = { "style",    "iframe",  "object", "embed",     "base",
                                        "xmp",      "applet",  "frame",  "frameset",  "noembed",
                                        "noframes", "animate", "set",    "plaintext", NULL };
    if (!is_one_of(tag, list))
        return NULL;
    return g_strdup_printf("<%s> is not allowed", tag);
}

static char *
refused_attr(const HtmlScan *scan)
{
    const char *attr = plain_attr(scan->attr);
    if (strcmp(attr, "style") == 0)
        return g_strdup("style= is not allowed; use a class");
    /* They hold several addresses, an address after other words, or a page of their own. */
    static const char *const list[] = { "srcdoc",     "srcset",  "imagesrcset", "ping",
                                        "http-equiv", "hx-vars", NULL };
    if (is_one_of(attr, list))
        return g_strdup_printf("%s= is not allowed", scan->attr);
    if ((g_str_has_prefix(attr, "on") && g_ascii_isalpha(attr[2])) ||
        g_str_has_prefix(attr, "hx-on"))
        return g_strdup_printf("%s= is not allowed; scripts live in assets", scan->attr);
    return NULL;
}

static bool
add(char *text, size_t size, char c)
{
    size_t n = strlen(text);
    if (n + 1 >= size)
        return false;
    text[n] = g_ascii_tolower(c);
    return true;
}

/* What the literal beginning of an address says. */
static HtmlAddress
judge_address(const char *value)
{
    if (value[0] == '\0')
        return ADDRESS_NOTHING;
    if (strcmp(value, "/") == 0)
        return ADDRESS_SLASH;
    if (value[0] == '?' || value[0] == '#' || g_str_has_prefix(value, "tel:") ||
        g_str_has_prefix(value, "mailto:") ||
        (value[0] == '/' && strchr("/\\&", value[1]) == NULL && !is_space(value[1])))
        return ADDRESS_GOOD;
    return ADDRESS_PREFIX;
}

/* The value is complete, or a command interrupts it. */
static char *
check_value(const HtmlScan *scan)
{
    const char *text = scan->value;
    while (is_space(*text))
        text++;
    if (g_str_has_prefix(text, "javascript:") || g_str_has_prefix(text, "vbscript:") ||
        g_str_has_prefix(text, "js:"))
        return g_strdup_printf("javascript: in %s= is not allowed", scan->attr);
    if (html_is_url_attr(scan->attr) && scan->address == ADDRESS_PREFIX)
        return g_strdup_printf("%s= must begin with '/', '?', '#', 'tel:' or 'mailto:'",
                               scan->attr);
    return NULL;
}

static void
begin_attr(HtmlScan *scan)
{
    memset(scan->attr, 0, sizeof scan->attr);
    memset(scan->value, 0, sizeof scan->value);
    scan->address = ADDRESS_NOTHING;
}

/* '>' of an opening tag. */
static char *
end_tag(HtmlScan *scan, GString *out)
{
    scan->space = scan->newline = false;
    g_string_append_c(out, '>');
    scan->at = AT_TEXT;
    if (strcmp(scan->tag, "script") == 0) {
        if (!scan->has_src)
            return g_strdup("<script> needs src= with an asset in every case");
        scan->at = AT_SCRIPT;
    } else if (strcmp(scan->tag, "pre") == 0 || strcmp(scan->tag, "textarea") == 0) {
        /* Browsers drop one newline here; ours is the one they drop. */
        scan->keeps = true;
        g_string_append_c(out, '\n');
        scan->fresh = true;
    }
    return NULL;
}

static char *
feed_text(HtmlScan *scan, char c, GString *out)
{
    if (scan->keeps && scan->fresh && c == '\n') {
        scan->fresh = false;
        return NULL;
    }
    if (c == '<') {
        scan->at = AT_TAG_OPEN;
        memset(scan->tag, 0, sizeof scan->tag);
        return NULL;
    }
    if (is_space(c) && !scan->keeps) {
        scan->space = !scan->fresh;
        scan->newline |= c == '\n' && !scan->fresh;
        return NULL;
    }
    html_flush(scan, out);
    g_string_append_c(out, c);
    return NULL;
}

static char *
feed_tag_open(HtmlScan *scan, char c, GString *out)
{
    if (c == '!') {
        scan->at = AT_DECLARATION;
        memset(scan->tail, 0, sizeof scan->tail);
        memset(scan->value, 0, sizeof scan->value);
        return NULL;
    }
    if (c == '/') {
        scan->at = AT_CLOSE_TAG;
        html_flush(scan, out);
        g_string_append(out, "</");
        return NULL;
    }
    if (!g_ascii_isalpha(c))
        return g_strdup("a bare '<' in text; write &lt;");
    scan->at = AT_TAG_NAME;
    scan->glued = scan->has_src = scan->is_closed = false;
    add(scan->tag, sizeof scan->tag, c);
    html_flush(scan, out);
    g_string_append_c(out, '<');
    g_string_append_c(out, c);
    return NULL;
}

static char *
feed_in_tag(HtmlScan *scan, char c, GString *out)
{
    if (is_space(c)) {
        scan->space = true;
        scan->glued = false;
        return NULL;
    }
    if (c == '>')
        return end_tag(scan, out);
    if (scan->is_closed)
        return g_strdup("'/' in a tag must stand before '>'");
    if (c == '/') {
        scan->is_closed = true;
        scan->space = false;
        g_string_append_c(out, '/');
        return NULL;
    }
    if (!g_ascii_isalpha(c) && c != '_' && c != ':' && c != '@')
        return g_strdup_printf("unexpected '%c' in a tag", g_ascii_isprint(c) ? c : '?');
    if (scan->glued)
        return g_strdup("a space is missing before an attribute");
    html_flush(scan, out);
    begin_attr(scan);
    scan->at = AT_ATTR_NAME;
    add(scan->attr, sizeof scan->attr, c);
    g_string_append_c(out, c);
    return NULL;
}

static char *
feed_tag_name(HtmlScan *scan, char c, GString *out)
{
    if (g_ascii_isalnum(c) || c == '-') {
        if (!add(scan->tag, sizeof scan->tag, c))
            return g_strdup("the tag name is too long");
        g_string_append_c(out, c);
        return NULL;
    }
    char *why = refused_tag(scan->tag);
    if (why != NULL)
        return why;
    scan->at = AT_IN_TAG;
    scan->glued = true;
    return feed_in_tag(scan, c, out);
}

static char *
feed_attr_name(HtmlScan *scan, char c, GString *out)
{
    if (g_ascii_isalnum(c) || strchr("-_:.@", c) != NULL) {
        if (!add(scan->attr, sizeof scan->attr, c))
            return g_strdup("the attribute name is too long");
        g_string_append_c(out, c);
        return NULL;
    }
    char *why = refused_attr(scan);
    if (why != NULL)
        return why;
    if (is_space(c)) {
        scan->at = AT_AFTER_ATTR_NAME;
        scan->space = true;
    } else if (c == '=') {
        scan->at = AT_BEFORE_VALUE;
    } else {
        scan->at = AT_IN_TAG;
        scan->glued = true;
        return feed_in_tag(scan, c, out);
    }
    return NULL;
}

static char *
feed_before_value(HtmlScan *scan, char c, GString *out)
{
    if (is_space(c))
        return NULL;
    if (c != '"' && c != '\'')
        return g_strdup_printf("the value of %s= must be in quotes", scan->attr);
    scan->quote = c;
    scan->at = AT_VALUE;
    g_string_append_c(out, '=');
    g_string_append_c(out, c);
    return NULL;
}

static char *
feed_value(HtmlScan *scan, char c, GString *out)
{
    /* A browser that reads this place as text must not find a tag here. */
    if (c == '<')
        return g_strdup("a bare '<' in an attribute; write &lt;");
    g_string_append_c(out, c);
    if (c != scan->quote) {
        if (scan->address != ADDRESS_GOOD && add(scan->value, sizeof scan->value, c))
            scan->address = judge_address(scan->value);
        return NULL;
    }
    char *why = check_value(scan);
    if (why != NULL)
        return why;
    if (strcmp(scan->tag, "script") == 0 && strcmp(scan->attr, "src") == 0 && !scan->has_src)
        return g_strdup("<script> needs src= with an asset in every case");
    scan->at = AT_IN_TAG;
    scan->glued = true;
    return NULL;
}

/* Comments are dropped; "<!--" is told from other declarations by its first two bytes. */
static char *
feed_declaration(HtmlScan *scan, char c, GString *out)
{
    if (c == '<')
        return g_strdup("a bare '<' in a declaration");
    add(scan->value, sizeof scan->value, c);
    if (strcmp(scan->value, "--") == 0) {
        scan->at = AT_COMMENT;
        return NULL;
    }
    if (strcmp(scan->value, "-") == 0)
        return NULL;
    if (scan->value[0] == '-')
        return g_strdup("a comment begins with <!--");
    if (strlen(scan->value) == 1) {
        html_flush(scan, out);
        g_string_append(out, "<!");
    }
    g_string_append_c(out, c);
    if (c == '>')
        scan->at = AT_TEXT;
    return NULL;
}

static char *
feed_comment(HtmlScan *scan, char c)
{
    memmove(scan->tail, scan->tail + 1, 2);
    scan->tail[2] = c;
    if (memcmp(scan->tail, "-->", 3) == 0)
        scan->at = AT_TEXT;
    return NULL;
}

static char *
feed_close_tag(HtmlScan *scan, char c, GString *out)
{
    if (c == '>') {
        if (strcmp(scan->tag, "pre") == 0 || strcmp(scan->tag, "textarea") == 0)
            scan->keeps = false;
        scan->at = AT_TEXT;
        g_string_append_c(out, c);
    } else if (g_ascii_isalnum(c) || c == '-') {
        if (!add(scan->tag, sizeof scan->tag, c))
            return g_strdup("the tag name is too long");
        g_string_append_c(out, c);
    } else if (!is_space(c)) {
        return g_strdup("a closing tag holds only its name");
    }
    return NULL;
}

static char *
feed_script(HtmlScan *scan, char c, GString *out)
{
    if (is_space(c))
        return NULL;
    if (c != '<')
        return g_strdup("<script> must be empty; scripts live in assets");
    return feed_text(scan, c, out);
}

char *
html_feed(HtmlScan *scan, char c, GString *out)
{
    switch (scan->at) {
    case AT_TEXT:
        return feed_text(scan, c, out);
    case AT_TAG_OPEN:
        return feed_tag_open(scan, c, out);
    case AT_TAG_NAME:
        return feed_tag_name(scan, c, out);
    case AT_CLOSE_TAG:
        return feed_close_tag(scan, c, out);
    case AT_IN_TAG:
        return feed_in_tag(scan, c, out);
    case AT_ATTR_NAME:
        return feed_attr_name(scan, c, out);
    case AT_AFTER_ATTR_NAME:
        if (c == '=') {
            scan->at = AT_BEFORE_VALUE;
            scan->space = false;
            return NULL;
        }
        if (is_space(c))
            return NULL;
        scan->at = AT_IN_TAG;
        return feed_in_tag(scan, c, out);
    case AT_BEFORE_VALUE:
        return feed_before_value(scan, c, out);
    case AT_VALUE:
        return feed_value(scan, c, out);
    case AT_DECLARATION:
        return feed_declaration(scan, c, out);
    case AT_COMMENT:
        return feed_comment(scan, c);
    case AT_SCRIPT:
        return feed_script(scan, c, out);
    }
    return NULL;
}

void
html_flush(HtmlScan *scan, GString *out)
{
    if (scan->newline)
        g_string_append_c(out, '\n');
    else if (scan->space)
        g_string_append_c(out, ' ');
    scan->space = scan->newline = scan->fresh = false;
}

static char *
command_in_value(HtmlScan *scan, HtmlCommand kind, const char *name)
{
    if (kind == COMMAND_MARKUP)
        return g_strdup_printf("'%s' cannot stand inside an attribute", name);
    char *why = check_value(scan);
    if (why != NULL)
        return why;
    bool is_script_src = strcmp(scan->tag, "script") == 0 && strcmp(scan->attr, "src") == 0;
    if (is_script_src) {
        if (strcmp(name, "asset") != 0)
            return g_strdup("<script> needs src= with an asset in every case");
        scan->has_src = true;
    }
    if (kind == COMMAND_BLOCK)
        return NULL;
    /* htmx runs what follows "js:"; our own translations cannot begin so. */
    if (g_str_has_prefix(plain_attr(scan->attr), "hx-") && scan->value[0] == '\0' &&
        kind == COMMAND_VALUE && strcmp(name, "t") != 0 && !html_is_url_attr(scan->attr))
        return g_strdup_printf("%s= must not start with a value", scan->attr);
    if (!html_is_url_attr(scan->attr))
        return NULL;
    if (kind == COMMAND_URL) {
        if (scan->address != ADDRESS_NOTHING)
            return g_strdup_printf("'%s' must stand at the start of %s=", name, scan->attr);
        scan->address = ADDRESS_GOOD;
        return NULL;
    }
    if (scan->address == ADDRESS_NOTHING)
        return g_strdup_printf("%s= must start with url or asset", scan->attr);
    if (scan->address == ADDRESS_SLASH)
        return g_strdup_printf("a value right after the first '/' of %s= could name another "
                               "host; use url",
                               scan->attr);
    return NULL;
}

char *
html_command(HtmlScan *scan, HtmlCommand kind, const char *name)
{
    if (scan->at == AT_ATTR_NAME && kind == COMMAND_BLOCK) {
        char *why = refused_attr(scan);
        if (why != NULL)
            return why;
        scan->at = AT_IN_TAG;
        scan->glued = true;
    }
    if (scan->at == AT_TAG_NAME && kind == COMMAND_BLOCK) {
        char *why = refused_tag(scan->tag);
        if (why != NULL)
            return why;
        scan->at = AT_IN_TAG;
        scan->glued = true;
    }
    if (scan->at == AT_AFTER_ATTR_NAME)
        scan->at = AT_IN_TAG;
    switch (scan->at) {
    case AT_TEXT:
        return NULL;
    case AT_VALUE:
        return command_in_value(scan, kind, name);
    case AT_IN_TAG:
        if (kind == COMMAND_BLOCK)
            return NULL;
        return g_strdup("a value cannot stand among attributes; give it a name and quotes");
    case AT_BEFORE_VALUE:
        return g_strdup_printf("the value of %s= must be in quotes", scan->attr);
    case AT_ATTR_NAME:
        return g_strdup("a value cannot stand inside an attribute name");
    case AT_TAG_OPEN:
    case AT_TAG_NAME:
    case AT_CLOSE_TAG:
        return g_strdup("a value cannot stand inside a tag name");
    case AT_COMMENT:
    case AT_DECLARATION:
        return g_strdup("a command cannot stand inside a comment or declaration");
    case AT_SCRIPT:
        return g_strdup("<script> must be empty; scripts live in assets");
    case AT_AFTER_ATTR_NAME:
        break;
    }
    return NULL;
}

bool
html_same_place(const HtmlScan *a, const HtmlScan *b)
{
    if (a->at != b->at || a->keeps != b->keeps)
        return false;
    if (a->at == AT_TEXT)
        return true;
    if (strcmp(a->tag, b->tag) != 0 || a->is_closed != b->is_closed)
        return false;
    return a->at != AT_VALUE || (a->quote == b->quote && strcmp(a->attr, b->attr) == 0);
}

void
html_merge(HtmlScan *into, const HtmlScan *other)
{
    into->glued |= other->glued;
    into->has_src &= other->has_src;
    into->fresh &= other->fresh;
    if (other->address < into->address) {
        into->address = other->address;
        memcpy(into->value, other->value, sizeof into->value);
    }
}
