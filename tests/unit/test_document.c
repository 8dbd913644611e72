/* Official papers: their words, their bytes, and their PDF as MuPDF sees it. */
#include "base/document_pdf.h"
#include "base/error.h"
#include "base/log.h"
#include "tests/harness/papers.h"
#include "tests/harness/workers.h"
#include "tests/unit/unit.h"

#include <string.h>

const HjWorkerKind *
hj_test_workers(void)
{
    static HjWorkerKind kinds[2];
    kinds[0] = hj_document_worker;
    return kinds;
}

static const HjDocumentBlock *
block(const HjDocument *document, guint i)
{
    return &g_array_index(document->blocks, HjDocumentBlock, i);
}

static void
headings_are_numbered_by_their_level(void **state)
{
    (void)state;
    g_autoptr(HjDocument) d = hj_document_new(HJ_DOCUMENT_LETTER, HJ_ZH, "题");
    for (int i = 0; i < 12; i++) {
        hj_document_heading(d, 1, "甲");
        hj_document_heading(d, 2, "乙");
        hj_document_heading(d, 3, "丙");
        hj_document_heading(d, 4, "丁");
        hj_document_heading(d, 4, "丁");
    }
    assert_string_equal(block(d, 0)->name, "一、");
    assert_string_equal(block(d, 1)->name, "（一）");
    assert_string_equal(block(d, 2)->name, "1.");
    assert_string_equal(block(d, 3)->name, "（1）");
    assert_string_equal(block(d, 4)->name, "（2）");
    assert_string_equal(block(d, 55)->name, "十二、");
    assert_string_equal(block(d, 56)->name, "（一）");
}

static void
a_number_is_written_as_the_standard_wants(void **state)
{
    (void)state;
    static const char *const given[] = { "沧县组[2018]5号", "沧县组（2018）05号",
                                         "沧县组〔2018〕第5号", "沧县组【2018】005号" };
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
        g_autoptr(HjDocument) d = hj_document_new(HJ_DOCUMENT_LETTER, HJ_ZH, "题");
        hj_document_number(d, given[i]);
        assert_string_equal(d->number, "沧县组〔2018〕5号");
    }
    g_autofree char *day = hj_document_day(hj_date_make(2018, 6, 3), HJ_ZH);
    assert_string_equal(day, "2018年6月3日");
}

static void
a_document_survives_its_bytes(void **state)
{
    (void)state;
    HjDocument **papers = hj_papers_all();
    g_autoptr(GByteArray) first = g_byte_array_new();
    for (size_t i = 0; papers[i] != NULL; i++)
        hj_document_write(papers[i], first);
    g_autoptr(GByteArray) second = g_byte_array_new();
    size_t at = 0;
    for (size_t i = 0; papers[i] != NULL; i++) {
        g_autoptr(HjDocument) read = hj_document_read(first->data, first->len, &at);
        assert_non_null(read);
        hj_document_write(read, second);
    }
    assert_int_equal(at, first->len);
    assert_int_equal(first->len, second->len);
    assert_memory_equal(first->data, second->data, first->len);
    hj_papers_free(papers);
}

/* domain.md 10.3: A4, text area 156 × 225 mm, no missing glyph (stack.md F1). */
static void
every_sample_is_drawn_within_its_measures(void **state)
{
    (void)state;
    HjDocument **papers = hj_papers_all();
    for (size_t i = 0; papers[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;
        HjPdfInfo info;
        g_autoptr(GBytes) pdf =
            hj_document_pdf((const HjDocument *const *)&papers[i], 1, &info, &error);
        assert_null(error);
        int n_pages = 0;
        g_autofree char *text = hj_papers_check(pdf, papers[i]->title, &n_pages);
        assert_int_equal(n_pages, info.n_pages);
        assert_int_equal(info.n_missing, 0);
        assert_non_null(strstr(text, "— 1 —"));
    }
    hj_papers_free(papers);
}

static void
a_letter_holds_28_characters_in_a_line_and_22_lines_on_a_page(void **state)
{
    (void)state;
    g_autoptr(HjDocument) d = hj_document_new(HJ_DOCUMENT_LETTER, HJ_ZH, "");
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 28 * 22 - 2; i++)
        g_string_append(text, "国");
    hj_document_text(d, text->str);
    const HjDocument *const one[] = { d };
    g_autoptr(GError) error = NULL;
    HjPdfInfo info;
    g_autoptr(GBytes) full = hj_document_pdf(one, 1, &info, &error);
    assert_non_null(full);
    assert_null(error);
    assert_int_equal(info.n_pages, 1);
    g_string_append(text, "国");
    g_autoptr(HjDocument) more = hj_document_new(HJ_DOCUMENT_LETTER, HJ_ZH, "");
    hj_document_text(more, text->str);
    const HjDocument *const other[] = { more };
    g_autoptr(GBytes) over = hj_document_pdf(other, 1, &info, &error);
    assert_non_null(over);
    assert_null(error);
    assert_int_equal(info.n_pages, 2);
}

