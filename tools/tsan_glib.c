/* tsan_glib: lets the thread sanitizer see GLib's locks.
 *
 * GLib's mutexes and conditions are made of futexes that the sanitizer does not know, so every
 * correct program that uses them looks like a race.  This library, preloaded by
 * `make check-long` into the tests of build-tsan/, puts pthread locks in their place and tells
 * the sanitizer about the hand-overs inside GLib (reference counts, bytes, thread pools). */
#include <dlfcn.h>
#include <glib.h>
#include <pthread.h>
#include <stdlib.h>

void __tsan_acquire(void *at) __attribute__((weak));
void __tsan_release(void *at) __attribute__((weak));

static void
acquire(void *at)
{
    if (__tsan_acquire != NULL)
        __tsan_acquire(at);
}

static void
release(void *at)
{
    if (__tsan_release != NULL)
        __tsan_release(at);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The pthread object of a GMutex or GCond; a zeroed one gets its own at the first use. */
static void *
inner(gpointer *slot, size_t size, void (*start)(void *object))
{
    void *object = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (object == NULL) {
        void *fresh = calloc(1, size);
        start(fresh);
        release(slot);
        if (__atomic_compare_exchange_n(slot, &object, fresh, FALSE, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            return fresh;
        free(fresh);
    }
    acquire(slot);
    return object;
}

static void
start_mutex(void *object)
{
    pthread_mutex_init(object, NULL);
}

static void
start_cond(void *object)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(object, &monotonic);
}

static pthread_mutex_t *
mutex_of(GMutex *mutex)
{
    return inner(&mutex->p, sizeof(pthread_mutex_t), start_mutex);
}

static pthread_cond_t *
cond_of(GCond *cond)
{
    return inner(&cond->p, sizeof(pthread_cond_t), start_cond);
}

void
g_mutex_init(GMutex *mutex)
{
    mutex->p = NULL;
}

void
g_mutex_clear(GMutex *mutex)
{
    if (mutex->p != NULL) {
        pthread_mutex_destroy(mutex->p);
        free(mutex->p);
        mutex->p = NULL;
    }
}

void
g_mutex_lock(GMutex *mutex)
{
    pthread_mutex_lock(mutex_of(mutex));
}

gboolean
g_mutex_trylock(GMutex *mutex)
{
    return pthread_mutex_trylock(mutex_of(mutex)) == 0;
}

void
g_mutex_unlock(GMutex *mutex)
{
    pthread_mutex_unlock(mutex_of(mutex));
}

void
g_cond_init(GCond *cond)
{
    cond->p = NULL;
}

void
g_cond_clear(GCond *cond)
{
    if (cond->p != NULL) {
        pthread_cond_destroy(cond->p);
        free(cond->p);
        cond->p = NULL;
    }
}

void
g_cond_wait(GCond *cond, GMutex *mutex)
{
    pthread_cond_wait(cond_of(cond), mutex_of(mutex));
}

gboolean
g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
    struct timespec until = { end_time / 1000000, end_time % 1000000 * 1000 };
    return pthread_cond_timedwait(cond_of(cond), mutex_of(mutex), &until) == 0;
}

void
g_cond_signal(GCond *cond)
{
    pthread_cond_signal(cond_of(cond));
}

void
g_cond_broadcast(GCond *cond)
{
    pthread_cond_broadcast(cond_of(cond));
}

/* What one owner wrote before letting go is seen by the last one, who frees. */
static _Thread_local GDestroyNotify clear_now;

static void
clear_seen(gpointer block)
{
    acquire(block);
    if (clear_now != NULL)
        clear_now(block);
}

void
g_atomic_rc_box_release_full(gpointer block, GDestroyNotify clear)
{
    GDestroyNotify outer = clear_now;
    clear_now = clear;
    release(block);
    REAL(g_atomic_rc_box_release_full)(block, clear_seen);
    clear_now = outer;
}

void
g_bytes_unref(GBytes *bytes)
{
    if (bytes != NULL)
        release(bytes);
    REAL(g_bytes_unref)(bytes);
}

gboolean(g_once_init_enter)(volatile void *location)
{
    gboolean first = REAL(g_once_init_enter)(location);
    acquire((void *)location);
    return first;
}

void(g_once_init_leave)(volatile void *location, gsize result)
{
    release((void *)location);
    REAL(g_once_init_leave)(location, result);
}

typedef struct {
    GFunc func;
    gpointer data;
} Pool;

static void
run_in_pool(gpointer item, gpointer data)
{
    Pool *pool = data;
    acquire(item);
    pool->func(item, pool->data);
}

GThreadPool *
g_thread_pool_new(GFunc func, gpointer data, gint max_threads, gboolean exclusive,
                  GError **error)
{
    Pool *pool = malloc(sizeof *pool); /* as long as the process: pools are few */
    *pool = (Pool){ func, data };
    return REAL(g_thread_pool_new)(run_in_pool, pool, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push(GThreadPool *pool, gpointer item, GError **error)
{
    release(item);
    return REAL(g_thread_pool_push)(pool, item, error);
}
