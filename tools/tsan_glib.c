/* tsan_glib: lets the thread sanitizer see GLib's locks.
 *
 * GLib's mutexes and conditions are made of futexes that the sanitizer does not know, so every
 * correct program that uses them looks like a race.  This library, preloaded by
 * `make check-long` into the tests and the server of build-tsan/, puts pthread locks and a pool
 * of pthread's in their place and tells the sanitizer about the hand-overs inside GLib
 * (reference counts, bytes). */
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

/* GLib's own pool hands items over in a queue whose lock and list nodes the sanitizer cannot
 * see: this one does the same with pthread's.  The program uses exclusive pools only, and of
 * them these three functions. */
typedef struct Item {
    struct Item *next;
    gpointer data;
} Item;

typedef struct {
    GThreadPool shown; /* first: what the caller holds */
    pthread_mutex_t lock;
    pthread_cond_t more;
    Item *first, **last;
    gboolean ending;
    guint n_threads;
    GThread *threads[];
} Pool;

static gpointer
run_in_pool(gpointer data)
{
    Pool *pool = data;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        Item *item = pool->first;
        if (item != NULL) {
            pool->first = item->next;
            if (pool->first == NULL)
                pool->last = &pool->first;
            pthread_mutex_unlock(&pool->lock);
            pool->shown.func(item->data, pool->shown.user_data);
            free(item);
            pthread_mutex_lock(&pool->lock);
        } else if (pool->ending) {
            break;
        } else {
            pthread_cond_wait(&pool->more, &pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

GThreadPool *
g_thread_pool_new(GFunc func, gpointer data, gint max_threads, gboolean exclusive,
                  GError **error)
{
    (void)error;
    if (!exclusive || max_threads <= 0)
        abort(); /* nobody here asks for one */
    Pool *pool = calloc(1, sizeof *pool + (size_t)max_threads * sizeof pool->threads[0]);
    pool->shown = (GThreadPool){ func, data, exclusive };
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->more, NULL);
    pool->last = &pool->first;
    pool->n_threads = (guint)max_threads;
    for (guint i = 0; i < pool->n_threads; i++)
        pool->threads[i] = g_thread_new("pool", run_in_pool, pool);
    return &pool->shown;
}

gboolean
g_thread_pool_push(GThreadPool *shown, gpointer data, GError **error)
{
    (void)error;
    Pool *pool = (Pool *)shown;
    Item *item = calloc(1, sizeof *item);
    item->data = data;
    pthread_mutex_lock(&pool->lock);
    *pool->last = item;
    pool->last = &item->next;
    pthread_cond_signal(&pool->more);
    pthread_mutex_unlock(&pool->lock);
    return TRUE;
}

/* What is queued is done first, or forgotten where @immediate; then the threads end. */
void
g_thread_pool_free(GThreadPool *shown, gboolean immediate, gboolean wait)
{
    Pool *pool = (Pool *)shown;
    if (!wait)
        abort(); /* nobody here leaves a pool running */
    pthread_mutex_lock(&pool->lock);
    while (immediate && pool->first != NULL) {
        Item *item = pool->first;
        pool->first = item->next;
        free(item);
    }
    pool->ending = TRUE;
    pthread_cond_broadcast(&pool->more);
    pthread_mutex_unlock(&pool->lock);
    for (guint i = 0; i < pool->n_threads; i++)
        g_thread_join(pool->threads[i]);
    pthread_cond_destroy(&pool->more);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}