static void
rare_names_are_drawn_and_unknown_characters_are_said(void **state)
{
    (void)state;
    g_autoptr(HjDocument) d = hj_document_new(HJ_DOCUMENT_TABLES, HJ_ZH, "名单");
    hj_document_text(d, "㛃 䶮 𠮷 㐂 买买提·吐尔逊 如");
    const HjDocument *const one[] = { d };
    g_autoptr(GError) error = NULL;
    HjPdfInfo info;
    g_autoptr(GBytes) pdf = hj_document_pdf(one, 1, &info, &error);
    assert_null(error);
    assert_int_equal(info.n_missing, 0);
    g_autofree char *text = hj_papers_check(pdf, "rare names", NULL);
    static const char *const wanted[] = { "㛃", "䶮", "𠮷", "㐂", "·", "如" };
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_non_null(strstr(text, wanted[i]));
    /* A character for private use is in no font. */
    g_autoptr(HjDocument) unknown = hj_document_new(HJ_DOCUMENT_TABLES, HJ_ZH, "名单");
    hj_document_text(unknown, "王\uE123");
    const HjDocument *const other[] = { unknown };
    g_autoptr(GBytes) replaced = hj_document_pdf(other, 1, &info, &error);
    assert_null(error);
    assert_int_equal(info.n_missing, 1);
    g_autofree char *said = hj_papers_check(replaced, "unknown", NULL);
    assert_non_null(strstr(said, "王〓"));
    assert_non_null(strstr(said, "请手写补上"));
}

static void
a_table_repeats_its_head_and_a_heading_is_not_left_alone(void **state)
{
    (void)state;
    static const HjDocumentColumn columns[] = { { "序号列", 1, 0 }, { "名称列", 3, 0 } };
    for (int before = 0; before < 40; before++) {
        g_autoptr(HjDocument) d = hj_document_new(HJ_DOCUMENT_TABLES, HJ_ZH, "");
        for (int i = 0; i < before; i++)
            hj_document_plain(d, "行");
        hj_document_heading(d, 1, "标题");
        hj_document_table(d, "", columns, G_N_ELEMENTS(columns));
        const char *const cells[] = { "1", "沧县" };
        for (int i = 0; i < 60; i++)
            hj_document_row(d, cells, false);
        const HjDocument *const one[] = { d };
        g_autoptr(GError) error = NULL;
        HjPdfInfo info;
        if (before % 8 != 0 && before < 28)
            continue;
        g_autoptr(GBytes) pdf = hj_document_pdf(one, 1, &info, &error);
        assert_null(error);
        g_autofree char *text = hj_papers_check(pdf, "head", NULL);
        /* Behind the heading comes the head of its table, not the number of the page. */
        const char *heading = strstr(text, "一、标题");
        assert_non_null(heading);
        assert_true(g_str_has_prefix(heading, "一、标题序号列"));
        g_auto(GStrv) heads = g_strsplit(text, "序号列", -1);
        int pages_before = strstr(text, "— 1 —") < heading ? 1 : 0;
        assert_int_equal(g_strv_length(heads) - 1, info.n_pages - pages_before);
    }
}

