#include "adapters/pdf/fonts.h"

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>

/* In the order of preference; the last stands for all.  The Sans cut of Noto is not among them:
 * Cairo 1.16 loses glyphs of it (stack.md F1). */
static const char *const families[][7] = {
    [HJ_FONTS_BODY] = { "FangSong_GB2312", "FangSong", "STFangsong", "FZFangSong-Z02",
                        "Noto Serif CJK SC", NULL },
    [HJ_FONTS_TITLE] = { "FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S", "Noto Serif CJK SC",
                         NULL },
    [HJ_FONTS_HEAD] = { "SimHei", "STHeiti", "FZHei-B01", "Noto Serif CJK SC", NULL },
    [HJ_FONTS_KAI] = { "KaiTi_GB2312", "KaiTi", "STKaiti", "FZKai-Z03", "Noto Serif CJK SC",
                       NULL },
};
/* Only for characters that the others do not have. */
static const char *const fallbacks[] = { "HanaMinA", "HanaMinB", "BabelStone Han" };
/* A letter of each writing that is set: Pango 1.50 asks for fonts anew for every size, weight
 * and language, in a thread of its own, and there are none any more behind the doors. */
static const char specimen[] = "国Aa1—〓αжあアㄅ한★";
static const double sizes[] = { HJ_FONTS_SIZES };
/* Characters that are pictures unless told otherwise; they would ask for a font of pictures. */
static const gunichar pictures[][2] = {
    { 0x20e3, 0x20e3 }, { 0x231a, 0x231b }, { 0x23e9, 0x23f3 }, { 0x25fd, 0x25fe },
    { 0x2614, 0x2615 }, { 0x261d, 0x261d }, { 0x2648, 0x2653 }, { 0x267f, 0x267f },
    { 0x2693, 0x2693 }, { 0x26a1, 0x26a1 }, { 0x26aa, 0x26ab }, { 0x26bd, 0x26be },
    { 0x26c4, 0x26c5 }, { 0x26ce, 0x26ce }, { 0x26d4, 0x26d4 }, { 0x26ea, 0x26ea },
    { 0x26f2, 0x26f5 }, { 0x26f9, 0x26fa }, { 0x26fd, 0x26fd }, { 0x2705, 0x2705 },
    { 0x270a, 0x270d }, { 0x2728, 0x2728 }, { 0x274c, 0x274c }, { 0x274e, 0x274e },
    { 0x2753, 0x2757 }, { 0x2795, 0x2797 }, { 0x27b0, 0x27b0 }, { 0x27bf, 0x27bf },
    { 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 }, { 0x2b55, 0x2b55 }, { 0x1f000, 0x1ffff },
};

static PangoContext *context;
static FcCharSet *known;
static const char *chosen[G_N_ELEMENTS(families)];
static GPtrArray *held; /* fonts that stay open */

static void
accept(GString *xml, const char *family)
{
    g_string_append_printf(xml,
                           "<acceptfont><pattern><patelt name=\"family\"><string>%s</string>"
                           "</patelt></pattern></acceptfont>",
                           family);
}

/* Only the named families exist; the caches of the system spare reading whole fonts. */
static FcConfig *
configure(void)
{
    g_autoptr(GString) xml = g_string_new(
        "<?xml version=\"1.0\"?><fontconfig><dir>/usr/share/fonts</dir>"
        "<dir>/usr/local/share/fonts</dir><cachedir>/var/cache/fontconfig</cachedir>"
        "<selectfont><rejectfont><pattern/></rejectfont>");
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        for (size_t k = 0; families[i][k] != NULL; k++)
            accept(xml, families[i][k]);
    for (size_t i = 0; i < G_N_ELEMENTS(fallbacks); i++)
        accept(xml, fallbacks[i]);
    g_string_append(xml, "</selectfont></fontconfig>");
    FcConfig *config = FcConfigCreate();
    if (FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)xml->str, FcTrue) &&
        FcConfigBuildFonts(config))
        return config;
    FcConfigDestroy(config);
    return NULL;
}

static bool
has_family(const FcFontSet *set, const char *family)
{
    for (int i = 0; i < set->nfont; i++) {
        FcChar8 *name;
        for (int k = 0; FcPatternGetString(set->fonts[i], FC_FAMILY, k, &name) == FcResultMatch;
             k++)
            if (g_ascii_strcasecmp((const char *)name, family) == 0)
                return true;
    }
    return false;
}

