/* src/core/bad.c:8: blocked: strcpy is blocked, use g_strlcpy or g_strdup
 * src/core/bad.c:9: blocked: atoi is blocked, use hj_text_parse_i64
 * src/core/bad.c:10: blocked: time is blocked, use hj_time_now
 * src/core/bad.c:11: blocked: sqlite3_exec is blocked outside adapters/, use hj_tx_query */
static void
words(char *to, const char *from, struct port *port)
{
    strcpy(to, "strcpy(to, from)");
    use(atoi(from));
    use(time(NULL));
    sqlite3_exec(port->db, from);
    port->free(to); /* a member may be called free() */
    run_time(to);
}
