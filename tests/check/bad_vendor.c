/* src/store/bad.c:3: vendor: <sqlite3.h> belongs in an adapter, behind a port */
#include <glib.h>
#include <sqlite3.h>
#include <sys/stat.h>
