#include "web/uploads.h"

#include "base/id.h"
#include "web/internal.h"

#include <string.h>

typedef struct {
    const char *field;
    HjFileDraft *draft; /* NULL: it cannot be kept, .wrong says why */
    const char *wrong;  /* msgid */
    int64_t id;         /* of this try */
} Item;
typedef struct {
    Item *items;
    size_t n;
} Uploads;

static void
uploads_free(gpointer data)
{
    Uploads *uploads = data;
    for (size_t i = 0; i < uploads->n; i++)
        hj_file_draft_free(uploads->items[i].draft);
    g_free(uploads->items);
    g_free(uploads);
}

bool
hj_uploads_prepare(HjRequest *req, GError **error)
{
    size_t n = hj_request_n_uploads(req);
    Uploads *uploads = g_new0(Uploads, 1);
    uploads->items = g_new0(Item, n + 1);
    hj_request_set_prepared(req, uploads, uploads_free);
    if (n > 0 && req->app->files == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "no folder for files was opened");
    for (size_t i = 0; i < n; i++) {
        const HjUpload *upload = hj_request_upload(req, i);
        Item *item = &uploads->items[uploads->n++];
        g_autoptr(GError) why = NULL;
        item->field = upload->field;
        item->draft = hj_files_take(req->app->files, upload->fd, upload->name, &why);
        if (item->draft != NULL)
            continue;
        if (!g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        item->wrong = g_intern_string(why->message);
    }
    return true;
}

bool
hj_uploads_store(HjRequest *req, GError **error)
{
    Uploads *uploads = hj_request_prepared(req);
    for (size_t i = 0; uploads != NULL && i < uploads->n; i++) {
        Item *item = &uploads->items[i];
        if (item->draft == NULL) {
            HjLabel says = { .zh = hj_tr(HJ_ZH, item->wrong), .en = hj_tr(HJ_EN, item->wrong) };
            hj_issues_add_label(hj_request_issues(req), item->field, "file", &says);
        } else if (!hj_file_add(hj_request_tx(req), hj_request_actor(req), item->draft,
                                &item->id, error)) {
            return false;
        }
    }
    return true;
}

const char *
hj_uploads_ids(HjRequest *req, const char *name)
{
    const Uploads *uploads = hj_request_prepared(req);
    g_autoptr(GString) ids = g_string_new(NULL);
    for (size_t i = 0; uploads != NULL && i < uploads->n; i++)
        if (g_str_equal(uploads->items[i].field, name) && uploads->items[i].id != 0)
            g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, ids->len > 0 ? "," : "",
                                   uploads->items[i].id);
    return hj_request_strdup(req, ids->str);
}

/* --- a files field of a form --- */

#define REMOVE ".remove"

bool
hj_uploads_is_mark(const HjLedger *ledger, const char *name)
{
    if (!g_str_has_suffix(name, REMOVE))
        return false;
    g_autofree char *field = g_strndup(name, strlen(name) - strlen(REMOVE));
    const HjField *found = hj_pack_field(ledger, field);
    return found != NULL && found->type == HJ_FIELD_FILES;
}

