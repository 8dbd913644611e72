#include "base/error.h"
#include "store/vault.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define COUNTY 7
#define ROW 4711
#define NAME "person.citizen_no"
#define NUMBER "11010519491231002X"

static int
start(void **state)
{
    (void)state;
    return hj_crypto_init(NULL) ? 0 : -1;
}

static void
a_value_opens_only_where_it_was_put(void **state)
{
    (void)state;
    HjVaultKey key, other;
    hj_vault_key_new(&key);
    hj_vault_key_new(&other);
    g_autoptr(GByteArray) box = hj_vault_close(&key, COUNTY, ROW, NAME, NUMBER);
    g_autoptr(GByteArray) again = hj_vault_close(&key, COUNTY, ROW, NAME, NUMBER);
    g_autofree char *open = hj_vault_open(&key, COUNTY, ROW, NAME, box->data, box->len, NULL);
    assert_string_equal(open, NUMBER);
    assert_false(box->len == again->len && memcmp(box->data, again->data, box->len) == 0);
    assert_null(memmem(box->data, box->len, "1949", 4));
    assert_null(hj_vault_open(&other, COUNTY, ROW, NAME, box->data, box->len, NULL));
    assert_null(hj_vault_open(&key, COUNTY + 1, ROW, NAME, box->data, box->len, NULL));
    assert_null(hj_vault_open(&key, COUNTY, ROW + 1, NAME, box->data, box->len, NULL));
    assert_null(hj_vault_open(&key, COUNTY, ROW, "person.phone", box->data, box->len, NULL));
}

static void
every_altered_byte_is_noticed(void **state)
{
    (void)state;
    HjVaultKey key;
    hj_vault_key_new(&key);
    g_autoptr(GByteArray) box = hj_vault_close(&key, COUNTY, ROW, NAME, NUMBER);
    for (guint i = 0; i < box->len; i++) {
        box->data[i] ^= 1;
        g_autoptr(GError) error = NULL;
        assert_null(hj_vault_open(&key, COUNTY, ROW, NAME, box->data, box->len, &error));
        assert_true(g_error_matches(error, HJ_ERROR, HJ_ERROR_STORE));
        assert_null(strstr(error->message, NUMBER));
        box->data[i] ^= 1;
    }
    for (guint n = 0; n < box->len; n++)
        assert_null(hj_vault_open(&key, COUNTY, ROW, NAME, box->data, n, NULL));
}

static void
a_row_key_survives_the_change_of_the_master_key(void **state)
{
    (void)state;
    g_autofree char *dir = g_dir_make_tmp("hangji-vault-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "master.key", NULL);
    assert_null(hj_vault_load(path, false, NULL));
    g_autoptr(HjVault) vault = hj_vault_load(path, true, NULL);
    /* As a server that runs beside the command. */
    g_autoptr(HjVault) server = hj_vault_load(path, false, NULL);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    HjVaultKey key, back;
    char first[HJ_VAULT_ID_BYTES], second[HJ_VAULT_ID_BYTES], third[HJ_VAULT_ID_BYTES];
    hj_vault_key_new(&key);
    g_autoptr(GByteArray) old = hj_vault_wrap(vault, COUNTY, ROW, &key, first);
    assert_true(hj_vault_add_master(vault, hj_time_now(), NULL));
    g_autoptr(GByteArray) new = hj_vault_wrap(vault, COUNTY, ROW, &key, second);
    assert_string_not_equal(first, second);
    assert_true(hj_vault_unwrap(server, COUNTY, ROW, second, new->data, new->len, &back, NULL));
    assert_memory_equal(back.secret, key.secret, sizeof key.secret);
    g_autoptr(GByteArray) third_box = hj_vault_wrap(server, COUNTY, ROW, &key, third);
    assert_non_null(third_box);
    assert_string_equal(third, second);
    assert_true(hj_vault_unwrap(vault, COUNTY, ROW, first, old->data, old->len, &back, NULL));
    assert_false(hj_vault_drop_master(vault, second, NULL));
    assert_true(hj_vault_drop_master(vault, first, NULL));
    g_autoptr(GError) error = NULL;
    assert_false(
        hj_vault_unwrap(vault, COUNTY, ROW, first, old->data, old->len, &back, &error));
    assert_true(g_error_matches(error, HJ_ERROR, HJ_ERROR_STORE));
    remove(path);
    remove(dir);
}

static void
the_index_is_the_same_for_the_same_value_and_needs_the_key(void **state)
{
    (void)state;
    g_autoptr(HjVault) vault = hj_vault_new_temporary();
    g_autoptr(HjVault) other = hj_vault_new_temporary();
    char a[HJ_VAULT_INDEX_BYTES], b[HJ_VAULT_INDEX_BYTES];
    hj_vault_index(vault, "citizen_id", NUMBER, a);
    hj_vault_index(vault, "citizen_id", NUMBER, b);
    assert_string_equal(a, b);
    assert_true(hj_vault_is_index(a));
    hj_vault_index(vault, "phone", NUMBER, b);
    assert_string_not_equal(a, b);
    hj_vault_index(other, "citizen_id", NUMBER, b);
    assert_string_not_equal(a, b);
    assert_false(hj_vault_is_index(NUMBER));
    assert_false(hj_vault_is_index("h:00112233445566778899AABBCCDDEEFF"));
}

static void
a_note_fits_its_value_under_its_own_key_only(void **state)
{
    (void)state;
    HjVaultKey key, other;
    hj_vault_key_new(&key);
    hj_vault_key_new(&other);
    g_autofree char *note = hj_vault_note(&key, NAME, "h:1");
    g_autofree char *twice = hj_vault_note(&key, NAME, "h:1");
    assert_string_not_equal(note, twice);
    assert_true(hj_vault_note_fits(&key, NAME, "h:1", note));
    assert_true(hj_vault_note_fits(&key, NAME, "h:1", twice));
    assert_false(hj_vault_note_fits(&key, NAME, "h:2", note));
    assert_false(hj_vault_note_fits(&other, NAME, "h:1", note));
    assert_false(hj_vault_note_fits(&key, NAME, "h:1", "sm3:"));
}

static void
a_damaged_key_file_is_refused(void **state)
{
    (void)state;
    g_autofree char *dir = g_dir_make_tmp("hangji-vault-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "master.key", NULL);
    static const char *const texts[] = { "", "hangji-keys 1\n", "hangji-keys 1\nindex 00\n",
                                         "hangji-keys 2\n", "\xff" };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        assert_true(g_file_set_contents(path, texts[i], -1, NULL));
        assert_null(hj_vault_load(path, true, &error));
        assert_true(g_error_matches(error, HJ_ERROR, HJ_ERROR_STORE));
    }
    remove(path);
    remove(dir);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_opens_only_where_it_was_put),
        cmocka_unit_test(every_altered_byte_is_noticed),
        cmocka_unit_test(a_row_key_survives_the_change_of_the_master_key),
        cmocka_unit_test(the_index_is_the_same_for_the_same_value_and_needs_the_key),
        cmocka_unit_test(a_note_fits_its_value_under_its_own_key_only),
        cmocka_unit_test(a_damaged_key_file_is_refused),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
