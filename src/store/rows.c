#include "store/rows.h"

#include <string.h>

typedef enum { CELL_NULL, CELL_I64, CELL_TEXT, CELL_BLOB } CellKind;

typedef struct {
    CellKind kind;
    size_t n; /* bytes of text or blob */
    union {
        int64_t i64;
        const char *bytes;
    };
} Cell;

/* Of any number of answers: a statement gives the same columns each time. */
typedef struct {
    int refs;
    int n;
    const char *list[];
} Names;

/* Texts and blobs, one behind the other; the newest block is being filled. */
typedef struct Block Block;
struct Block {
    Block *older;
    size_t used, size;
    char bytes[];
};

#define FIRST_BLOCK 480
#define LAST_BLOCK 16000

struct HjRows {
    Names *names;
    int n_columns;
    Block *block;
    GArray *cells; /* of Cell, row after row */
    size_t next;   /* one past the row we stand on; 0 before the first */
    int asked;     /* the column asked for last: it or its neighbour comes next */
};

static HjRows *
make(Names *names)
{
    HjRows *rows = g_new0(HjRows, 1);
    rows->names = names;
    rows->n_columns = names->n;
    rows->cells = g_array_sized_new(FALSE, FALSE, sizeof(Cell), (guint)names->n);
    return rows;
}

HjRows *
hj_rows_new(int n_columns, const char *const *names)
{
    size_t n = (size_t)n_columns, n_bytes = 0;
    for (size_t i = 0; i < n; i++)
        n_bytes += strlen(names[i]) + 1;
    Names *kept = g_malloc(sizeof(Names) + n * sizeof(char *) + n_bytes);
    *kept = (Names){ .refs = 1, .n = n_columns };
    char *to = (char *)(kept->list + n);
    for (size_t i = 0; i < n; i++) {
        kept->list[i] = to;
        to = g_stpcpy(to, names[i]) + 1;
    }
    return make(kept);
}

HjRows *
hj_rows_like(const HjRows *rows)
{
    g_atomic_int_inc(&rows->names->refs);
    return make(rows->names);
}

static void
free_blocks(Block *block)
{
    while (block != NULL) {
        Block *older = block->older;
        g_free(block);
        block = older;
    }
}

void
hj_rows_free(HjRows *rows)
{
    if (rows == NULL)
        return;
    if (g_atomic_int_dec_and_test(&rows->names->refs))
        g_free(rows->names);
    free_blocks(rows->block);
    g_array_free(rows->cells, TRUE);
    g_free(rows);
}

void
hj_rows_reset(HjRows *rows)
{
    g_array_set_size(rows->cells, 0);
    rows->next = 0;
    if (rows->block == NULL)
        return;
    free_blocks(rows->block->older);
    rows->block->older = NULL;
    rows->block->used = 0;
}

/* A copy with a NUL behind it. */
static const char *
hold(HjRows *rows, const void *bytes, size_t n)
{
    Block *block = rows->block;
    if (block == NULL || block->size - block->used <= n) {
        size_t size = block == NULL ? FIRST_BLOCK : MIN(4 * block->size, LAST_BLOCK);
        size = MAX(size, n + 1);
        rows->block = g_malloc(sizeof(Block) + size);
        *rows->block = (Block){ .older = block, .size = size };
        block = rows->block;
    }
    char *copy = block->bytes + block->used;
    if (n > 0)
        memcpy(copy, bytes, n);
    copy[n] = '\0';
    block->used += n + 1;
    return copy;
}

HjRows *
hj_rows_copy(const HjRows *rows)
{
    HjRows *copy = hj_rows_like(rows);
    for (guint i = 0; i < rows->cells->len; i++) {
        Cell cell = g_array_index(rows->cells, Cell, i);
        if (cell.kind == CELL_TEXT || cell.kind == CELL_BLOB)
            cell.bytes = hold(copy, cell.bytes, cell.n);
        g_array_append_val(copy->cells, cell);
    }
    return copy;
}

size_t
hj_rows_count(const HjRows *rows)
{
    return rows->n_columns == 0 ? 0 : rows->cells->len / (size_t)rows->n_columns;
}

bool
hj_rows_next(HjRows *rows)
{
    if (rows->next >= hj_rows_count(rows))
        return false;
    rows->next++;
    return true;
}

void
hj_rows_truncate(HjRows *rows, size_t n)
{
    if (n < hj_rows_count(rows))
        g_array_set_size(rows->cells, (guint)(n * (size_t)rows->n_columns));
}

void
hj_rows_rewind(HjRows *rows)
{
    rows->next = 0;
}

int
hj_rows_columns(const HjRows *rows)
{
    return rows->n_columns;
}

const char *
hj_rows_name(const HjRows *rows, int column)
{
    g_assert(column >= 0 && column < rows->n_columns);
    return rows->names->list[column];
}

static bool
is_named(const HjRows *rows, int column, const char *name)
{
    return column < rows->n_columns && strcmp(rows->names->list[column], name) == 0;
}

int
hj_rows_column(const HjRows *rows, const char *name)
{
    int found = is_named(rows, rows->asked, name)       ? rows->asked
                : is_named(rows, rows->asked + 1, name) ? rows->asked + 1
                                                        : 0;
    while (found < rows->n_columns && !is_named(rows, found, name))
        found++;
    if (found == rows->n_columns)
        return -1;
    ((HjRows *)rows)->asked = found;
    return found;
}

