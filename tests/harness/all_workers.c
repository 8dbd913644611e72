/* The test program is every confined worker of the program; goes with workers.c. */
#include "base/document_pdf.h"
#include "base/picture.h"
#include "base/sheet_worker.h"
#include "tests/harness/workers.h"

const HjWorkerKind *
hj_test_workers(void)
{
    static HjWorkerKind kinds[4];
    kinds[0] = hj_document_worker;
    kinds[1] = hj_picture_worker;
    kinds[2] = hj_sheet_worker;
    return kinds;
}
