/* The hundred-day drive and the disputes of two years, taken through their flows day by day. */
#include "features/demo/demo_work.h"

#define N_DRIVES 45     /* domain.md 14: 45 villages rectified */
#define N_REFERRALS 9   /* of which seven were dealt with, and two were unfounded */
#define N_HANDLED 7     /* domain.md 14: seven forces referred */
#define N_DISPUTES 93   /* resolved; domain.md 14: more than 80 */
#define N_OTHERS 9      /* joined, referred or not taken up */
#define N_SCREENINGS 38 /* 19 townships in two years */
#define N_DUTIES 3
#define N_OPEN 3 /* villages whose secretaries have accounts */
#define N_LATE 4 /* accepted after the hundred days */
#define N_ITEMS 3

static const struct {
    const char *criterion, *subject, *facts, *causes, *result;
    const char *field, *value; /* percent of the survey */
    int days;                  /* or days before the screening, of a date field */
} drives[] = {
    { "team", "配齐班子，建好议事制度", "任职台账缺员两人，乡镇走访核实",
      "外出务工多，后备人选少", "补选两名委员，议事制度上墙执行", NULL, NULL, 0 },
    { "vacancy", "选好带头人", "任职台账显示书记空缺，由乡镇干部代管", "合适人选在外地经营",
      "乡镇选派书记到任，返乡能人进入班子", "vacant_since", NULL, 150 },
    { "no_prospect", "恢复正常发展党员", "党员名册两年没有新的发展对象",
      "没有培养计划，年轻人联系少", "确定入党积极分子三名，定了培养联系人", "no_prospect_since",
      NULL, 800 },
    { "rules", "按期过好组织生活", "会议记录缺四个月，抽查三户党员核实",
      "书记兼职多，会期不固定", "固定主题党日，连续三个月按期召开", NULL, NULL, 0 },
    { "satisfaction", "办好群众盼的几件事", "入户问卷四十户，满意二十一户",
      "村务公开不及时，修路久拖", "村务按季公开，村道修通", "satisfied_before", "52.5", 0 },
    { "disputes", "理清土地账，化解积案", "村内土地纠纷三起未结", "机动地底数不清，合同不规范",
      "清理机动地，三起纠纷全部调解", NULL, NULL, 0 },
};

static const struct {
    const char *kind, *detail, *measure, *result;
} items[] = {
    { "team", "缺组织委员和宣传委员", "乡镇指导，按程序补选", "已补选到位并分工" },
    { "rules", "主题党日不固定", "每月固定一天，缺一次补一次", "连续三个月按期开展" },
    { "disputes", "机动地底数不清", "逐块丈量，张榜公布", "底数张榜，合同重新签订" },
    { "satisfaction", "村道雨后难行", "列入一事一议，先修主路", "主路硬化完成" },
    { "satisfaction", "村务公开栏半年没更新", "每季更新，村监委审核", "当季内容已公开" },
    { "no_prospect", "没有入党积极分子", "支部委员每人联系两名青年", "确定积极分子三名" },
    { "team", "班子分工不清", "明确分工并公开", "分工上墙" },
};

static const char *const visits[][3] = {
    { "county_leader", "听取进展，现场协调修路资金", "水务部门下周到村" },
    { "township_leader", "参加村两委会，定下补选时间", "月底前完成" },
    { "first_secretary", "入户十二户，听取意见", "归类后进问题清单" },
    { "work_team", "和村干部逐条对账问题清单", NULL },
    { "supporting_unit", "帮助清理集体合同", "补签三份合同" },
    { "spot_check", "县里随机抽查，问了八户", NULL },
};

static const struct {
    const char *matter, *subject;
} disputes[] = {
    { "works", "雨季排水沟淤堵，两条胡同积水" }, { "homestead", "相邻两户滴水檐边界争议" },
    { "land", "承包地四至不清，相邻地块争议" },  { "land", "流转租金未按合同时间兑付" },
    { "accounts", "要求公开机动地发包收入" },    { "benefits", "粮食补贴面积登记有出入" },
    { "works", "修路后门口高低不平" },           { "homestead", "共用通道堆放杂物" },
    { "family", "老人赡养分担意见不一" },        { "works", "机井轮灌次序争议" },
};

