#include "pack/read.h"

static void
read_figure(HjReader *r, const HjYaml *node, HjReport *report)
{
    static const char *const keys[] = { "figure",    "title", "unit", "system",
                                        "indicator", "show",  NULL };
    static const char *const shows[] = { "value", "numerator", "denominator", "orgs", NULL };
    HjFigure *figure = &report->figures[report->n_figures];
    if (!hj_reader_mapping(r, node, "a figure", keys))
        return;
    figure->name = hj_reader_name(r, node, "figure", true);
    figure->title = hj_reader_label(r, node, "title", true);
    figure->unit = hj_reader_label(r, node, "unit", true);
    figure->system = hj_reader_system(r, node, true);
    figure->at = hj_reader_at(r, node);
    hj_reader_ref(r, node, "indicator", HJ_KIND_INDICATOR, true,
                  (const void **)&figure->indicator, NULL, NULL);
    int show = hj_reader_word(r, node, "show", shows, false);
    figure->show = show >= 0 ? (HjShow)show : HJ_SHOW_VALUE;
    if (figure->name != NULL &&
        hj_reader_among(report->figures, report->n_figures, sizeof *figure, figure->name))
        hj_reader_say(r, node, "the report has two figures \"%s\"", figure->name);
    report->n_figures++;
}

void
hj_read_report(HjReader *r, const HjYaml *root, const char *stem)
{
    static const char *const keys[] = { "report", "title", "help", "map", "figures", NULL };
    if (!hj_reader_mapping(r, root, "a report", keys))
        return;
    HjReport *report = hj_reader_alloc(r, 1, sizeof *report);
    report->name = hj_read_own_name(r, root, "report", stem);
    report->title = hj_reader_label(r, root, "title", true);
    report->help = hj_reader_label(r, root, "help", false);
    report->at = hj_reader_at(r, root);
    hj_reader_ref(r, root, "map", HJ_KIND_INDICATOR, false, (const void **)&report->map, NULL,
                  NULL);
    const HjYaml *figures = hj_reader_sequence(r, root, "figures", true);
    size_t n = figures != NULL ? hj_yaml_count(figures) : 0;
    report->figures = hj_reader_alloc(r, n, sizeof *report->figures);
    for (size_t i = 0; i < n; i++)
        read_figure(r, hj_yaml_at(figures, i), report);
    hj_reader_add(r, HJ_KIND_REPORT, report, root);
}
