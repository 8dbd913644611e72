#include "app/notify.h"

#include "base/text.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void
hj_notify(const char *state)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t n = path != NULL ? strlen(path) : 0;
    if (n < 2 || n >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, n);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* the abstract name space */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    /* Nobody can be told that this failed. */
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                  length);
    close(fd);
}

int64_t
hj_notify_watchdog_us(void)
{
    const char *text = g_getenv("WATCHDOG_USEC");
    int64_t micros = 0;
    if (text == NULL || !hj_text_parse_i64(text, &micros) || micros < 1000000)
        return 0;
    return micros;
}
