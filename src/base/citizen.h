/* citizen: numbers that name a person, an organization or a telephone.
 *
 * What people type is first brought to one form: full-width digits, spaces, dashes and a small
 * x are accepted.  An old number of 15 digits is refused: its holder has one of 18.
 *
 * Units    ASCII text
 * Owns     the caller frees what is returned
 * Threads  any
 * Source   domain.md 10.1 (GB 11643-1999, GB 32100-2015, phones) */
/* also: hj_credit_ hj_phone_ */
#pragma once

#include "base/time.h"

#include <stdbool.h>

#define HJ_CITIZEN_DIGITS 18
#define HJ_CREDIT_DIGITS 18

typedef enum {
    HJ_CITIZEN_GOOD,
    HJ_CITIZEN_OLD,      /* 15 digits */
    HJ_CITIZEN_LENGTH,   /* not 17 digits and a digit or X */
    HJ_CITIZEN_DIVISION, /* begins with no province */
    HJ_CITIZEN_BIRTH,    /* no day of the calendar, or before 1850 */
    HJ_CITIZEN_CHECK,    /* the last character does not fit the others */
} HjCitizenFault;

typedef struct {
    char division[7]; /* six digits */
    HjDate born;      /* may lie before 1900, where other dates begin */
    bool female;
} HjCitizen;

/* One form without spaces, dashes and full-width signs, letters large; any text. */
char *hj_citizen_tidy(const char *text);
/* @number as hj_citizen_tidy leaves it; @ret may be NULL and is set for a good one. */
HjCitizenFault hj_citizen_read(const char *number, HjCitizen *ret);
/* The last character for 17 digits. */
char hj_citizen_check(const char *number);
/* 130921********1234 */
char *hj_citizen_mask(const char *number);

/* The unified social credit code: alphabet, length and check character; tidied as above. */
bool hj_credit_is_good(const char *code);
char *hj_credit_mask(const char *code);

/* A mobile number of 11 digits, a line with its area code, or +COUNTRY…; +86 is left out.
 * NULL when it is none of these. */
char *hj_phone_tidy(const char *text);
/* 138****5678 */
char *hj_phone_mask(const char *phone);
