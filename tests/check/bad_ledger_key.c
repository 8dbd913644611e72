/* src/features/duty/bad.c:7: ledger-key: "problem_item" is a ledger of a pack: only packs and a feature's .needs name it
 * src/features/duty/bad.c:8: ledger-key: "problem_item" is a ledger of a pack: only packs and a feature's .needs name it */
static const char *const needs[] = { "problem_item", NULL };
static void
name_it(void)
{
    use("problem_item");
    use("SELECT id FROM problem_item");
    use("person"); /* the pack says that this ledger is a built-in kind */
    use("a problem_item in a sentence");
}
const HjFeature hj_feature_duty = { .name = "duty", .needs = needs };
