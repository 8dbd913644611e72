/* src/web/bad.c:5: route-may: a route needs .may; a page for everybody says HJ_PUBLIC */
static const HjRoute routes[] = {
    { HJ_GET, "/duty", page_today, .may = "duty.view" },
    { HJ_GET, "/sign-in", page_sign_in, .may = HJ_PUBLIC },
    { HJ_POST, "/duty/shifts/{id}/take-over", post_take_over },
    { 0 },
};