static void
many_documents_make_one_file_whose_pages_begin_anew(void **state)
{
    (void)state;
    const HjDocument *many[30];
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        HjDocument *d = hj_document_new(HJ_DOCUMENT_TABLES, HJ_ZH, "计分单");
        hj_document_key(d, "组织", "旧州镇党委");
        many[i] = d;
    }
    g_autoptr(GError) error = NULL;
    HjPdfInfo info;
    g_autoptr(GBytes) pdf = hj_document_pdf(many, G_N_ELEMENTS(many), &info, &error);
    assert_null(error);
    assert_int_equal(info.n_pages, 30);
    assert_true(info.peak_kib > 0);
    g_autofree char *text = hj_papers_check(pdf, "many", NULL);
    assert_null(strstr(text, "— 2 —"));
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
        hj_document_free((HjDocument *)many[i]);
}

/* Behind the doors no library may look for another file or start a thread. */
static void
any_text_is_drawn_by_the_confined_worker(void **state)
{
    (void)state;
    static const gunichar from[] = { 0x20,   0x80,   0x600,   0x900,   0xe00,   0xf00,  0x2000,
                                     0x2600, 0x3400, 0x4e00,  0xa000,  0xac00,  0xe000, 0xf900,
                                     0xfe00, 0xff00, 0x1f300, 0x20000, 0x2a700, 0xe0100 };
    GRand *dice = g_rand_new_with_seed(9704);
    const HjDocument *many[80];
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        HjDocument *d = hj_document_new((HjDocumentStyle)(i % 2), (HjLang)(i / 2 % 2), "题");
        for (int k = 0; k < 20; k++) {
            g_autoptr(GString) text = g_string_new(NULL);
            for (int c = 0; c < 30; c++)
                g_string_append_unichar(text,
                                        from[g_rand_int_range(dice, 0, G_N_ELEMENTS(from))] +
                                            g_rand_int_range(dice, 0, 128));
            hj_document_heading(d, 1 + k % 4, text->str);
            hj_document_text(d, text->str);
            hj_document_key(d, text->str, text->str);
        }
        hj_document_issuer(d, "㐂");
        hj_document_catalogue(d, "目录");
        many[i] = d;
    }
    g_rand_free(dice);
    g_autoptr(GError) error = NULL;
    HjPdfInfo info;
    g_autoptr(GBytes) pdf = hj_document_pdf(many, G_N_ELEMENTS(many), &info, &error);
    assert_non_null(pdf);
    assert_null(error);
    assert_true(info.n_pages > 80 && info.n_missing > 0);
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
        hj_document_free((HjDocument *)many[i]);
}

static void
bytes_that_are_no_document_are_refused(void **state)
{
    (void)state;
    HjDocument **papers = hj_papers_all();
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    hj_document_write(papers[0], bytes);
    for (guint n = 0; n < bytes->len; n += 7) {
        size_t at = 0;
        g_autoptr(HjDocument) cut = hj_document_read(bytes->data, n, &at);
        assert_null(cut);
    }
    for (guint i = 0; i < bytes->len; i++) {
        size_t at = 0;
        bytes->data[i] ^= 0xff;
        g_autoptr(HjDocument) changed = hj_document_read(bytes->data, bytes->len, &at);
        bytes->data[i] ^= 0xff;
        (void)changed;
    }
    hj_papers_free(papers);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headings_are_numbered_by_their_level),
        cmocka_unit_test(a_number_is_written_as_the_standard_wants),
        cmocka_unit_test(a_document_survives_its_bytes),
        cmocka_unit_test(every_sample_is_drawn_within_its_measures),
        cmocka_unit_test(a_letter_holds_28_characters_in_a_line_and_22_lines_on_a_page),
        cmocka_unit_test(rare_names_are_drawn_and_unknown_characters_are_said),
        cmocka_unit_test(a_table_repeats_its_head_and_a_heading_is_not_left_alone),
        cmocka_unit_test(many_documents_make_one_file_whose_pages_begin_anew),
        cmocka_unit_test(any_text_is_drawn_by_the_confined_worker),
        cmocka_unit_test(bytes_that_are_no_document_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
