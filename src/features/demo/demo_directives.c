#include "features/demo/demo_work.h"

/* --- papers --- */

typedef struct {
    const char *subject, *number, *kind, *demand;
    int edition, replaces;  /* index of the paper it replaces, or -1 */
    HjDateText issued, due; /* due: "" for information only */
} Paper;

/* The first two are named in the model county's own account; what they ask is invented. */
static const Paper papers[] = {
    { "关于开展基层党建“跨越提升年”活动的意见",
      "沧县发〔2017〕3号",
      "opinion",
      "对照六有标准摸清村级场所底数，报一张表；已有记录的不重复报。",
      1,
      -1,
      { "2017-02-10" },
      { "2017-03-31" } },
    { "基层党建目标责任考核办法（试行）",
      "沧县办发〔2017〕5号",
      "measure",
      "",
      1,
      -1,
      { "2017-03-06" },
      { "" } },
    { "关于清理村级场所门前挂牌的通知",
      "沧县组通字〔2017〕18号",
      "notice",
      "门前挂牌超过三块的撤并到三块以内，不得要求村里新挂。",
      1,
      -1,
      { "2017-09-11" },
      { "2017-10-31" } },
    { "基层党建目标责任考核办法",
      "沧县办发〔2018〕2号",
      "measure",
      "",
      2,
      1,
      { "2018-02-26" },
      { "" } },
    { "关于做好村集体合同清查的通知",
      "沧县组通字〔2018〕9号",
      "notice",
      "到期合同续签或者收回，在合同台账里改好即可，不另报材料。",
      1,
      -1,
      { "2018-04-16" },
      { "2018-06-29" } },
};

size_t
hj_demo_directives_papers(void)
{
    return G_N_ELEMENTS(papers);
}

static HjDate
day_of(const char *text)
{
    HjDate day = HJ_DATE_NONE;
    hj_date_parse(text, &day, NULL);
    return day;
}

/* Each committee signs when it has acted; most of them in time. */
static bool
act_on(HjDemo *demo, HjTx *tx, const Paper *paper, int64_t id, size_t c, HjDemoDice *dice,
       GError **error)
{
    const HjDate issued = day_of(paper->issued.text), due = day_of(paper->due.text);
    const HjDate done = hj_demo_day(dice, issued + 8, due - 1);
    HjDemoCase task;
    return hj_demo_opened(demo, tx, HJ_DEMO_DIRECTIVE_TASK, id, demo->committees[c].org, &task,
                          error) &&
           hj_demo_act(demo, tx, demo->committees[c].actor, &task, done, "sign", NULL, error,
                       "done_on", hj_date_text(done).text, "result", "已办结，台账已更新",
                       NULL);
}

/* The paper that this one replaces, by its number. */
static bool
find_paper(HjDemo *demo, HjTx *tx, const char *number, int64_t *ret, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT id FROM t_%s WHERE county = $1 AND document_no = $2",
                        demo->ledgers[HJ_DEMO_DIRECTIVE]->name);
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_TEXT(number), HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, error, sql, vals);
    if (rows == NULL)
        return false;
    *ret = hj_rows_next(rows) ? hj_rows_i64(rows, "id") : 0;
    return true;
}

bool
hj_demo_directives_paper(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const Paper *paper = &papers[i];
    const bool asks = paper->due.text[0] != '\0';
    const HjDate issued = day_of(paper->issued.text);
    HjDemoDice dice = hj_demo_dice(demo, "paper", i);
    HjDemoCase row = { .ledger = HJ_DEMO_DIRECTIVE, .version = 1 };
    int64_t before = 0;
    if (paper->replaces >= 0 &&
        !find_paper(demo, tx, papers[paper->replaces].number, &before, error))
        return false;
    hj_demo_at(tx, issued);
    if (!hj_demo_row(demo, tx, demo->county_actor, HJ_DEMO_DIRECTIVE, demo->county, &row.id,
                     error, "subject", paper->subject, "document_no", paper->number, "kind",
                     paper->kind, "edition", paper->edition == 1 ? "1" : "2", "replaces",
                     before != 0 ? hj_demo_id(before).text : NULL, "issued_on",
                     paper->issued.text, "demand", paper->demand, "due_on", paper->due.text,
                     NULL) ||
        !hj_demo_act(demo, tx, demo->county_actor, &row, issued, asks ? "issue" : "publish",
                     NULL, error, NULL))
        return false;
    for (size_t c = 0; asks && c < demo->n_committees; c++)
        if (!act_on(demo, tx, paper, row.id, c, &dice, error))
            return false;
    return !asks || hj_demo_act(demo, tx, demo->county_actor, &row, day_of(paper->due.text),
                                "finish", NULL, error, NULL);
}

