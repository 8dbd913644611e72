/* src/core/bad.c:801: file-length: 803 lines; a file is at most 800 */

extern int line; /* repeat 801 */
