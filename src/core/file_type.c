/* The one list of what may be kept as evidence. */
#include "base/i18n.h"
#include "core/file.h"

#include <string.h>

/* Sniffed in this order. */
static const HjFileType types[] = {
    { "image/jpeg", ".jpg", HJ_FILE_PICTURE },
    { "image/png", ".png", HJ_FILE_PICTURE },
    { "image/webp", ".webp", HJ_FILE_PICTURE },
    { "application/pdf", ".pdf", HJ_FILE_DOCUMENT },
    { "application/ofd", ".ofd", HJ_FILE_DOCUMENT },
    { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx",
      HJ_FILE_DOCUMENT },
    { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx",
      HJ_FILE_DOCUMENT },
    { "text/plain", ".txt", HJ_FILE_DOCUMENT },
};
enum { JPEG, PNG, WEBP, PDF, OFD, XLSX, DOCX, TEXT };

static bool
begins(const char *data, size_t n, const char *with, size_t n_with)
{
    return n >= n_with && memcmp(data, with, n_with) == 0;
}

static bool
holds(const char *data, size_t n, const char *word)
{
    return memmem(data, n, word, strlen(word)) != NULL;
}

static bool
is_text(const char *data, size_t n)
{
    const char *end = NULL;
    if (n == 0 || !g_utf8_validate(data, (gssize)n, &end))
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)data[i];
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* What stands in a zip is told by the names of its members, which are never packed. */
static const HjFileType *
sniff_zip(const char *data, size_t n, const char **ret_why)
{
    if (holds(data, n, "vbaProject.bin")) {
        *ret_why = N_("A document with macros is not taken. Save it without macros.");
        return NULL;
    }
    if (holds(data, n, "[Content_Types].xml") && holds(data, n, "xl/workbook.xml"))
        return &types[XLSX];
    if (holds(data, n, "[Content_Types].xml") && holds(data, n, "word/document.xml"))
        return &types[DOCX];
    if (holds(data, n, "OFD.xml"))
        return &types[OFD];
    *ret_why = N_("Packed files are not taken. Send what is in them.");
    return NULL;
}

const HjFileType *
hj_file_sniff(const void *bytes, size_t n, const char **ret_why)
{
    const char *data = bytes;
    *ret_why =
        N_("Files of this kind are not taken. Send a picture (JPEG, PNG, WebP), PDF, OFD, "
           ".xlsx, .docx or plain text.");
    if (n == 0) {
        *ret_why = N_("This file is empty.");
        return NULL;
    }
    if (begins(data, n, "\xff\xd8\xff", 3))
        return &types[JPEG];
    if (begins(data, n, "\x89PNG\r\n\x1a\n", 8))
        return &types[PNG];
    if (n > 12 && begins(data, n, "RIFF", 4) && memcmp(data + 8, "WEBP", 4) == 0)
        return &types[WEBP];
    if (begins(data, n, "%PDF-", 5))
        return &types[PDF];
    if (begins(data, n, "PK\3\4", 4))
        return sniff_zip(data, n, ret_why);
    if (begins(data, n, "\xd0\xcf\x11\xe0", 4)) {
        *ret_why = N_("Old Office files are not taken. Save it as .xlsx, .docx or PDF.");
        return NULL;
    }
    if (n > 12 && memcmp(data + 4, "ftyp", 4) == 0) {
        *ret_why = N_("Films and HEIC pictures are not taken. Set the camera to JPEG.");
        return NULL;
    }
    return is_text(data, n) ? &types[TEXT] : NULL;
}

const HjFileType *
hj_file_type(const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_strcmp0(types[i].type, type) == 0)
            return &types[i];
    return NULL;
}

char *
hj_file_accept(unsigned kinds)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if ((kinds & (unsigned)types[i].kind) == 0)
            continue;
        g_string_append(out, out->len > 0 ? "," : "");
        /* A phone offers its camera for a type and its files for a suffix. */
        g_string_append(out,
                        types[i].kind == HJ_FILE_PICTURE ? types[i].type : types[i].suffix);
    }
    return g_string_free(out, FALSE);
}
