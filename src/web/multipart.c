#include "web/multipart.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORM_TYPE "multipart/form-data"
#define MAX_BOUNDARY 70
#define MAX_HEAD (8 * 1024)
#define MAX_NAME 200

typedef enum { AT_START, IN_HEAD, IN_BODY, AFTER_MARK, AT_END } State;

struct HjMultipart {
    HjArena *arena;
    char *dir;
    char *mark; /* CR LF "--" boundary */
    size_t n_mark;
    State state;
    GByteArray *waiting; /* bytes that are not understood yet */
    GArray *texts;       /* HjPair */
    GArray *files;       /* HjUpload */
    HjPairs pairs;
    int64_t n_bytes, max;
    size_t n_text;
    bool too_large;
    GChecksum *digest; /* names and contents; the boundary of the moment is not in it */
    /* The part being read. */
    const char *name;
    bool is_file;
    HjUpload file;
    GString *text;
};

static bool
malformed(GError **error)
{
    return hj_fail(error, HJ_ERROR_MALFORMED, "The form that was sent is not well formed.");
}

bool
hj_multipart_is(const char *content_type)
{
    size_t n = strlen(FORM_TYPE);
    return content_type != NULL && g_ascii_strncasecmp(content_type, FORM_TYPE, n) == 0 &&
           (content_type[n] == ';' || content_type[n] == ' ' || content_type[n] == '\0');
}

/* The boundary of "multipart/form-data; boundary=…", quoted or not; caller owns. */
static char *
boundary_of(const char *content_type)
{
    const char *at = strchr(content_type, ';');
    while (at != NULL) {
        at += 1 + strspn(at + 1, " \t");
        if (g_ascii_strncasecmp(at, "boundary=", 9) == 0)
            break;
        at = strchr(at, ';');
    }
    if (at == NULL)
        return NULL;
    at += 9;
    bool quoted = *at == '"';
    size_t n = quoted ? strcspn(at + 1, "\"") : strcspn(at, "; \t");
    const char *start = quoted ? at + 1 : at;
    if (n == 0 || n > MAX_BOUNDARY || (quoted && start[n] != '"') || start[n - 1] == ' ')
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (!g_ascii_isalnum(start[i]) && strchr("'()+_,-./:=? ", start[i]) == NULL)
            return NULL;
    }
    return g_strndup(start, n);
}

static int n_open; /* atomic */

HjMultipart *
hj_multipart_new(const char *content_type, const char *dir, int64_t max, GError **error)
{
    g_autofree char *boundary =
        hj_multipart_is(content_type) ? boundary_of(content_type) : NULL;
    if (boundary == NULL) {
        malformed(error);
        return NULL;
    }
    if (g_atomic_int_add(&n_open, 1) >= HJ_MULTIPART_MAX_AT_ONCE) {
        g_atomic_int_add(&n_open, -1);
        hj_error_log(error, HJ_ERROR_BUSY, "too many forms with files at once");
        return NULL;
    }
    HjMultipart *form = g_new0(HjMultipart, 1);
    form->max = max;
    form->digest = g_checksum_new(G_CHECKSUM_SHA256);
    form->arena = hj_arena_new();
    form->dir = g_strdup(dir);
    form->mark = g_strconcat("\r\n--", boundary, NULL);
    form->n_mark = strlen(form->mark);
    form->waiting = g_byte_array_new();
    form->texts = g_array_new(FALSE, FALSE, sizeof(HjPair));
    form->files = g_array_new(FALSE, FALSE, sizeof(HjUpload));
    form->text = g_string_new(NULL);
    form->file.fd = -1;
    return form;
}

void
hj_multipart_free(HjMultipart *form)
{
    if (form == NULL)
        return;
    for (guint i = 0; i < form->files->len; i++)
        close(g_array_index(form->files, HjUpload, i).fd);
    if (form->file.fd >= 0)
        close(form->file.fd);
    g_array_unref(form->files);
    g_array_unref(form->texts);
    g_byte_array_free(form->waiting, TRUE);
    g_string_free(form->text, TRUE);
    hj_arena_free(form->arena);
    g_free(form->mark);
    g_checksum_free(form->digest);
    g_free(form->dir);
    g_free(form);
    g_atomic_int_add(&n_open, -1);
}

/* --- files --- */

/* Without a name, so that nothing is left behind whatever happens to the program. */
static int
open_nameless(const char *dir, GError **error)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        g_autofree char *path = g_build_filename(dir, "upload-XXXXXX", NULL);
        fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
        if (fd >= 0)
            unlink(path);
    }
    if (fd < 0)
        hj_error_log(error, HJ_ERROR_INTERNAL, "make a temporary file in %s: %s", dir,
                     g_strerror(errno));
    return fd;
}

