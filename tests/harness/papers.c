#include "tests/harness/papers.h"

#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MM (72 / 25.4)
/* domain.md 10.3: ± 1 mm. */
#define SLACK (1.0 * MM)

static const char long_text[] =
    "各乡镇党委要切实履行主体责任，党委书记要履行第一责任，把任务落实到支部、落实到人。如有困难"
    "，"
    "如实报告；如不能按期完成，如期说明。对列入问题清单的事项，要明确责任人、整改措施和完成时限"
    "，"
    "逐项销号，防止问题反弹。1.5米以上、85%以上的指标以台账为准（GB/T 9704—2012）。";

static HjDocument *
letter(void)
{
    HjDocument *d = hj_document_new(HJ_DOCUMENT_LETTER, HJ_ZH, "关于限期整改的督办通知");
    hj_document_issuer(d, "中共沧县县委组织部");
    hj_document_number(d, "沧县组[2018]第05号");
    hj_document_to(d, "纸房头乡党委");
    hj_document_text(d, long_text);
    for (int i = 0; i < 4; i++) {
        hj_document_heading(d, 1, "责任落实");
        hj_document_text(d, long_text);
        hj_document_heading(d, 2, "党委书记的责任");
        hj_document_text(d, long_text);
        hj_document_heading(d, 3, "具体事项");
        hj_document_heading(d, 4, "时间要求");
        hj_document_text(d, long_text);
    }
    hj_document_key(d, "督办事项", "软弱涣散村党组织整顿");
    hj_document_key(d, "完成时限", "2018年6月30日");
    hj_document_attached(d, "问题清单");
    hj_document_attached(d, "整改台账");
    hj_document_seal(d, "中共沧县县委组织部", 17712);
    hj_document_sign(d, "签收人");
    hj_document_sign(d, "签收日期");
    hj_document_sign(d, "承办人");
    hj_document_footer(d, "演示数据：由程序生成，不是真实记录");
    return d;
}

static HjDocument *
tables(void)
{
    static const HjDocumentColumn columns[] = {
        { "组织", 4, HJ_ALIGN_LEFT },
        { "党支部（个）", 2, HJ_ALIGN_RIGHT },
        { "按期率（%）", 2, HJ_ALIGN_RIGHT },
        { "说明", 6, HJ_ALIGN_LEFT },
    };
    HjDocument *d = hj_document_new(HJ_DOCUMENT_TABLES, HJ_ZH, "工作成效\n（2018年上半年）");
    hj_document_subtitle(d, "2018-01-01 至 2018-06-30");
    hj_document_catalogue(d, "目录");
    hj_document_break(d);
    for (int part = 0; part < 3; part++) {
        hj_document_heading(d, 1, "组织体系");
        hj_document_table(d, "表：各乡镇", columns, G_N_ELEMENTS(columns));
        for (int i = 0; i < 60; i++) {
            g_autofree char *n = g_strdup_printf("%d", 100 + i);
            const char *const cells[] = { i % 7 == 0 ? "㛃䶮𠮷㐂·买买提·吐尔逊" : "旧州镇", n,
                                          "98.50", i % 11 == 0 ? long_text : "如期" };
            hj_document_row(d, cells, i % 20 == 0);
        }
    }
    return d;
}

/* A cell taller than a page, a word wider than a column, a head of many lines. */
static HjDocument *
extremes(void)
{
    static const HjDocumentColumn columns[] = { { "名称与说明以及其他需要写明的全部事项", 1,
                                                  0 },
                                                { "Averylongwordwithoutanybreak", 1, 0 },
                                                { "", 9, HJ_ALIGN_CENTRE } };
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 60; i++)
        g_string_append(text, long_text);
    HjDocument *d = hj_document_new(HJ_DOCUMENT_LETTER, HJ_EN, "A letter in English");
    hj_document_to(d, "The committee of Jiuzhou");
    hj_document_text(d, "Please return the form within 5 working days. The second sentence is "
                        "longer, so that the line is broken between its words.");
    hj_document_heading(d, 1, "First");
    hj_document_heading(d, 2, "Second");
    hj_document_heading(d, 3, "Third");
    hj_document_heading(d, 4, "Fourth");
    hj_document_plain(d, "plain");
    hj_document_mark(d, "沧县组织部 organizer 2018-07-01 09:00");
    hj_document_table(d, "", columns, G_N_ELEMENTS(columns));
    const char *const cells[] = { "沧县", "https://example.org/averylongaddress", text->str };
    hj_document_row(d, cells, false);
    hj_document_attached(d, "List");
    hj_document_seal(d, "Organization Department", 17712);
    return d;
}

