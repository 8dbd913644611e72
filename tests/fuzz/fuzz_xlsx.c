/* Any bytes are a workbook or refused in words; what is read is rows of readable cells. */
#include "base/error.h"
#include "base/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool
look(const HjSheetRow *row, gpointer data, GError **error)
{
    (void)error;
    int *last_row = data;
    g_assert(row->number > *last_row && row->n_cells > 0);
    *last_row = row->number;
    for (size_t i = 0; i < row->n_cells; i++) {
        g_assert(i == 0 || row->cells[i].column > row->cells[i - 1].column);
        g_assert(g_utf8_validate(row->cells[i].text, -1, NULL));
    }
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(GError) error = NULL;
    int last_row = 0;
    bool done = hj_sheet_read(data, n, look, &last_row, &error);
    g_assert(done == (error == NULL));
    g_assert(done || g_error_matches(error, HJ_ERROR, HJ_ERROR_INVALID));
    return 0;
}
