/* api_doc: what the files that describe the API share: a writer with short names, and the
 * shapes of answers.
 *
 * A shape is a line of members "name:type": id, text, date, instant, int, number, bool, any,
 * object, period, or the name of another shape; [x] is a list of x, x? may be null, ~name may
 * be absent.  "Org+" in front takes over the members of another shape.
 *
 * Units    none
 * Owns     nothing; a Doc lives as long as one answer
 * Threads  the request's
 * Source   interface.md (HTTP); OpenAPI 3.1 */
/* also: hj_api_ */
#pragma once

#include "web/api_calls.h"

typedef struct {
    HjRequest *req;
    HjJsonWriter w;
    GPtrArray *routes;  /* of const HjRoute *, the table's own */
    GPtrArray *ledgers; /* of const HjLedger *, those the caller sees */
} HjApiDoc;

typedef struct {
    const char *name;
    const char *members;
} HjApiShape;
extern const HjApiShape hj_api_shapes[]; /* ends with { 0 } */

/* What a call answers: the name of a shape, "[Name]" for a list of it with next, "@row",
 * "@rows", "@key" for those of any ledger.  Calls that are not named answer any object. */
typedef struct {
    HjMethod method;
    const char *pattern;
    int status;
    const char *shape; /* NULL: no body */
} HjApiAnswer;
extern const HjApiAnswer hj_api_answers[]; /* ends with { 0 } */
const HjApiAnswer *hj_api_answer(const HjRoute *route);

/* What a parameter means; type as in a shape. */
typedef struct {
    const char *name, *type, *says, *example;
} HjApiParameter;
extern const HjApiParameter hj_api_parameters[];          /* ends with { 0 } */
const HjApiParameter *hj_api_parameter(const char *name); /* NULL when nothing is known */

void hj_api_put(HjApiDoc *doc, const char *key, const char *text);
void hj_api_put_i64(HjApiDoc *doc, const char *key, int64_t value);
void hj_api_put_flag(HjApiDoc *doc, const char *key, bool value);
void hj_api_open(HjApiDoc *doc, const char *key); /* an object; @key NULL within a list */
void hj_api_open_list(HjApiDoc *doc, const char *key);
void hj_api_close(HjApiDoc *doc);
void hj_api_close_list(HjApiDoc *doc);
void hj_api_put_ref(HjApiDoc *doc, const char *key, const char *prefix, const char *name);
/* The schema of one type of a shape, as the value of @key. */
void hj_api_put_type(HjApiDoc *doc, const char *key, const char *type);
/* "any of the ledgers": schemas <prefix><ledger>. */
void hj_api_put_any_ledger(HjApiDoc *doc, const char *key, const char *prefix);
/* Routes and ledgers that the caller may know of. */
void hj_api_collect(HjApiDoc *doc, HjRequest *req, GPtrArray *routes, GPtrArray *ledgers);
/* "components": security, shapes, ledgers. */
void hj_api_put_components(HjApiDoc *doc);
/* What the client sends as the value of a field: "string", "integer", … */
const char *hj_api_json_type(HjFieldType type);
