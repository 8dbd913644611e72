#include "base/citizen.h"

#include <string.h>

#define OLD_DIGITS 15
#define EARLIEST_BIRTH 1850
#define DAYS_OF_400_YEARS 146097
#define MOBILE_DIGITS 11

/* GB/T 2260: the first two digits of every province, region and municipality. */
static const char provinces[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46"
                                " 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91";

/* ISO 7064 MOD 11-2 */
static const int citizen_weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
static const char citizen_checks[] = "10X98765432";

/* GB 32100: letters without I, O, S, V and Z; weights are the powers of 3 modulo 31. */
static const char credit_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
static const int credit_weights[17] = { 1,  3,  9,  27, 19, 26, 16, 17, 20,
                                        29, 25, 13, 8,  24, 10, 30, 28 };

char *
hj_citizen_tidy(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0xff01 && c <= 0xff5e)
            c -= 0xfee0;
        if (g_unichar_isspace(c) || c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2013)
            continue;
        g_string_append_unichar(out, c < 0x80 ? (gunichar)g_ascii_toupper((char)c) : c);
    }
    return g_string_free(out, FALSE);
}

static bool
all_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isdigit(text[i]))
            return false;
    return true;
}

static bool
is_province(const char *number)
{
    for (const char *p = provinces; *p != '\0'; p += p[2] == '\0' ? 2 : 3)
        if (p[0] == number[0] && p[1] == number[1])
            return true;
    return false;
}

static int
digits(const char *text, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

/* Dates of the program begin with 1900; the calendar repeats itself after 400 years. */
static bool
read_birth(const char *number, HjDate *ret)
{
    int year = digits(number + 6, 4);
    bool early = year < 1900;
    if (year < EARLIEST_BIRTH)
        return false;
    HjDate day =
        hj_date_make(early ? year + 400 : year, digits(number + 10, 2), digits(number + 12, 2));
    if (day == HJ_DATE_NONE)
        return false;
    *ret = early ? day - DAYS_OF_400_YEARS : day;
    return true;
}

char
hj_citizen_check(const char *number)
{
    int sum = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(citizen_weights); i++)
        sum += (number[i] - '0') * citizen_weights[i];
    return citizen_checks[sum % 11];
}

HjCitizenFault
hj_citizen_read(const char *number, HjCitizen *ret)
{
    size_t n = strlen(number);
    if (n == OLD_DIGITS && all_digits(number, n))
        return HJ_CITIZEN_OLD;
    if (n != HJ_CITIZEN_DIGITS || !all_digits(number, HJ_CITIZEN_DIGITS - 1) ||
        (!g_ascii_isdigit(number[17]) && number[17] != 'X'))
        return HJ_CITIZEN_LENGTH;
    if (!is_province(number))
        return HJ_CITIZEN_DIVISION;
    HjDate born;
    if (!read_birth(number, &born))
        return HJ_CITIZEN_BIRTH;
    if (hj_citizen_check(number) != number[17])
        return HJ_CITIZEN_CHECK;
    if (ret != NULL) {
        g_strlcpy(ret->division, number, sizeof ret->division);
        ret->born = born;
        ret->female = (number[16] - '0') % 2 == 0;
    }
    return HJ_CITIZEN_GOOD;
}

/* Shows the first @head and the last @tail bytes of an ASCII text; all of a short one is
 * hidden. */
static char *
mask(const char *text, size_t head, size_t tail)
{
    size_t n = strlen(text);
    char *out = g_strdup(text);
    if (n <= head + tail)
        head = tail = 0;
    for (size_t i = head; i + tail < n; i++)
        out[i] = '*';
    return out;
}

char *
hj_citizen_mask(const char *number)
{
    return mask(number, 6, 4);
}

bool
hj_credit_is_good(const char *code)
{
    if (strlen(code) != HJ_CREDIT_DIGITS)
        return false;
    int sum = 0;
    for (size_t i = 0; i < HJ_CREDIT_DIGITS; i++) {
        const char *at = strchr(credit_alphabet, code[i]);
        if (at == NULL)
            return false;
        int value = (int)(at - credit_alphabet);
        sum += i < G_N_ELEMENTS(credit_weights) ? value * credit_weights[i] : value;
    }
    /* The check character makes up the weighted sum to a multiple of 31. */
    return sum % 31 == 0 && all_digits(code + 2, 6);
}

char *
hj_credit_mask(const char *code)
{
    return mask(code, 8, 4);
}

char *
hj_phone_tidy(const char *text)
{
    g_autofree char *tidy = hj_citizen_tidy(text);
    g_autoptr(GString) plain = g_string_new(NULL);
    for (const char *p = tidy; *p != '\0'; p++)
        if (*p != '(' && *p != ')')
            g_string_append_c(plain, *p);
    const char *at = plain->str;
    if (g_str_has_prefix(at, "+86"))
        at += 3;
    else if (g_str_has_prefix(at, "0086"))
        at += 4;
    bool abroad = at == plain->str && *at == '+'; /* one country a number */
    size_t n = strlen(at + (abroad ? 1 : 0));
    if (n == 0 || !all_digits(at + (abroad ? 1 : 0), n))
        return NULL;
    bool mobile = n == MOBILE_DIGITS && at[0] == '1' && at[1] >= '3';
    /* Area code of three or four digits and a number of seven or eight. */
    bool line = at[0] == '0' && at[1] != '0' && n >= 10 && n <= 12;
    bool foreign = abroad && at[1] != '0' && n >= 7 && n <= 15;
    return mobile || line || foreign ? g_strdup(at) : NULL;
}

char *
hj_phone_mask(const char *phone)
{
    return mask(phone, 3, 4);
}
