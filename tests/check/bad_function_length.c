/* src/core/bad.c:9: function-length: long_one has 81 lines; a function has at most 80 */
static void
short_one(void)
{
}

static void
long_one(void)
{
    short_one(); /* repeat 79 */
}