static bool
write_all(int fd, const guint8 *data, size_t n, GError **error)
{
    while (n > 0) {
        ssize_t written = write(fd, data, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return hj_error_log(error, HJ_ERROR_INTERNAL, "write a temporary file: %s",
                                g_strerror(errno));
        data += written;
        n -= (size_t)written;
    }
    return true;
}

/* --- one part --- */

/* The quoted value of @parameter in a Content-Disposition line.  Browsers escape a quote and
 * line ends as %22, %0D and %0A, and nothing else.  NULL when absent or broken. */
static const char *
quoted_value(HjMultipart *form, const char *line, const char *parameter)
{
    size_t n = strlen(parameter);
    const char *at = strchr(line, ';');
    while (at != NULL) {
        at += 1 + strspn(at + 1, " \t");
        bool here =
            g_ascii_strncasecmp(at, parameter, n) == 0 && at[n] == '=' && at[n + 1] == '"';
        const char *open = strchr(at, '"');
        const char *next = strchr(at, ';');
        const char *close = open != NULL && (here || next == NULL || open < next)
                                ? strchr(open + 1, '"')
                                : NULL;
        if (here && close == NULL)
            return NULL;
        if (here) {
            g_autoptr(GString) value = g_string_new_len(open + 1, close - open - 1);
            g_string_replace(value, "%22", "\"", 0);
            g_string_replace(value, "%0D", "\r", 0);
            g_string_replace(value, "%0A", "\n", 0);
            return hj_arena_strndup(form->arena, value->str, value->len);
        }
        at = close != NULL ? strchr(close, ';') : next;
    }
    return NULL;
}

/* "C:\报表\一月.xlsx" and "../x" are names of a foreign folder: only the last piece counts. */
static const char *
last_piece(const char *name)
{
    const char *slash = strrchr(name, '/');
    if (slash != NULL)
        name = slash + 1;
    const char *backslash = strrchr(name, '\\');
    return backslash != NULL ? backslash + 1 : name;
}

static bool
start_part(HjMultipart *form, const char *disposition, const char *type, GError **error)
{
    if (disposition == NULL || g_ascii_strncasecmp(disposition, "form-data;", 10) != 0)
        return malformed(error);
    const char *name = quoted_value(form, disposition, "name");
    const char *file_name = quoted_value(form, disposition, "filename");
    if (name == NULL || *name == '\0' || !hj_text_is_clean(name, false) ||
        strlen(name) > MAX_NAME)
        return malformed(error);
    if (form->texts->len + form->files->len >= HJ_PARSE_MAX_PAIRS)
        return hj_fail(error, HJ_ERROR_MALFORMED, "Too many fields were sent at once.");
    g_checksum_update(form->digest, (const guchar *)name, (gssize)strlen(name) + 1);
    form->name = name;
    form->is_file = file_name != NULL;
    g_string_truncate(form->text, 0);
    if (!form->is_file)
        return true;
    if (!hj_text_is_clean(file_name, false) || hj_text_length(file_name) > 255)
        return malformed(error);
    if (form->files->len >= HJ_MULTIPART_MAX_FILES)
        return hj_fail(error, HJ_ERROR_MALFORMED, "Too many files were sent at once.");
    form->file = (HjUpload){ .field = name,
                             .name = last_piece(file_name),
                             .type = type != NULL ? hj_arena_strdup(form->arena, type) : "",
                             .fd = open_nameless(form->dir, error) };
    return form->file.fd >= 0;
}

/* The lines of a part's head; what we do not know is not looked at. */
static bool
read_head(HjMultipart *form, const char *head, size_t n, GError **error)
{
    g_autofree char *text = g_strndup(head, n);
    if (strlen(text) != n || !g_utf8_validate(text, -1, NULL))
        return malformed(error);
    const char *disposition = NULL, *type = NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        char *colon = strchr(*line, ':');
        if (colon == NULL)
            return malformed(error);
        *colon = '\0';
        char *value = g_strstrip(colon + 1);
        if (g_ascii_strcasecmp(*line, "content-disposition") == 0)
            disposition = value;
        else if (g_ascii_strcasecmp(*line, "content-type") == 0)
            type = hj_text_is_clean(value, false) ? value : NULL;
    }
    return start_part(form, disposition, type, error);
}

static bool
add_body(HjMultipart *form, const guint8 *data, size_t n, GError **error)
{
    g_checksum_update(form->digest, data, (gssize)n);
    if (form->is_file) {
        form->file.size += (int64_t)n;
        return write_all(form->file.fd, data, n, error);
    }
    form->n_text += n;
    if (form->n_text > HJ_MULTIPART_MAX_TEXT) {
        form->too_large = true;
        return hj_fail(error, HJ_ERROR_MALFORMED, "The text of this form is too long.");
    }
    g_string_append_len(form->text, (const char *)data, (gssize)n);
    return true;
}