typedef struct {
    HjDemo *demo;
    HjTx *tx;
    const HjDemoVillage *village;
    const HjActor *actor;
    HjDemoDice dice;
    size_t i;
} Unit;

static Unit
unit_of(HjDemo *demo, HjTx *tx, const char *purpose, size_t i)
{
    return (Unit){ .demo = demo, .tx = tx, .dice = hj_demo_dice(demo, purpose, i), .i = i };
}

static void
place_in(Unit *u, size_t village)
{
    u->village = &u->demo->villages[village];
    u->actor = hj_demo_organizer(u->demo, u->village->committee);
}

static int
year_of(HjDate date)
{
    int year, month, day;
    hj_date_split(date, &year, &month, &day);
    return year;
}

static char *
official(HjDemoDice *dice, const char *title)
{
    const HjDemoName name = hj_demo_names_person(dice);
    return g_strdup_printf("%s（%s）", name.text, title);
}

typedef struct {
    uint64_t key;
    size_t village;
} Draw;

static int
by_key(gconstpointer a, gconstpointer b)
{
    const Draw *x = a;
    const Draw *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* The @nth village of a draw without regard to townships: nobody shares a quota out (WEAK-1).
 */
static size_t
drawn_village(const HjDemo *demo, size_t nth)
{
    g_autofree Draw *draws = g_new(Draw, demo->n_villages);
    for (size_t v = 0; v < demo->n_villages; v++) {
        const HjDemoDice dice = hj_demo_dice(demo, "drawn", v);
        draws[v] = (Draw){ demo->villages[v].community ? UINT64_MAX : dice.state, v };
    }
    qsort(draws, demo->n_villages, sizeof *draws, by_key);
    return draws[nth].village;
}

/* --- the hundred-day drive --- */

static bool
add_drive_item(Unit *u, const HjDemoCase *drive, size_t n, HjDate listed, bool done,
               GError **error)
{
    const size_t pick = (u->i + n * 2) % G_N_ELEMENTS(items);
    const HjDate finished = listed + 25 + 12 * (HjDate)n;
    g_autofree char *leader = official(&u->dice, "包村副镇长");
    HjDemoCase item = { .ledger = HJ_DEMO_DRIVE_ITEM, .version = 1 };
    hj_demo_at(u->tx, listed + 2);
    return hj_demo_child(u->demo, u->tx, u->actor, item.ledger, u->village->org, drive->id,
                         &item.id, error, "kind", items[pick].kind, "detail",
                         items[pick].detail, "listed_on", hj_date_text(listed + 2).text,
                         NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, &item, listed + 3, "approve", NULL, error,
                       "measure", items[pick].measure, "owner",
                       hj_demo_id(u->village->team[0]).text, "leader", leader, "finish_by",
                       hj_date_text(listed + 70).text, NULL) &&
           (!done || (hj_demo_act(u->demo, u->tx, u->actor, &item, finished, "finish", NULL,
                                  error, "result", items[pick].result, "done_on",
                                  hj_date_text(finished).text, NULL) &&
                      hj_demo_act(u->demo, u->tx, u->actor, &item, finished + 2, "close",
                                  "现场看过，属实", error, NULL)));
}

static bool
add_visits(Unit *u, const HjDemoCase *drive, HjDate from, int n, GError **error)
{
    for (int k = 0; k < n; k++) {
        const char *const *visit = visits[(u->i + (size_t)k) % G_N_ELEMENTS(visits)];
        const HjDate day = from + 15 * k; /* every month has one (WEAK-5) */
        hj_demo_at(u->tx, day);
        if (!hj_demo_child(u->demo, u->tx, u->actor, HJ_DEMO_DRIVE_VISIT, u->village->org,
                           drive->id, NULL, error, "visited_on", hj_date_text(day).text,
                           "capacity", visit[0], "summary", visit[1], "next_step", visit[2],
                           NULL))
            return false;
    }
    return true;
}

static bool
list_drive(Unit *u, HjDemoCase *drive, HjDate listed, GError **error)
{
    const size_t kind = u->i % G_N_ELEMENTS(drives);
    const HjDate screened = listed - 4;
    g_autofree char *before = drives[kind].days > 0
                                  ? g_strdup(hj_date_text(screened - drives[kind].days).text)
                                  : NULL;
    g_autofree char *document = g_strdup_printf("沧组列〔%d〕%zu号", year_of(listed), u->i + 1);
    hj_demo_at(u->tx, screened);
    return hj_demo_row(u->demo, u->tx, u->actor, drive->ledger, u->village->org, &drive->id,
                       error, "subject", drives[kind].subject, "screened_on",
                       hj_date_text(screened).text, "criteria", drives[kind].criterion, "facts",
                       drives[kind].facts,
                       drives[kind].field != NULL ? drives[kind].field : "satisfied_before",
                       before != NULL ? before : drives[kind].value, NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, drive, screened + 1, "submit", NULL, error,
                       NULL) &&
           hj_demo_act(u->demo, u->tx, u->demo->county_actor, drive, listed, "approve",
                       "符合标准，列入", error, "listed_on", hj_date_text(listed).text,
                       "listing_document", document, NULL);
}

static bool
plan_drive(Unit *u, HjDemoCase *drive, HjDate listed, GError **error)
{
    const size_t kind = u->i % G_N_ELEMENTS(drives);
    g_autofree char *county = official(&u->dice, "县领导");
    g_autofree char *township = official(&u->dice, "乡镇党委委员");
    g_autofree char *first = official(&u->dice, "第一书记");
    g_autofree char *area = official(&u->dice, "片长");
    g_autofree char *document =
        g_strdup_printf("整改方案〔%d〕%zu号", year_of(listed), u->i + 1);
    return hj_demo_act(u->demo, u->tx, u->actor, drive, listed + 6, "submit", NULL, error,
                       "county_leader", county, "township_leader", township, "first_secretary",
                       first, "area_liaison", area, "supporting_unit", "县直帮扶单位", "causes",
                       drives[kind].causes, "plan_document", document, NULL) &&
           hj_demo_act(u->demo, u->tx, u->demo->county_actor, drive, listed + 8, "approve",
                       "方案可行", error, NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, drive, listed + 10, "begin", NULL, error,
                       "arrived_on", hj_date_text(listed + 10).text, NULL);
}

static bool
close_drive(Unit *u, HjDemoCase *drive, HjDate accepted, GError **error)
{
    const size_t kind = u->i % G_N_ELEMENTS(drives);
    g_autofree char *document =
        g_strdup_printf("沧组验〔%d〕%zu号", year_of(accepted), u->i + 1);
    g_autofree char *satisfied = g_strdup_printf("%d", hj_demo_between(&u->dice, 71, 97));
    return hj_demo_act(u->demo, u->tx, u->actor, drive, accepted - 3, "finish", NULL, error,
                       "result", drives[kind].result, NULL) &&
           hj_demo_act(u->demo, u->tx, u->demo->county_actor, drive, accepted, "accept",
                       "入户核实，群众认可", error, "accepted_on", hj_date_text(accepted).text,
                       "satisfied_after", satisfied, "acceptance_document", document, NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, drive, accepted + 1, "close", "同意销号",
                       error, NULL) &&
           hj_demo_act(u->demo, u->tx, u->demo->county_actor, drive, accepted + 3, "close",
                       "同意销号", error, NULL);
}

/* One came back within the year of watching and was worked on again (WEAK-6). */
static bool
relapse(Unit *u, HjDemoCase *drive, HjDate day, GError **error)
{
    return hj_demo_act(u->demo, u->tx, u->actor, drive, day, "reopen", "主题党日又停了两个月",
                       error, NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, drive, day + 40, "finish", NULL, error,
                       "relapsed_on", hj_date_text(day).text, "relapse", "主题党日停了两个月",
                       "result", "恢复按期开展，乡镇每月到场", NULL) &&
           hj_demo_act(u->demo, u->tx, u->demo->county_actor, drive, day + 45, "accept",
                       "连续两个月正常", error, "accepted_on", hj_date_text(day + 45).text,
                       NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, drive, day + 46, "close", "同意销号", error,
                       NULL) &&
           hj_demo_act(u->demo, u->tx, u->demo->county_actor, drive, day + 48, "close",
                       "同意销号", error, NULL);
}

size_t
hj_demo_casework_drives(void)
{
    return N_DRIVES;
}

bool
hj_demo_casework_drive(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    Unit u = unit_of(demo, tx, "drive", i);
    place_in(&u, drawn_village(demo, i));
    HjDemoCase drive = { .ledger = HJ_DEMO_DRIVE, .version = 1 };
    const HjDate listed =
        hj_demo_day(&u.dice, hj_date_make(2017, 3, 1), hj_date_make(2018, 6, 30));
    const HjDate accepted = listed + (i < N_LATE ? hj_demo_between(&u.dice, 104, 118)
                                                 : hj_demo_between(&u.dice, 86, 99));
    if (!list_drive(&u, &drive, listed, error))
        return false;
    for (size_t n = 0; n < N_ITEMS; n++)
        if (!add_drive_item(&u, &drive, n, listed, true, error))
            return false;
    return plan_drive(&u, &drive, listed, error) &&
           add_visits(&u, &drive, listed + 12, 6, error) &&
           close_drive(&u, &drive, accepted, error) &&
           (i != N_DRIVES - 1 || relapse(&u, &drive, accepted + 30, error));
}

/* --- disputes --- */

static bool
take_up(Unit *u, HjDemoCase *row, HjDate day, GError **error)
{
    g_autofree char *handler = official(&u->dice, "包片干部");
    g_autofree char *number = g_strdup_printf("告〔%d〕%zu号", year_of(day), u->i + 1);
    return hj_demo_act(u->demo, u->tx, u->actor, row, day, "take_up", NULL, error,
                       "accepted_on", hj_date_text(day).text, "told_on", hj_date_text(day).text,
                       "told_no", number, "handler", handler, "interest_checked", "1", NULL);
}

static bool
mediate(Unit *u, const HjDemoCase *row, HjDate day, GError **error)
{
    g_autofree char *led = official(&u->dice, "调解委员");
    hj_demo_at(u->tx, day);
    return hj_demo_child(u->demo, u->tx, u->actor, HJ_DEMO_MEDIATION, u->village->org, row->id,
                         NULL, error, "on_day", hj_date_text(day).text, "led_by", led,
                         "summary", "到现场看过，双方各自说明，提出两种办法", "next_step",
                         "三天后再议", NULL);
}

static bool
more_time(Unit *u, HjDemoCase *row, HjDate day, GError **error)
{
    return hj_demo_act(u->demo, u->tx, u->actor, row, day, "ask_more", NULL, error,
                       "extension_days", "20", "extension_reason", "需要测绘单位出具结果",
                       NULL) &&
           hj_demo_act(u->demo, u->tx, u->demo->county_actor, row, day + 2, "approve",
                       "同意，告知反映人", error, "extension_told_on",
                       hj_date_text(day + 2).text, NULL);
}

static bool
answer(Unit *u, HjDemoCase *row, HjDate day, GError **error)
{
    static const char *const outcomes[] = { "mediated", "mediated", "mediated", "supported",
                                            "explained" };
    const char *outcome = outcomes[hj_demo_throw(&u->dice, G_N_ELEMENTS(outcomes))];
    g_autofree char *agreement = g_strdup_printf("调〔%d〕%zu号", year_of(day), u->i + 1);
    g_autofree char *reply = g_strdup_printf("答〔%d〕%zu号", year_of(day), u->i + 1);
    return hj_demo_act(u->demo, u->tx, u->actor, row, day, "finish", NULL, error, "outcome",
                       outcome, "agreement_no",
                       g_str_equal(outcome, "mediated") ? agreement : NULL, "replied_on",
                       hj_date_text(day).text, "reply_no", reply, NULL);
}

static bool
receive(Unit *u, HjDemoCase *row, HjDate day, GError **error)
{
    static const char *const channels[] = { "found", "visit",  "visit",
                                            "phone", "letter", "online" };
    const size_t pick = (u->i * 3 + u->i / 10) % G_N_ELEMENTS(disputes);
    const char *channel = channels[hj_demo_throw(&u->dice, G_N_ELEMENTS(channels))];
    const HjDemoName name = hj_demo_names_person(&u->dice);
    hj_demo_at(u->tx, day);
    return hj_demo_row(u->demo, u->tx, u->actor, row->ledger, u->village->org, &row->id, error,
                       "subject", disputes[pick].subject, "class", "claim", "matter",
                       disputes[pick].matter, "channel", channel, "received_on",
                       hj_date_text(day).text, "petitioner",
                       g_str_equal(channel, "visit") ? name.text : NULL, NULL);
}

size_t
hj_demo_casework_disputes(void)
{
    return N_DISPUTES + N_OTHERS;
}

/* Joined to the case before, passed to the court, or not taken up. */
static bool
other_end(Unit *u, HjDemoCase *row, HjDate day, GError **error)
{
    const HjDateText told = hj_date_text(day);
    HjDemoCase first = { .ledger = row->ledger, .version = 1 };
    switch (u->i % 3) {
    case 0:
        if (!receive(u, &first, day - 30, error) || !take_up(u, &first, day - 28, error) ||
            !answer(u, &first, day - 1, error))
            return false;
        return hj_demo_act(u->demo, u->tx, u->actor, row, day, "link", NULL, error,
                           "duplicate_of", hj_demo_id(first.id).text, "told_on", told.text,
                           NULL);
    case 1:
        return hj_demo_act(u->demo, u->tx, u->actor, row, day, "refer", NULL, error,
                           "passed_to", "court", "told_on", told.text, NULL);
    default:
        return hj_demo_act(u->demo, u->tx, u->actor, row, day, "decline", NULL, error,
                           "decline_reason", "属于已经生效判决的事项，已书面告知途径",
                           "told_on", told.text, NULL);
    }
}

bool
hj_demo_casework_dispute(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    Unit u = unit_of(demo, tx, "dispute", i);
    place_in(&u, (size_t)hj_demo_throw(&u.dice, (int)demo->n_villages));
    HjDemoCase row = { .ledger = HJ_DEMO_DISPUTE, .version = 1 };
    const HjDate received =
        hj_demo_day(&u.dice, hj_date_make(2017, 2, 10), hj_date_make(2018, 9, 30));
    const HjDate accepted = received + hj_demo_between(&u.dice, 1, 12);
    const bool extended = i % 16 == 5;
    if (i >= N_DISPUTES)
        return receive(&u, &row, received, error) && other_end(&u, &row, accepted, error);
    const int days = extended ? hj_demo_between(&u.dice, 62, 78)
                     : i == 7 ? 66 /* one was late */
                              : hj_demo_between(&u.dice, 9, 58);
    return receive(&u, &row, received, error) && take_up(&u, &row, accepted, error) &&
           mediate(&u, &row, accepted + 3, error) &&
           (!extended || more_time(&u, &row, accepted + 50, error)) &&
           answer(&u, &row, accepted + days, error);
}

/* --- what the county enters --- */

static bool
add_referral(Unit *u, GError **error)
{
    HjDemoCase row = { .ledger = HJ_DEMO_REFERRAL, .version = 1 };
    const HjDate day =
        hj_demo_day(&u->dice, hj_date_make(2017, 3, 1), hj_date_make(2018, 7, 31));
    const HjDate answered = day + hj_demo_between(&u->dice, 40, 140);
    g_autofree char *number = g_strdup_printf("沧移〔%d〕%zu号", year_of(day), u->i + 1);
    g_autofree char *reply = g_strdup_printf("复〔%d〕%zu号", year_of(answered), u->i + 1);
    hj_demo_at(u->tx, day);
    return hj_demo_row(u->demo, u->tx, u->actor, row.ledger, u->demo->county, &row.id, error,
                       "referral_no", number, "body", u->i % 3 == 0 ? "discipline" : "police",
                       "referred_on", hj_date_text(day).text, NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, &row, answered, "close", NULL, error,
                       "answer_no", reply, "answered_on", hj_date_text(answered).text,
                       "outcome", u->i < N_HANDLED ? "handled" : "unfounded", NULL);
}

static bool
add_screening(Unit *u, size_t n, GError **error)
{
    const size_t committee = n / 2;
    const HjActor *township = hj_demo_organizer(u->demo, committee);
    HjDemoCase row = { .ledger = HJ_DEMO_SCREENING, .version = 1 };
    const int year = 2017 + (int)(n % 2);
    const HjDate day = hj_date_make(year, 2, 6) + hj_demo_between(&u->dice, 0, 12);
    g_autofree char *document = g_strdup_printf("党委会议纪要〔%d〕2号", year);
    hj_demo_at(u->tx, day);
    return hj_demo_row(u->demo, u->tx, township, row.ledger, u->demo->committees[committee].org,
                       &row.id, error, "screened_on", hj_date_text(day).text, "how",
                       "逐村走访、查阅记录，乡镇党委会研究", "document_no", document, NULL) &&
           hj_demo_act(u->demo, u->tx, township, &row, day + 1, "submit", NULL, error, NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, &row, day + 6, "confirm", "已核对", error,
                       NULL);
}

static bool
add_duty(Unit *u, size_t n, GError **error)
{
    static const char *const duties[N_DUTIES][4] = {
        { "not_told", "一件来信超过十五天没有书面告知", "已补发告知书，明确专人登记", "talk" },
        { "late", "一件事项超过六十天未办结，未申请延期", "已办结并书面答复", "circular" },
        { "not_registered", "一件来访没有当天登记", "已补登，值班表上墙", "correct" },
    };
    const char *const *duty = duties[n];
    const HjActor *township = hj_demo_organizer(u->demo, n * 5);
    HjDemoCase row = { .ledger = HJ_DEMO_DUTY, .version = 1 };
    const HjDate day = hj_date_make(2018, 3, 12) + 40 * (HjDate)n;
    g_autofree char *document = g_strdup_printf("沧信责〔2018〕%zu号", n + 1);
    hj_demo_at(u->tx, day);
    return hj_demo_row(u->demo, u->tx, u->actor, row.ledger, u->demo->committees[n * 5].org,
                       &row.id, error, "unit", "乡镇信访工作站", "fault", duty[0], "found_on",
                       hj_date_text(day).text, "facts", duty[1], NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, &row, day + 1, "notify", NULL, error, NULL) &&
           hj_demo_act(u->demo, u->tx, township, &row, day + 4, "answer", NULL, error, "answer",
                       duty[2], NULL) &&
           hj_demo_act(u->demo, u->tx, u->actor, &row, day + 9, "decide", NULL, error,
                       "measure", duty[3], "decided_on", hj_date_text(day + 9).text,
                       "document_no", document, NULL);
}

/* What is open on the last day where the accounts of villages look: a drive in the first, a
 * case in each.
 */
static bool
add_open(Unit *u, size_t n, GError **error)
{
    const HjDate today = u->demo->pack->valid_to;
    size_t village = 0;
    for (size_t v = 0, last = u->demo->n_committees, seen = 0; v < u->demo->n_villages; v++) {
        const HjDemoVillage *at = &u->demo->villages[v];
        if (at->committee == last || at->community)
            continue;
        last = at->committee;
        village = v;
        if (seen++ == n)
            break;
    }
    place_in(u, village);
    HjDemoCase row = { .ledger = HJ_DEMO_DISPUTE, .version = 1 };
    if (!receive(u, &row, today - 3 * (HjDate)(n + 1), error) ||
        (n > 0 && !take_up(u, &row, today - 2, error)))
        return false;
    HjDemoCase drive = { .ledger = HJ_DEMO_DRIVE, .version = 1 };
    const HjDate listed = today - 40;
    if (n > 0)
        return true;
    if (!list_drive(u, &drive, listed, error))
        return false;
    for (size_t k = 0; k < N_ITEMS; k++)
        if (!add_drive_item(u, &drive, k, listed, k == 0, error))
            return false;
    return plan_drive(u, &drive, listed, error) && add_visits(u, &drive, listed + 12, 2, error);
}

size_t
hj_demo_casework_others(void)
{
    return N_REFERRALS + N_SCREENINGS + N_DUTIES + N_OPEN;
}

bool
hj_demo_casework_other(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    Unit u = unit_of(demo, tx, "casework", i);
    u.actor = demo->county_actor;
    if (i < N_REFERRALS)
        return add_referral(&u, error);
    if (i < N_REFERRALS + N_SCREENINGS)
        return add_screening(&u, i - N_REFERRALS, error);
    if (i < N_REFERRALS + N_SCREENINGS + N_DUTIES)
        return add_duty(&u, i - N_REFERRALS - N_SCREENINGS, error);
    return add_open(&u, i - N_REFERRALS - N_SCREENINGS - N_DUTIES, error);
}
