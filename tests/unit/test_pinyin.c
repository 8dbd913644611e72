#include "base/pinyin.h"
#include "tests/unit/unit.h"

static void
check(const char *text, HjPinyinKind kind, const char *full, const char *initials)
{
    g_autofree char *got_full = hj_pinyin_full(text, kind);
    g_autofree char *got_initials = hj_pinyin_initials(text, kind);
    assert_string_equal(got_full, full);
    assert_string_equal(got_initials, initials);
}

static void
test_places_are_read_character_by_character(void **state)
{
    (void)state;
    check("沧县", HJ_PINYIN_TEXT, "cangxian", "cx");
    check("旧州镇", HJ_PINYIN_TEXT, "jiuzhouzhen", "jzz");
    check("西安", HJ_PINYIN_TEXT, "xian", "xa");
    check("绿色", HJ_PINYIN_TEXT, "luse", "ls");
}

static void
test_places_with_a_second_reading_are_overridden(void **state)
{
    (void)state;
    static const HjPinyinReading readings[] = { { "重庆", "chong qing" },
                                                { "长治", "chang zhi" },
                                                { "捷地", "jie di" },
                                                { "长治路", "zhang zhi lu" } };
    hj_pinyin_use(readings, G_N_ELEMENTS(readings));
    check("重庆", HJ_PINYIN_TEXT, "chongqing", "cq");
    check("长治路", HJ_PINYIN_TEXT, "zhangzhilu", "zzl");
    g_autofree char *parted = hj_pinyin_syllables("在重庆路12号", HJ_PINYIN_TEXT);
    assert_string_equal(parted, "zai chong qing lu 12 hao");
    check("长治市", HJ_PINYIN_TEXT, "changzhishi", "czs");
    check("捷地回族乡", HJ_PINYIN_TEXT, "jiedihuizuxiang", "jdhzx");
    check("在重庆路", HJ_PINYIN_TEXT, "zaichongqinglu", "zcql");
}

static void
test_surnames_have_their_own_reading(void **state)
{
    (void)state;
    check("单雄", HJ_PINYIN_PERSON, "shanxiong", "sx");
    check("曾国", HJ_PINYIN_PERSON, "zengguo", "zg");
    check("张三", HJ_PINYIN_PERSON, "zhangsan", "zs");
    check("欧阳修", HJ_PINYIN_PERSON, "ouyangxiu", "oyx");
}

static void
test_latin_digits_and_signs_are_folded(void **state)
{
    (void)state;
    check("", HJ_PINYIN_TEXT, "", "");
    check("ABC 公司", HJ_PINYIN_TEXT, "abcgongsi", "ags");
    check("ABC公司", HJ_PINYIN_TEXT, "abcgongsi", "ags");
    check("第113村", HJ_PINYIN_TEXT, "di113cun", "d113c");
    check("（沧县）·“乡”", HJ_PINYIN_TEXT, "cangxianxiang", "cxx");
    check("１２组", HJ_PINYIN_TEXT, "12zu", "12z");
    g_autofree char *broken = hj_pinyin_full("沧\xff县", HJ_PINYIN_TEXT);
    assert_string_equal(broken, "cangxian");
    g_autofree char *rare = hj_pinyin_full("\xf0\xa0\xae\xb7村", HJ_PINYIN_TEXT);
    assert_true(g_str_has_suffix(rare, "cun"));
}

static void
test_sort_keys_follow_the_pinyin_order(void **state)
{
    (void)state;
    /* The Chinese collation puts characters before Latin letters. */
    static const char *const sorted[] = { "",   "1",  "2",  "阿", "沧县", "沧州",
                                          "李", "王", "张", "a",  "B" };
    g_autofree char *last = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(sorted); i++) {
        char *key = hj_pinyin_sort_key(sorted[i]);
        for (const char *p = key; *p != '\0'; p++)
            assert_true(g_ascii_isxdigit(*p) && !g_ascii_isupper(*p));
        if (last != NULL)
            assert_true(g_strcmp0(last, key) < 0);
        g_free(last);
        last = key;
    }
}

static void *
read_many(void *data)
{
    for (int i = 0; i < 200; i++) {
        g_autofree char *full = hj_pinyin_full("沧县", HJ_PINYIN_TEXT);
        g_autofree char *person = hj_pinyin_full("单雄", HJ_PINYIN_PERSON);
        g_autofree char *key = hj_pinyin_sort_key("沧县");
        if (!g_str_equal(full, "cangxian") || !g_str_equal(person, "shanxiong") ||
            key[0] == '\0')
            return data;
    }
    return NULL;
}

static void
test_several_threads_may_ask_at_once(void **state)
{
    (void)state;
    GThread *threads[4];
    int mark = 0;
    for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new("pinyin", read_many, &mark);
    for (int i = 0; i < 4; i++)
        assert_null(g_thread_join(threads[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_are_read_character_by_character),
        cmocka_unit_test(test_places_with_a_second_reading_are_overridden),
        cmocka_unit_test(test_surnames_have_their_own_reading),
        cmocka_unit_test(test_latin_digits_and_signs_are_folded),
        cmocka_unit_test(test_sort_keys_follow_the_pinyin_order),
        cmocka_unit_test(test_several_threads_may_ask_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
