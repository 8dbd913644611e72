/* src/core/bad.c:2: waiver: house:blocked is waived here without need */
extern int x; /* house:blocked because nothing here is blocked */