static void
choose(const FcFontSet *set)
{
    known = FcCharSetCreate();
    for (int i = 0; i < set->nfont; i++) {
        FcCharSet *chars;
        if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &chars) == FcResultMatch)
            FcCharSetMerge(known, chars, NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        for (size_t k = 0; families[i][k] != NULL; k++) {
            chosen[i] = families[i][k];
            if (has_family(set, families[i][k]))
                break;
        }
}

static cairo_status_t
swallow(void *data, const unsigned char *bytes, unsigned int n)
{
    (void)data, (void)bytes, (void)n;
    return CAIRO_STATUS_SUCCESS;
}

/* Draws with a font once and keeps it: later neither Pango nor Cairo has a file to open. */
static void
hold(cairo_t *cr, PangoFontDescription *description)
{
    g_autoptr(PangoLayout) layout = pango_layout_new(context);
    pango_layout_set_font_description(layout, description);
    pango_layout_set_text(layout, specimen, -1);
    pango_cairo_show_layout(cr, layout);
    PangoFont *font = pango_context_load_font(context, description);
    if (font != NULL)
        g_ptr_array_add(held, font);
    pango_font_description_free(description);
}

void
hj_fonts_open(void)
{
    FcConfig *config = configure();
    FcFontSet *set = config != NULL ? FcConfigGetFonts(config, FcSetSystem) : NULL;
    if (set == NULL || set->nfont == 0)
        return;
    choose(set);
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
    context = pango_font_map_create_context(map);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(context, FALSE);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);

    held = g_ptr_array_new();
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(swallow, NULL, 100, 100);
    cairo_t *cr = cairo_create(surface);
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        for (size_t k = 0; k < 2 * G_N_ELEMENTS(sizes); k++)
            hold(cr, hj_fonts_describe((HjFontRole)i, sizes[k / 2], k % 2 == 1));
    for (size_t i = 0; i < G_N_ELEMENTS(fallbacks); i++) {
        PangoFontDescription *description = pango_font_description_from_string(fallbacks[i]);
        if (has_family(set, fallbacks[i]))
            hold(cr, description);
        else
            pango_font_description_free(description);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    FcConfigDestroy(config);
}

PangoContext *
hj_fonts_context(void)
{
    return context;
}

PangoFontDescription *
hj_fonts_describe(HjFontRole role, double size, bool strong)
{
    PangoFontDescription *description = pango_font_description_new();
    pango_font_description_set_family(description, chosen[role]);
    pango_font_description_set_absolute_size(description, size * PANGO_SCALE);
    /* A title in a title face is heavy by itself; in the common face it must be made so. */
    bool heavy = (role == HJ_FONTS_TITLE || role == HJ_FONTS_HEAD) &&
                 g_str_equal(chosen[role], "Noto Serif CJK SC");
    pango_font_description_set_weight(description, strong || heavy ? PANGO_WEIGHT_BOLD
                                                                   : PANGO_WEIGHT_NORMAL);
    return description;
}

static bool
is_set(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pictures); i++)
        if (c >= pictures[i][0] && c <= pictures[i][1])
            return false;
    static const GUnicodeScript writings[] = {
        G_UNICODE_SCRIPT_COMMON,   G_UNICODE_SCRIPT_HAN,      G_UNICODE_SCRIPT_LATIN,
        G_UNICODE_SCRIPT_GREEK,    G_UNICODE_SCRIPT_CYRILLIC, G_UNICODE_SCRIPT_HIRAGANA,
        G_UNICODE_SCRIPT_KATAKANA, G_UNICODE_SCRIPT_BOPOMOFO, G_UNICODE_SCRIPT_HANGUL,
    };
    GUnicodeScript writing = g_unichar_get_script(c);
    for (size_t i = 0; i < G_N_ELEMENTS(writings); i++)
        if (writing == writings[i])
            return FcCharSetHasChar(known, c);
    return false;
}

char *
hj_fonts_known(const char *text, int *n_missing)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        bool selector = (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
        if (c == '\n' || is_set(c)) {
            g_string_append_unichar(out, c);
        } else if (!selector) {
            g_string_append(out, "〓");
            (*n_missing)++;
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
