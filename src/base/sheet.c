#include "base/sheet.h"

HjCellName
hj_sheet_cell_name(int column, int row)
{
    HjCellName name;
    char letters[8];
    int n = 0;
    for (int rest = column; rest > 0 && n < 7; rest = (rest - 1) / 26)
        letters[n++] = (char)('A' + (rest - 1) % 26);
    for (int i = 0; i < n / 2; i++) {
        char swapped = letters[i];
        letters[i] = letters[n - 1 - i];
        letters[n - 1 - i] = swapped;
    }
    letters[n] = '\0';
    if (row > 0)
        g_snprintf(name.text, sizeof name.text, "%s%d", letters, row);
    else
        g_snprintf(name.text, sizeof name.text, "%s", letters);
    return name;
}
