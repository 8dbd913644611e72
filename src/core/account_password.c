#include "base/crypto.h"
#include "base/text.h"
#include "core/account.h"

#include <string.h>

#define MIN_LENGTH 12
#define MAX_BYTES 1024
#define SHORT_WORD 4

/* What is left of a common password without the digits and signs around it. */
static const char *const common_words[] = {
    "password",
    "passwort",
    "passw",
    "admin",
    "administrator",
    "root",
    "letmein",
    "welcome",
    "qwerty",
    "qwertyuiop",
    "qwertyui",
    "asdfghjkl",
    "zxcvbnm",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "superman",
    "trustno",
    "changeme",
    "default",
    "secret",
    "test",
    "testtest",
    "guest",
    "user",
    "login",
    "abc",
    "abcd",
    "abcde",
    "abcdef",
    "abcdefg",
    "abcdefgh",
    "a",
    "q",
    "qwe",
    "qaz",
    "zxc",
    "asd",
    "woaini",
    "aini",
    "mima",
    "hangji",
    "cangxian",
    "dangjian",
    "zuzhibu",
    "gongchandang",
    "zhongguo",
    "china",
    "hebei",
    "q1w2e3r4t5y",
    "q1w2e3r4t5",
    "q1w2e3r4",
    "qazwsx",
    "qazwsxedc",
    "1qaz2wsx3edc",
    "1q2w3e4r5t6y",
    "qwer",
    "asdf",
    "zxcv",
    "qwertyuiopasdfghjkl",
    "correcthorsebatterystaple",
};

/* 123456789012, 987654321098, abcdefghijkl: every step the same, round the end of the digits.
 */
static bool
is_run(const char *text)
{
    size_t n = strlen(text);
    bool up = true, down = true;
    for (size_t i = 1; i < n; i++) {
        int step = text[i] - text[i - 1];
        up = up && (step == 1 || (text[i - 1] == '9' && text[i] == '0'));
        down = down && (step == -1 || (text[i - 1] == '0' && text[i] == '9'));
    }
    return up || down;
}

/* aaaaaaaaaaaa, 123412341234: a short part over and over. */
static bool
is_repeated(const char *text)
{
    size_t n = strlen(text);
    for (size_t part = 1; part <= 6 && part * 2 <= n; part++) {
        size_t i = part;
        while (i < n && text[i] == text[i - part])
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static bool
is_common(const char *password)
{
    g_autofree char *low = g_utf8_casefold(password, -1);
    if (is_run(low) || is_repeated(low))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(common_words); i++)
        if (g_str_equal(low, common_words[i]))
            return true;
    const char *start = low;
    while (*start != '\0' && (guchar)*start < 0x80 && !g_ascii_isalpha(*start))
        start++;
    const char *end = low + strlen(low);
    while (end > start && (guchar)end[-1] < 0x80 && !g_ascii_isalpha(end[-1]))
        end--;
    g_autofree char *core = g_strndup(start, (gsize)(end - start));
    g_autofree char *before = g_strndup(low, (gsize)(start - low));
    g_autofree char *around = g_strconcat(before, end, NULL);
    /* A short word needs weak company: 839274658273a is not what anybody tries first. */
    bool counts = strlen(core) > SHORT_WORD || strlen(around) <= SHORT_WORD || is_run(around) ||
                  is_repeated(around);
    for (size_t i = 0; counts && i < G_N_ELEMENTS(common_words); i++)
        if (g_str_equal(core, common_words[i]))
            return true;
    return false;
}

static bool
is_name(const char *name, const char *password)
{
    if (name == NULL || *name == '\0' || !g_utf8_validate(name, -1, NULL))
        return false;
    g_autofree char *a = g_utf8_casefold(name, -1);
    g_autofree char *b = g_utf8_casefold(password, -1);
    return g_str_equal(a, b);
}

bool
hj_account_password_ok(const char *name, const char *password, HjIssues *issues)
{
    if (password == NULL || !hj_text_is_clean(password, false) ||
        strlen(password) > MAX_BYTES) {
        hj_issues_add(issues, "password", "type", N_("This password cannot be typed again."));
        return false;
    }
    if (hj_text_length(password) < MIN_LENGTH) {
        hj_issues_add(issues, "password", "length", N_("Use at least %d characters."),
                      MIN_LENGTH);
        return false;
    }
    if (is_name(name, password)) {
        hj_issues_add(issues, "password", "rule",
                      N_("The password must not be the sign-in name."));
        return false;
    }
    if (is_common(password)) {
        hj_issues_add(issues, "password", "rule",
                      N_("This password is among the first that anybody would try."));
        return false;
    }
    return true;
}

bool
hj_account_password_new(HjTx *tx, const HjActor *actor, const char *password, HjIssues *issues,
                        GError **error)
{
    HjAccountProof proof;
    if (!hj_account_password_ok(actor->name, password, issues))
        return true;
    if (!hj_account_proof(tx, actor->name, &proof, error))
        return false;
    bool again = hj_crypto_password_verify(proof.hash, password);
    hj_account_proof_clear(&proof);
    if (again) {
        hj_issues_add(issues, "password", "rule", N_("Choose another password than before."));
        return true;
    }
    g_autoptr(HjRows) past = hj_account_password_past(tx, actor->account, error);
    if (past == NULL)
        return false;
    while (!again && hj_rows_next(past))
        again = hj_crypto_password_verify(hj_rows_text(past, "password"), password);
    if (again)
        hj_issues_add(issues, "password", "rule",
                      N_("This password was used before; choose a new one."));
    return true;
}
