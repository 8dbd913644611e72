/* hangji worker: what the program starts itself to look at untrusted bytes. */
#include "app/cli.h"
#include "base/document_pdf.h"
#include "base/picture.h"
#include "base/sheet_worker.h"

static int
run(HjCli *cli)
{
    /* One line a kind. */
    const HjWorkerKind kinds[] = {
        hj_document_worker,
        hj_picture_worker,
        hj_sheet_worker,
        { 0 },
    };
    return hj_worker_main(kinds, cli->argc, cli->argv);
}

const HjCommand hj_cli_worker = { "worker", "KIND …",
                                  "started by the program itself, never by a person", run };