static int
column_of(const HjRows *rows, const char *name)
{
    int column = hj_rows_column(rows, name);
    if (column < 0)
        g_error("rows: the answer has no column \"%s\"", name);
    return column;
}

static Cell *
cell_at(const HjRows *rows, int column)
{
    g_assert(rows->next > 0);
    g_assert(column >= 0 && column < rows->n_columns);
    size_t at = (rows->next - 1) * (size_t)rows->n_columns + (size_t)column;
    return &g_array_index(rows->cells, Cell, at);
}

bool
hj_rows_null_at(const HjRows *rows, int column)
{
    return cell_at(rows, column)->kind == CELL_NULL;
}

int64_t
hj_rows_i64_at(const HjRows *rows, int column)
{
    const Cell *cell = cell_at(rows, column);
    if (cell->kind == CELL_NULL)
        return 0;
    if (cell->kind == CELL_I64)
        return cell->i64;
    /* PostgreSQL's numeric, or whatever a pack computed: the integer it starts with. */
    return g_ascii_strtoll(cell->bytes, NULL, 10);
}

const char *
hj_rows_text_at(const HjRows *rows, int column)
{
    Cell *cell = cell_at(rows, column);
    if (cell->kind == CELL_NULL)
        return NULL;
    if (cell->kind != CELL_I64)
        return cell->bytes;
    /* Asked for as text: keep the text beside the others, so that it lives as long as they. */
    char digits[24];
    int n = g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, cell->i64);
    cell->kind = CELL_TEXT;
    cell->n = (size_t)n;
    cell->bytes = hold((HjRows *)rows, digits, (size_t)n);
    return cell->bytes;
}

bool
hj_rows_null(const HjRows *rows, const char *column)
{
    return hj_rows_null_at(rows, column_of(rows, column));
}

int64_t
hj_rows_i64(const HjRows *rows, const char *column)
{
    return hj_rows_i64_at(rows, column_of(rows, column));
}

bool
hj_rows_bool(const HjRows *rows, const char *column)
{
    return hj_rows_i64(rows, column) != 0;
}

const char *
hj_rows_text(const HjRows *rows, const char *column)
{
    return hj_rows_text_at(rows, column_of(rows, column));
}

const void *
hj_rows_blob(const HjRows *rows, const char *column, size_t *n)
{
    const Cell *cell = cell_at(rows, column_of(rows, column));
    g_assert(cell->kind != CELL_I64);
    *n = cell->kind == CELL_NULL ? 0 : cell->n;
    return cell->kind == CELL_NULL ? NULL : cell->bytes;
}

void
hj_rows_put_text(HjRows *rows, const char *column, const char *text)
{
    g_assert(rows->next > 0);
    Cell *cell = &g_array_index(rows->cells, Cell,
                                (rows->next - 1) * (size_t)rows->n_columns +
                                    (size_t)column_of(rows, column));
    *cell = (Cell){ .kind = CELL_NULL };
    if (text == NULL)
        return;
    cell->kind = CELL_TEXT;
    cell->n = strlen(text);
    cell->bytes = hold(rows, text, cell->n);
}

HjValKind
hj_rows_kind_at(const HjRows *rows, int column)
{
    static const HjValKind kinds[] = {
        [CELL_NULL] = HJ_VAL_NULL,
        [CELL_I64] = HJ_VAL_I64,
        [CELL_TEXT] = HJ_VAL_TEXT,
        [CELL_BLOB] = HJ_VAL_BLOB,
    };
    return kinds[cell_at(rows, column)->kind];
}

const void *
hj_rows_blob_at(const HjRows *rows, int column, size_t *n)
{
    const Cell *cell = cell_at(rows, column);
    bool bytes = cell->kind == CELL_TEXT || cell->kind == CELL_BLOB;
    *n = bytes ? cell->n : 0;
    return bytes ? cell->bytes : NULL;
}

void
hj_rows_add_null(HjRows *rows)
{
    Cell cell = { .kind = CELL_NULL };
    g_array_append_val(rows->cells, cell);
}

void
hj_rows_add_i64(HjRows *rows, int64_t value)
{
    Cell cell = { .kind = CELL_I64, .i64 = value };
    g_array_append_val(rows->cells, cell);
}

static void
add_bytes(HjRows *rows, CellKind kind, const void *data, size_t n)
{
    Cell cell = { .kind = kind, .n = n };
    cell.bytes = hold(rows, data, n);
    g_array_append_val(rows->cells, cell);
}

void
hj_rows_add_text(HjRows *rows, const char *text, size_t n)
{
    add_bytes(rows, CELL_TEXT, text, n);
}

void
hj_rows_add_string(HjRows *rows, const char *text)
{
    if (text == NULL)
        hj_rows_add_null(rows);
    else
        hj_rows_add_text(rows, text, strlen(text));
}

HjDate
hj_rows_date(const HjRows *rows, const char *column)
{
    HjDate date = HJ_DATE_NONE;
    const char *text = hj_rows_text(rows, column);
    if (text != NULL)
        hj_date_parse(text, &date, NULL);
    return date;
}

void
hj_rows_add_blob(HjRows *rows, const void *data, size_t n)
{
    add_bytes(rows, CELL_BLOB, data, n);
}

void
hj_rows_add_cell(HjRows *rows, const HjRows *from, const char *column)
{
    const Cell *cell = cell_at(from, column_of(from, column));
    if (cell->kind == CELL_TEXT || cell->kind == CELL_BLOB)
        add_bytes(rows, cell->kind, cell->bytes, cell->n);
    else
        g_array_append_val(rows->cells, *cell);
}