const char *
hj_uploads_value(HjRequest *req, const HjField *field)
{
    g_autofree char *mark = g_strconcat(field->name, REMOVE, NULL);
    const char *kept = hj_request_form(req, field->name);
    const char *removed = hj_request_form(req, mark);
    const char *fresh = hj_uploads_ids(req, field->name);
    if (kept == NULL && *fresh == '\0')
        return NULL;
    g_auto(GStrv) words = g_strsplit(kept != NULL ? kept : "", ",", -1);
    g_auto(GStrv) gone = g_strsplit(removed != NULL ? removed : "", ",", -1);
    g_autoptr(GString) ids = g_string_new(NULL);
    for (size_t i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0' && !g_strv_contains((const char *const *)gone, words[i]))
            g_string_append_printf(ids, "%s%s", ids->len > 0 ? "," : "", words[i]);
    if (*fresh != '\0')
        g_string_append_printf(ids, "%s%s", ids->len > 0 ? "," : "", fresh);
    return hj_request_strdup(req, ids->str);
}

/* "1.2 MB"; what is smaller than that in KB. */
static const char *
size_text(HjRequest *req, int64_t bytes)
{
    int64_t tenths = (bytes * 10 + 524288) / 1048576;
    if (tenths >= 10)
        return hj_request_printf(req, "%d.%d MB", (int)(tenths / 10), (int)(tenths % 10));
    return hj_request_printf(req, "%d KB", (int)MAX((bytes + 512) / 1024, 1));
}

static bool
show_one(HjRequest *req, int64_t id, HjFileItem *item, size_t *n, GError **error)
{
    g_autoptr(GError) absent = NULL;
    HjRows *file = hj_file_get(hj_request_tx(req), hj_request_actor(req), id, &absent);
    if (file == NULL && (hj_error_hides(absent)))
        return true;
    if (file == NULL) {
        g_propagate_error(error, g_steal_pointer(&absent));
        return false;
    }
    hj_request_adopt(req, file, (GDestroyNotify)hj_rows_free);
    item->id = hj_request_printf(req, "%" G_GINT64_FORMAT, id);
    item->href = hj_request_printf(req, "/files/%s", item->id);
    if (!hj_rows_null(file, "thumb"))
        item->thumb = hj_request_printf(req, "/files/%s/thumb", item->id);
    item->name = hj_rows_text(file, "name");
    item->size = size_text(req, hj_rows_i64(file, "size"));
    (*n)++;
    return true;
}

bool
hj_uploads_items(HjRequest *req, const char *ids, HjFileItem **ret, size_t *ret_n,
                 GError **error)
{
    g_auto(GStrv) words = g_strsplit(ids != NULL ? ids : "", ",", -1);
    *ret = hj_request_new(req, HjFileItem, g_strv_length(words) + 1);
    *ret_n = 0;
    for (size_t i = 0; words[i] != NULL; i++) {
        int64_t id;
        if (hj_id_parse(words[i], &id) && !show_one(req, id, &(*ret)[*ret_n], ret_n, error))
            return false;
    }
    return true;
}

const char *
hj_uploads_names(HjRequest *req, const char *ids)
{
    HjFileItem *items = NULL;
    size_t n = 0;
    g_autoptr(GString) names = g_string_new(NULL);
    if (!hj_uploads_items(req, ids, &items, &n, NULL))
        return NULL;
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(names, "%s%s",
                               i == 0 ? "" : (hj_request_lang(req) == HJ_ZH ? "、" : ", "),
                               items[i].name);
    return hj_request_strdup(req, names->str);
}

/* --- sending them back --- */

/* Never a page of ours, whatever a browser thinks it is: to be kept, not to be run. */
static HjResponse *
send_bytes(HjRequest *req, GBytes *bytes, const HjRows *file, bool thumb)
{
    const HjFileType *type = hj_file_type(thumb ? "image/jpeg" : hj_rows_text(file, "type"));
    g_assert(type != NULL);
    const char *name = hj_rows_text(file, "name");
    g_autofree char *encoded = g_uri_escape_string(name, NULL, false);
    HjResponse *res = hj_response_new(200, type->type);
    res->bytes = bytes;
    hj_response_header(res, "Content-Disposition",
                       hj_request_printf(req,
                                         "attachment; filename=\"file%s\"; filename*=UTF-8''%s",
                                         type->suffix, encoded));
    hj_response_header(res, "Content-Security-Policy", "default-src 'none'; sandbox");
    /* A right may be taken back, so every look asks again. */
    hj_response_header(res, "Cache-Control", "private, no-cache");
    hj_response_header(
        res, "ETag",
        hj_request_printf(req, "\"%s\"", hj_rows_text(file, thumb ? "thumb" : "digest")));
    return res;
}

static HjResponse *
send_file(HjRequest *req, bool thumb, GError **error)
{
    int64_t id;
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    g_autoptr(HjRows) file = hj_file_get(hj_request_tx(req), hj_request_actor(req), id, error);
    if (file == NULL)
        return NULL;
    const char *digest = hj_rows_text(file, thumb ? "thumb" : "digest");
    if (digest == NULL || req->app->files == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such file.");
        return NULL;
    }
    g_autofree char *tag = g_strdup_printf("\"%s\"", digest);
    const char *asked = hj_request_header(req, "if-none-match");
    if (asked != NULL && hj_parse_etag_matches(asked, tag)) {
        HjResponse *same = hj_response_new(304, NULL);
        hj_response_header(same, "ETag", tag);
        hj_response_header(same, "Cache-Control", "private, no-cache");
        return same;
    }
    GBytes *bytes = hj_files_read(req->app->files, digest, error);
    return bytes != NULL ? send_bytes(req, bytes, file, thumb) : NULL;
}

HjResponse *
hj_uploads_file(HjRequest *req, GError **error)
{
    return send_file(req, false, error);
}

HjResponse *
hj_uploads_thumb(HjRequest *req, GError **error)
{
    return send_file(req, true, error);
}

/* --- the API --- */

static void
write_file(HjJsonWriter *w, const Item *item)
{
    hj_json_begin_object(w);
    hj_json_key(w, "id");
    hj_json_id(w, item->id);
    hj_json_key(w, "sha256");
    hj_json_text(w, item->draft->digest);
    hj_json_key(w, "size");
    hj_json_i64(w, item->draft->size);
    hj_json_key(w, "type");
    hj_json_text(w, item->draft->type->type);
    hj_json_key(w, "name");
    hj_json_text(w, item->draft->name);
    hj_json_end_object(w);
}

HjResponse *
hj_uploads_post(HjRequest *req, GError **error)
{
    const Uploads *uploads = hj_request_prepared(req);
    if (uploads == NULL || uploads->n != 1 || !g_str_equal(uploads->items[0].field, "file") ||
        hj_request_n_form(req) > 0) {
        hj_issues_add(hj_request_issues(req), "file", "required",
                      N_("Send one file, in a part called “file”."));
        hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
        return NULL;
    }
    if (!hj_uploads_store(req, error))
        return NULL;
    if (hj_issues_count(hj_request_issues(req)) > 0) {
        hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
        return NULL;
    }
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 201, &w);
    write_file(&w, &uploads->items[0]);
    hj_response_header(
        res, "Location",
        hj_request_printf(req, "/api/v1/files/%" G_GINT64_FORMAT, uploads->items[0].id));
    return res;
}
