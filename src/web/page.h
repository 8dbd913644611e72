/* page: what every HTML page has: title, way through the program, who is signed in, what was
 * just done.
 *
 * Units    none
 * Owns     strings are lent by the request
 * Threads  the request's
 * Source   design.md 7 */
#pragma once

#include "core/org.h"
#include "core/row.h"
#include "web/response.h"

typedef struct {
    const char *href;
    const char *text;
    bool on; /* where we are */
    bool has_count;
    int64_t count;
    bool more; /* at least so many */
} HjLink;

typedef struct {
    const char *title;
    const char *lang; /* "zh" or "en": the html lang attribute */
    bool large;       /* large type */
    const char *county;
    bool demo;            /* synthetic data, said on every page */
    const char *demo_day; /* where its clock stands, when it is not today's; or NULL */
    bool signed_in;
    const char *who;    /* name of the account */
    const char *where;  /* organizations of its roles */
    const char *here;   /* this address, for coming back */
    const char *notice; /* shown once, or NULL */
    const char *acting; /* for whom, as a proxy; NULL: for himself */
    const char *acting_until;
    const char *mark;                  /* watermark: who looks, and when; NULL: none */
    const char *mark_step, *mark_half; /* pixels from one to the next */
    const char *form_key;              /* of a form that makes something, or NULL */
    HjLink *nav;
    size_t n_nav;
    HjLink *crumbs;
    size_t n_crumbs;
} HjPage;

/* @section is the first part of the path the menu marks ("ledgers"), or "". */
HjPage hj_page(HjRequest *req, const char *title, const char *section);
/* Gives the page the mark of sensitive pages: the reader's name and the time. */
void hj_page_mark(HjRequest *req, HjPage *page);
/* The words of that mark; NULL for a stranger. */
const char *hj_page_mark_text(HjRequest *req);
void hj_page_crumb(HjRequest *req, HjPage *page, const char *href, const char *text);

/* The error page; also for routes that were not found. */
HjResponse *hj_page_error(HjRequest *req, int status, const char *message);
/* A form sent after its session ended: 401 with what was written; NULL: nothing was. */
HjResponse *hj_page_ended(HjRequest *req);

/* The organization of a code in the actor's scope; NOT_FOUND otherwise. Columns of hj_org_get,
 * adopted by the request. */
HjRows *hj_page_org(HjRequest *req, const char *code, GError **error);
/* Codes and names of the organizations where the actor holds a role; the first is where pages
 * begin. */
const char *hj_page_home_org(HjRequest *req);

/* "YYYY-MM-DD" of a parameter or @fallback; MALFORMED names the parameter. */
bool hj_page_date(HjRequest *req, const char *name, HjDate fallback, HjDate *ret,
                  GError **error);
/* The period of ?period=, or the half-year of the newest data (demo) or today. */
bool hj_page_period(HjRequest *req, const char *name, HjPeriod *ret, GError **error);
/* "2018年下半年" / "second half of 2018" */
const char *hj_page_period_text(HjRequest *req, const HjPeriod *period);
/* Titles of the roles that see a ledger, joined: the "who sees this" line. */
const char *hj_page_who_sees(HjRequest *req, const HjLedger *ledger);
const char *hj_page_label(HjRequest *req, const HjLabel *label);
/* "更名：东村", "Rename: East Village". */
const char *hj_page_titled(HjRequest *req, const char *what, const char *of);
/* A sentence of the program in the reader's language. */
const char *hj_page_tr(HjRequest *req, const char *msgid) __attribute__((format_arg(2)));
