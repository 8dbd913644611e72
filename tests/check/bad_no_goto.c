/* src/core/bad.c:6: no-goto: no goto: return early, g_autoptr frees */
static int
jump(int x)
{
    if (x > 0)
        goto out; /* a goto in a comment is nothing, as is "goto" in text */
    x = 1;
out:
    return x;
}