static bool
end_part(HjMultipart *form, GError **error)
{
    if (!form->is_file) {
        if (strlen(form->text->str) != form->text->len ||
            !hj_text_is_clean(form->text->str, true))
            return malformed(error);
        HjPair pair = { form->name, hj_arena_strdup(form->arena, form->text->str) };
        g_array_append_val(form->texts, pair);
        return true;
    }
    bool chosen = form->file.size > 0 || *form->file.name != '\0';
    if (chosen && lseek(form->file.fd, 0, SEEK_SET) == 0)
        g_array_append_val(form->files, form->file);
    else
        close(form->file.fd);
    form->file.fd = -1;
    return true;
}

/* --- the stream --- */

/* How much of the waiting bytes a step has used; 0: more must come. */
static bool
step_head(HjMultipart *form, const guint8 *data, size_t n, size_t *ret_used, GError **error)
{
    const guint8 *end = memmem(data, n, "\r\n\r\n", 4);
    if (end == NULL)
        return n <= MAX_HEAD || malformed(error);
    if (end - data > MAX_HEAD)
        return malformed(error);
    if (!read_head(form, (const char *)data, (size_t)(end - data), error))
        return false;
    form->state = IN_BODY;
    *ret_used = (size_t)(end - data) + 4;
    return true;
}

static bool
step_body(HjMultipart *form, const guint8 *data, size_t n, size_t *ret_used, GError **error)
{
    const guint8 *mark = memmem(data, n, form->mark, form->n_mark);
    if (mark == NULL) {
        /* The end of these bytes may be the beginning of the mark. */
        size_t sure = n >= form->n_mark ? n - form->n_mark + 1 : 0;
        *ret_used = sure;
        return sure == 0 || add_body(form, data, sure, error);
    }
    size_t body = (size_t)(mark - data);
    form->state = AFTER_MARK;
    *ret_used = body + form->n_mark;
    return add_body(form, data, body, error) && end_part(form, error);
}

static bool
step(HjMultipart *form, const guint8 *data, size_t n, size_t *ret_used, GError **error)
{
    *ret_used = 0;
    switch (form->state) {
    case AT_START:
        /* The first mark has no line before it. */
        if (n < form->n_mark - 2)
            return true;
        if (memcmp(data, form->mark + 2, form->n_mark - 2) != 0)
            return malformed(error);
        form->state = AFTER_MARK;
        *ret_used = form->n_mark - 2;
        return true;
    case AFTER_MARK:
        if (n < 2)
            return true;
        if (memcmp(data, "--", 2) != 0 && memcmp(data, "\r\n", 2) != 0)
            return malformed(error);
        form->state = data[0] == '-' ? AT_END : IN_HEAD;
        *ret_used = 2;
        return true;
    case IN_HEAD:
        return step_head(form, data, n, ret_used, error);
    case IN_BODY:
        return step_body(form, data, n, ret_used, error);
    case AT_END:
        *ret_used = n;
        for (size_t i = 0; i < n; i++) {
            if (data[i] != '\r' && data[i] != '\n')
                return malformed(error);
        }
        return true;
    }
    g_assert_not_reached();
}

bool
hj_multipart_feed(HjMultipart *form, const void *data, size_t n, GError **error)
{
    form->n_bytes += (int64_t)n;
    if (form->n_bytes > form->max) {
        form->too_large = true;
        return hj_fail(error, HJ_ERROR_MALFORMED, "Too much was sent at once.");
    }
    g_byte_array_append(form->waiting, data, (guint)n);
    size_t at = 0;
    while (at < form->waiting->len) {
        size_t used = 0;
        if (!step(form, form->waiting->data + at, form->waiting->len - at, &used, error))
            return false;
        if (used == 0)
            break;
        at += used;
    }
    if (at > 0)
        g_byte_array_remove_range(form->waiting, 0, (guint)at);
    return true;
}

bool
hj_multipart_end(HjMultipart *form, GError **error)
{
    if (form->state != AT_END)
        return malformed(error);
    form->pairs =
        (HjPairs){ .pairs = (HjPair *)(void *)form->texts->data, .n = form->texts->len };
    return true;
}

bool
hj_multipart_too_large(const HjMultipart *form)
{
    return form->too_large;
}

const char *
hj_multipart_digest(const HjMultipart *form)
{
    return g_checksum_get_string(form->digest);
}

const HjPairs *
hj_multipart_texts(const HjMultipart *form)
{
    return &form->pairs;
}

size_t
hj_multipart_n_files(const HjMultipart *form)
{
    return form->files->len;
}

const HjUpload *
hj_multipart_file(const HjMultipart *form, size_t i)
{
    g_assert(i < form->files->len);
    return &g_array_index(form->files, HjUpload, i);
}
