/* grid: the villages by township, coloured by one indicator.
 *
 * Steps of one sequential scale, told apart by lightness and by a digit in each cell, so that
 * colour is never the only sign.  They compare villages, they do not judge: fixed shares for
 * percentages, otherwise fifths of the villages that have a value.
 *
 * Units    none
 * Owns     everything is lent by the request
 * Threads  the request's
 * Source   design.md 7 (county) */
#pragma once

#include "web/figures.h"
#include "web/views_cockpit.h"

/* What ?indicator= names, otherwise what the first report maps; *@ret NULL where no indicator
 * is of villages.  MALFORMED for a name that is none. */
bool hj_grid_indicator(HjRequest *req, const HjIndicator **ret, GError **error);
/* Indicators that can colour it, in the order of the pack; the first is the default. */
const HjIndicator **hj_grid_indicators(HjRequest *req, size_t *ret_n);

/* Organizations of this kind are the cells of the map, or what the cells lie in. */
bool hj_grid_compares(const HjPack *pack, const char *kind);

typedef struct {
    const HjOrg *under;
    const HjPeriod *period;
    const char *base; /* address the choices lead to: "/cockpit?period=2018H2&indicator=" */
    bool screen;      /* cells open pages of the big screen */
} HjGridWish;
bool hj_grid_fill(HjRequest *req, const HjIndicator *indicator, const HjGridWish *wish,
                  HjGrid *ret, GError **error);
