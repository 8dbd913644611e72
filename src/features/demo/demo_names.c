#include "features/demo/demo_work.h"

#include <string.h>

/* Common surnames and given-name characters; who they make together is nobody. */
static const char surnames[] =
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程"
    "曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石";
static const char male_first[] = "建国志文明永德世家春福金玉树学宝景长立新庆运广兴";
static const char male_second[] = "军强伟林华平海峰民生祥胜利成忠义龙东波刚良和才山";
static const char female_first[] = "秀桂玉淑凤春丽红艳小海晓文雅金美";
static const char female_second[] = "英兰芳梅霞华玲娟敏静云萍香莲燕洁";
static const char firm_first[] = "华永恒德信宏瑞泰鑫聚汇盛";
static const char firm_second[] = "顺达通源丰和安昌利隆兴旺";
static const char *const trades[] = { "管件厂",   "铸造厂",   "五金厂", "包装厂",
                                      "枣业公司", "食品公司", "木业厂", "机械厂",
                                      "建材公司", "物流公司", "电器厂", "服装厂" };

/* Every character of these tables is three bytes of UTF-8. */
static void
add_character(GString *out, const char *table, HjDemoDice *dice)
{
    const int n = (int)(strlen(table) / 3);
    g_string_append_len(out, table + (gsize)hj_demo_throw(dice, n) * 3, 3);
}

HjDemoName
hj_demo_names_person(HjDemoDice *dice)
{
    HjDemoName name = { .female = hj_demo_chance(dice, 28) };
    g_autoptr(GString) text = g_string_sized_new(16);
    add_character(text, surnames, dice);
    if (!hj_demo_chance(dice, 18))
        add_character(text, name.female ? female_first : male_first, dice);
    add_character(text, name.female ? female_second : male_second, dice);
    g_strlcpy(name.text, text->str, sizeof name.text);
    return name;
}

/* The mark stays in the name: no such firm exists. */
char *
hj_demo_names_firm(HjDemoDice *dice)
{
    GString *text = g_string_sized_new(48);
    add_character(text, firm_first, dice);
    add_character(text, firm_second, dice);
    g_string_append(text, trades[hj_demo_throw(dice, G_N_ELEMENTS(trades))]);
    g_string_append(text, "（示例）");
    return g_string_free(text, FALSE);
}
