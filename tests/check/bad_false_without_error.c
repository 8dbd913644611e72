/* src/core/bad.c:6: false-without-error: read_it returns false before anything could set error */
static bool
read_it(const char *text, GError **error)
{
    if (text == NULL)
        return false;
    if (!parse(text, error))
        return false;
    return true;
}