HjDocument **
hj_papers_all(void)
{
    HjDocument **papers = g_new0(HjDocument *, 4);
    papers[0] = letter();
    papers[1] = tables();
    papers[2] = extremes();
    return papers;
}

void
hj_papers_free(HjDocument **papers)
{
    for (size_t i = 0; papers[i] != NULL; i++)
        hj_document_free(papers[i]);
    g_free(papers);
}

/* --- what MuPDF sees --- */

/* Runs mutool and returns what it printed; what it complains of fails the test. */
static char *
mutool(const char *const *words, const char *name)
{
    g_autofree char *out = NULL, *complaint = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                      &complaint, &status, &error))
        fail_msg("mutool (package mupdf-tools) is needed: %s", error->message);
    /* It warns of colour profiles that it was built without, whatever it reads. */
    g_auto(GStrv) parts = g_strsplit(complaint, "warning: ICC support is not available", -1);
    g_autofree char *rest = g_strjoinv("", parts);
    if (status != 0 || *g_strstrip(rest) != '\0')
        fail_msg("%s: %s", name, complaint);
    return g_steal_pointer(&out);
}

typedef struct {
    const char *name;
    int n_pages;
    double size; /* of the type being read */
    GString *text;
} Seen;

static double
number_of(const char *value)
{
    return value != NULL ? g_ascii_strtod(value, NULL) : 0;
}

static void
see_page(Seen *seen, const char *width, const char *height)
{
    seen->n_pages++;
    if (ABS(number_of(width) - 210 * MM) > 1 || ABS(number_of(height) - 297 * MM) > 1)
        fail_msg("%s: page %d measures %s × %s", seen->name, seen->n_pages, width, height);
}

/* A character with its place on its line; below the text area only what belongs there. */
static void
see_char(const Seen *seen, const char *c, double x, double y)
{
    double top = y - seen->size * 0.88, bottom = y + seen->size * 0.12;
    double right = x + (strlen(c) > 2 ? seen->size : 0);
    bool foot = top > (37 + 225) * MM && bottom < 292 * MM;
    if (strcmp(c, " ") != 0 &&
        (x < 28 * MM - SLACK || right > (28 + 156) * MM + SLACK || top < 37 * MM - SLACK ||
         (bottom > (37 + 225) * MM + SLACK && !foot)))
        fail_msg("%s: page %d: %s outside the text area at %.1f × %.1f mm", seen->name,
                 seen->n_pages, c, x / MM, y / MM);
    g_string_append(seen->text, c);
}

static void
start(GMarkupParseContext *context, const char *element, const char **names,
      const char **values, gpointer data, GError **error)
{
    (void)context, (void)error;
    Seen *seen = data;
    const char *width = NULL, *height = NULL, *c = NULL, *x = NULL, *y = NULL, *size = NULL;
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], "width") == 0)
            width = values[i];
        else if (strcmp(names[i], "height") == 0)
            height = values[i];
        else if (strcmp(names[i], "x") == 0)
            x = values[i];
        else if (strcmp(names[i], "y") == 0)
            y = values[i];
        else if (strcmp(names[i], "size") == 0)
            size = values[i];
        else if (strcmp(names[i], "c") == 0)
            c = values[i];
    }
    if (strcmp(element, "page") == 0)
        see_page(seen, width, height);
    else if (strcmp(element, "font") == 0)
        seen->size = number_of(size);
    else if (strcmp(element, "char") == 0 && c != NULL)
        see_char(seen, c, number_of(x), number_of(y));
}

char *
hj_papers_check(GBytes *pdf, const char *name, int *ret_pages)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("hangji-paper-XXXXXX.pdf", &path, NULL);
    assert_true(fd >= 0);
    close(fd);
    size_t n;
    const char *bytes = g_bytes_get_data(pdf, &n);
    assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
    /* To ink, for what it says of glyphs; then to letters with their places. */
    const char *const ink[] = { "mutool",    "draw", "-q",  "-r", "36", "-o",
                                "/dev/null", "-F",   "pam", path, NULL };
    const char *const letters[] = { "mutool", "draw", "-q", "-F", "stext", path, NULL };
    g_autofree char *drawn = mutool(ink, name);
    assert_non_null(drawn);
    g_autofree char *xml = mutool(letters, name);
    g_unlink(path);
    Seen seen = { .name = name, .text = g_string_new(NULL) };
    const GMarkupParser parser = { .start_element = start };
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, 0, &seen, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_markup_parse_context_parse(context, xml, -1, &error))
        fail_msg("%s: %s", name, error->message);
    if (ret_pages != NULL)
        *ret_pages = seen.n_pages;
    return g_string_free(seen.text, FALSE);
}
