#include "base/crypto.h"
#include "tests/unit/unit.h"

#include <string.h>

static void
assert_hex(const void *data, size_t n, const char *wanted)
{
    g_autofree char *hex = hj_crypto_hex(data, n);
    assert_string_equal(hex, wanted);
}

static int
start(void **state)
{
    (void)state;
    return hj_crypto_init(NULL) && hj_crypto_init(NULL) ? 0 : -1;
}

static void
test_sm3_gives_the_digests_of_the_standard(void **state)
{
    (void)state;
    uint8_t out[HJ_SM3_BYTES];
    hj_crypto_sm3("abc", 3, out); /* domain.md 10.2; GB/T 32905 A.1 */
    assert_hex(out, sizeof out,
               "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 16; i++)
        g_string_append(text, "abcd");
    hj_crypto_sm3(text->str, text->len, out); /* GB/T 32905 A.2 */
    assert_hex(out, sizeof out,
               "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    hj_crypto_sm3(NULL, 0, out);
    assert_hex(out, sizeof out,
               "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
}

static void
test_hmac_sm3_agrees_with_the_openssl_command(void **state)
{
    (void)state;
    uint8_t out[HJ_SM3_BYTES];
    hj_crypto_hmac_sm3("Jefe", 4, "what do ya want for nothing?", 28, out);
    assert_hex(out, sizeof out,
               "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882");
    uint8_t key[16];
    assert_true(hj_crypto_unhex("00112233445566778899aabbccddeeff", key, sizeof key));
    for (int i = 0; i < 3; i++) /* a thread stands at the key it had */
        hj_crypto_hmac_sm3(key, sizeof key, "abc", 3, out);
    assert_hex(out, sizeof out,
               "0933617a88d312f6f9fb4b5f200e31a64d655e92f7fa2a43f55dfeeb8ab6788d");
    uint8_t empty[HJ_SM3_BYTES];
    hj_crypto_hmac_sm3(NULL, 0, NULL, 0, empty);
    assert_false(hj_crypto_equal(out, empty, sizeof out));
}

static void
test_sm4_in_counter_mode_gives_the_known_ciphertext(void **state)
{
    (void)state;
    uint8_t key[HJ_SM4_KEY_BYTES], iv[HJ_SM4_IV_BYTES], plain[64], out[64], back[64];
    assert_true(hj_crypto_unhex("0123456789abcdeffedcba9876543210", key, sizeof key));
    assert_true(hj_crypto_unhex("000102030405060708090a0b0c0d0e0f", iv, sizeof iv));
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(0x11 * (0xa + i / 8 % 6));
    /* draft-ribose-cfrg-sm4-10, A.2.5.1; the openssl command says the same */
    hj_crypto_sm4_ctr(key, iv, plain, sizeof plain, out);
    assert_hex(out, sizeof out,
               "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
               "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514");
    hj_crypto_sm4_ctr(key, iv, out, sizeof out, back);
    assert_memory_equal(back, plain, sizeof plain);
}

static void
test_hkdf_sm3_agrees_with_the_openssl_command(void **state)
{
    (void)state;
    uint8_t secret[22], salt[13], info[10], out[42];
    memset(secret, 0x0b, sizeof secret);
    for (size_t i = 0; i < sizeof salt; i++)
        salt[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof info; i++)
        info[i] = (uint8_t)(0xf0 + i);
    /* The inputs of RFC 5869 A.1 and A.3. */
    hj_crypto_hkdf_sm3(secret, sizeof secret, salt, sizeof salt, info, sizeof info, out,
                       sizeof out);
    assert_hex(out, sizeof out,
               "c69fe91b7aaee2dd5718d72dcaee0cce93f1b8e41f792da51261b6a517e68b36"
               "ed2c595572b01dfa359b");
    hj_crypto_hkdf_sm3(secret, sizeof secret, NULL, 0, NULL, 0, out, sizeof out);
    assert_hex(out, sizeof out,
               "c8c91a38ae2fb3b023a7c38ce9f0748f28230d59b6b950ba3ba949bf0d713a57"
               "74815778801741cb2034");
}

static void
test_ed25519_signs_as_rfc_8032_says(void **state)
{
    (void)state;
    static const char secret_hex[] =
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    uint8_t secret[HJ_SIGN_SECRET_BYTES];
    uint8_t signature[HJ_SIGN_BYTES];
    assert_true(hj_crypto_unhex(secret_hex, secret, sizeof secret));
    hj_crypto_sign(secret, "", 0, signature);
    assert_hex(signature, sizeof signature,
               "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
               "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    assert_true(hj_crypto_verify(secret + 32, "", 0, signature));
    assert_false(hj_crypto_verify(secret + 32, "x", 1, signature));
}

static void
test_a_changed_byte_or_another_key_breaks_a_signature(void **state)
{
    (void)state;
    uint8_t public_key[HJ_SIGN_PUBLIC_BYTES];
    uint8_t secret[HJ_SIGN_SECRET_BYTES];
    uint8_t signature[HJ_SIGN_BYTES];
    hj_crypto_sign_keys(public_key, secret);
    hj_crypto_sign(secret, "沧县", 6, signature);
    assert_true(hj_crypto_verify(public_key, "沧县", 6, signature));
    assert_false(hj_crypto_verify(public_key, "沧州", 6, signature));
    signature[10] ^= 1;
    assert_false(hj_crypto_verify(public_key, "沧县", 6, signature));
    signature[10] ^= 1;
    public_key[0] ^= 1;
    assert_false(hj_crypto_verify(public_key, "沧县", 6, signature));
}

static void
test_a_password_is_verified_against_its_salted_hash(void **state)
{
    (void)state;
    g_autofree char *hash = hj_crypto_password_hash("正确的密码", NULL);
    g_autofree char *again = hj_crypto_password_hash("正确的密码", NULL);
    assert_non_null(hash);
    assert_true(g_str_has_prefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_string_not_equal(hash, again);
    assert_true(hj_crypto_password_verify(hash, "正确的密码"));
    assert_true(hj_crypto_password_verify(again, "正确的密码"));
    assert_false(hj_crypto_password_verify(hash, "错误的密码"));
    assert_false(hj_crypto_password_verify(hash, ""));
}

static void
test_a_damaged_hash_never_verifies(void **state)
{
    (void)state;
    g_autofree char *long_text = g_strnfill(1000, '$');
    assert_false(hj_crypto_password_verify("", ""));
    assert_false(hj_crypto_password_verify("!", "x"));
    assert_false(hj_crypto_password_verify("$argon2id$v=19$m=19456,t=2,p=1$", "x"));
    assert_false(hj_crypto_password_verify(long_text, "x"));
    assert_false(hj_crypto_password_verify(NULL, "x"));
}

static void
test_hex_reads_back_and_refuses_other_lengths_and_letters(void **state)
{
    (void)state;
    uint8_t out[3] = { 0 };
    assert_true(hj_crypto_unhex("00fFa5", out, 3));
    assert_hex(out, 3, "00ffa5");
    assert_false(hj_crypto_unhex("00ff", out, 3));
    assert_false(hj_crypto_unhex("00ffa500", out, 3));
    assert_false(hj_crypto_unhex("00ffg5", out, 3));
    assert_false(hj_crypto_unhex("00 ff5", out, 3));
    assert_false(hj_crypto_unhex("", out, 3));
    assert_false(hj_crypto_unhex(NULL, out, 3));
}

static void
test_a_token_is_url_safe_and_never_the_same(void **state)
{
    (void)state;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < 1000; i++) {
        char *token = hj_crypto_token(32);
        assert_int_equal(strlen(token), 43);
        assert_int_equal(strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_"),
                         43);
        assert_true(g_hash_table_add(seen, token));
    }
}

static void
test_wiping_leaves_zeros_and_equality_sees_every_byte(void **state)
{
    (void)state;
    uint8_t secret[64];
    uint8_t zeros[64] = { 0 };
    hj_crypto_random(secret, sizeof secret);
    assert_false(hj_crypto_equal(secret, zeros, sizeof secret));
    hj_crypto_wipe(secret, sizeof secret);
    assert_true(hj_crypto_equal(secret, zeros, sizeof secret));
    secret[63] = 1;
    assert_false(hj_crypto_equal(secret, zeros, sizeof secret));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sm3_gives_the_digests_of_the_standard),
        cmocka_unit_test(test_hmac_sm3_agrees_with_the_openssl_command),
        cmocka_unit_test(test_sm4_in_counter_mode_gives_the_known_ciphertext),
        cmocka_unit_test(test_hkdf_sm3_agrees_with_the_openssl_command),
        cmocka_unit_test(test_ed25519_signs_as_rfc_8032_says),
        cmocka_unit_test(test_a_changed_byte_or_another_key_breaks_a_signature),
        cmocka_unit_test(test_a_password_is_verified_against_its_salted_hash),
        cmocka_unit_test(test_a_damaged_hash_never_verifies),
        cmocka_unit_test(test_hex_reads_back_and_refuses_other_lengths_and_letters),
        cmocka_unit_test(test_a_token_is_url_safe_and_never_the_same),
        cmocka_unit_test(test_wiping_leaves_zeros_and_equality_sees_every_byte),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
