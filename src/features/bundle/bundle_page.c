#include "features/bundle/bundle_page.h"

#include <string.h>

#define STYLE                                                                                  \
    "<style>body{font:16px/1.6 \"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif;margin:0 "  \
    "auto;max-width:1100px;padding:16px;color:#1d2430}h1{font-size:24px}table{border-collapse" \
    ":collapse;width:100%}th,td{border:1px solid #d5d9e0;padding:4px 8px;text-align:left;"     \
    "vertical-align:top;overflow-wrap:anywhere}thead th{background:#f1f3f6}.s{overflow-x:"     \
    "auto}nav{margin:0 0 12px}code{font-size:13px;overflow-wrap:anywhere}"                     \
    "@media print{nav{display:none}}</style>"

const char *
hj_bundle_word(const HjBundleJob *job, const char *zh, const char *en)
{
    return job->lang == HJ_ZH ? zh : en;
}

void
hj_bundle_put(GString *page, const char *html)
{
    HjOut out = { .buf = page };
    hj_out_literal(&out, html, strlen(html));
}

void
hj_bundle_text(GString *page, const char *text)
{
    HjOut out = { .buf = page };
    hj_emit_text(&out, text);
}

void
hj_bundle_cell(GString *page, const char *tag, const char *text)
{
    hj_bundle_put(page, "<");
    hj_bundle_put(page, tag);
    hj_bundle_put(page, ">");
    hj_bundle_text(page, text);
    hj_bundle_put(page, "</");
    hj_bundle_put(page, tag);
    hj_bundle_put(page, ">");
}

void
hj_bundle_time(GString *page, HjTime at)
{
    HjOut out = { .buf = page };
    hj_bundle_put(page, "<td>");
    hj_emit_time(&out, at);
    hj_bundle_put(page, "</td>");
}

void
hj_bundle_link(GString *page, const char *name, const char *text)
{
    hj_bundle_put(page, "<a href=\"");
    hj_bundle_text(page, name);
    hj_bundle_put(page, "\">");
    hj_bundle_text(page, text);
    hj_bundle_put(page, "</a>");
}

GString *
hj_bundle_page_begin(const HjBundleJob *job, const char *up, const char *title)
{
    GString *page = g_string_new(NULL);
    g_autofree char *home = g_strconcat(up, "index.html", NULL);
    hj_bundle_put(page, "<!DOCTYPE html>\n<html lang=\"");
    hj_bundle_put(page, job->lang == HJ_ZH ? "zh-CN" : "en");
    hj_bundle_put(page, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                        "content=\"width=device-width\"><meta http-equiv=\""
                        "Content-Security-Policy\" content=\"default-src 'none'; style-src "
                        "'unsafe-inline'; img-src 'self' file:\"><title>");
    hj_bundle_text(page, title);
    hj_bundle_put(page, "</title>" STYLE "</head><body>");
    if (strcmp(title, job->county_name) != 0) {
        hj_bundle_put(page, "<nav>");
        hj_bundle_link(page, home, hj_bundle_word(job, "← 目录", "← Contents"));
        hj_bundle_put(page, "</nav>");
    }
    hj_bundle_put(page, "<h1>");
    hj_bundle_text(page, title);
    hj_bundle_put(page, "</h1>\n");
    return page;
}

void
hj_bundle_page_end(GString *page)
{
    hj_bundle_put(page, "</body></html>\n");
}
