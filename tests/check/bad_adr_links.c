/* src/core/bad.c:2: adr-links: docs/adr holds no decision 9999 */
/* why: docs/adr/9999 says so */