/* --- meetings --- */

typedef struct {
    const char *subject, *matter;
} Meeting;

static const Meeting meetings[] = {
    { "研究村级场所摸底和建设", "场所建设项目前期工作" },
    { "研究村集体经济起步", "集体资源资产清查" },
    { "研究后进村整顿", "整顿村一村一策" },
    { "研究党员发展工作", "多年不发展党员村排查" },
    { "研究基层减负", "清理重复报表" },
    { "研究示范村创建", "示范区建设方案" },
    { "研究村“两委”换届准备", "届末审计安排" },
    { "研究非公企业党建", "帮联干部选派" },
};

#define N_SPECIAL 16
#define N_UNITS 3 /* that have something to do after a meeting */

size_t
hj_demo_directives_meetings(void)
{
    return N_SPECIAL + 1;
}

/* Carried out by its unit, closed by the county. */
static bool
decide(HjDemo *demo, HjTx *tx, int64_t meeting, const char *matter, const char *number,
       HjDate held, HjDemoDice *dice, GError **error)
{
    const size_t c = (size_t)hj_demo_throw(dice, (int)demo->n_committees);
    const HjDemoCommittee *unit = &demo->committees[c];
    const HjDate by = held + hj_demo_between(dice, 25, 60);
    const HjDate done = hj_demo_day(dice, held + 10, by);
    HjDemoCase row = { .ledger = HJ_DEMO_DECISION, .version = 1 };
    hj_demo_at(tx, held);
    return hj_demo_child(demo, tx, demo->county_actor, HJ_DEMO_DECISION, unit->org, meeting,
                         &row.id, error, "matter", matter, "minutes_no", number, "decided_on",
                         hj_date_text(held).text, "finish_by", hj_date_text(by).text, NULL) &&
           hj_demo_act(demo, tx, unit->actor, &row, done, "report", NULL, error, "done_on",
                       hj_date_text(done).text, "result", "已完成，见有关台账", NULL) &&
           hj_demo_act(demo, tx, demo->county_actor, &row, done + 3, "close", NULL, error,
                       NULL);
}

/* The county-wide meeting first, then sixteen special meetings over the two years. */
bool
hj_demo_directives_meeting(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const bool wide = i == 0;
    HjDemoDice dice = hj_demo_dice(demo, "meeting", i);
    const Meeting *meeting = &meetings[i % G_N_ELEMENTS(meetings)];
    const HjDate held =
        wide ? hj_date_make(2017, 2, 8)
             : hj_date_make(2017, 2, 20) + (int)(i - 1) * 42 + hj_demo_between(&dice, 0, 9);
    g_autofree char *number = g_strdup_printf(
        "沧县纪要〔%s〕%zu号", held < hj_date_make(2018, 1, 1) ? "2017" : "2018", i + 1);
    g_autofree char *attendees =
        g_strdup_printf("%d", wide ? 1086 : hj_demo_between(&dice, 12, 30));
    int64_t id;
    hj_demo_at(tx, held);
    if (!hj_demo_row(demo, tx, demo->county_actor, HJ_DEMO_MEETING, demo->county, &id, error,
                     "subject", wide ? "基层党建工作三级干部大会" : meeting->subject, "kind",
                     wide ? "county_wide" : "special", "held_on", hj_date_text(held).text,
                     "place", wide ? "县礼堂" : "县委会议室", "chair", "县委书记", "attendees",
                     attendees, "minutes_no", number, "minutes",
                     wide ? "部署两年基层党建工作，明确任务、单位和时限。"
                          : "议定事项见下，各单位按期办理。",
                     NULL))
        return false;
    for (int n = 0; !wide && n < N_UNITS; n++)
        if (!decide(demo, tx, id, meeting->matter, number, held, &dice, error))
            return false;
    return true;
}
