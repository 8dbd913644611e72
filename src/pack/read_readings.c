#include "pack/read.h"

#include <string.h>

/* Words whose pinyin is not that of their characters: names of places, most of them. */

#define MAX_CHARACTERS 12
#define MAX_SYLLABLE 6

/* "dai cheng xian": small letters, one space between two syllables.  -1 for anything else. */
static int
count_syllables(const char *reading)
{
    int n = 0;
    size_t letters = 0;
    for (const char *p = reading; *p != '\0'; p++) {
        if (g_ascii_islower(*p)) {
            n += letters == 0 ? 1 : 0;
            if (++letters > MAX_SYLLABLE)
                return -1;
        } else if (*p == ' ' && letters > 0 && p[1] != '\0') {
            letters = 0;
        } else {
            return -1;
        }
    }
    return n;
}

static bool
is_chinese(const char *word)
{
    for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p))
        if (g_unichar_get_script(g_utf8_get_char(p)) != G_UNICODE_SCRIPT_HAN)
            return false;
    return true;
}

static void
read_reading(HjReader *r, const HjYaml *node)
{
    static const char *const keys[] = { "word", "reading", NULL };
    if (!hj_reader_mapping(r, node, "a reading", keys))
        return;
    HjPinyinReading *reading = hj_reader_alloc(r, 1, sizeof *reading);
    reading->word = hj_reader_text(r, node, "word", true);
    reading->reading = hj_reader_text(r, node, "reading", true);
    if (reading->word == NULL || reading->reading == NULL)
        return;
    glong n = g_utf8_strlen(reading->word, -1);
    int n_syllables = count_syllables(reading->reading);
    if (!is_chinese(reading->word) || n < 2 || n > MAX_CHARACTERS)
        hj_reader_say(r, hj_yaml_get(node, "word"),
                      "\"%s\" is not a word of 2 to %d Chinese characters", reading->word,
                      MAX_CHARACTERS);
    else if (n_syllables < 0)
        hj_reader_say(r, hj_yaml_get(node, "reading"),
                      "\"%s\" is not pinyin in small letters without tones, one space between "
                      "two syllables",
                      reading->reading);
    else if (n_syllables != n)
        hj_reader_say(r, hj_yaml_get(node, "reading"),
                      "\"%s\" has %d syllables and \"%s\" %ld characters", reading->reading,
                      n_syllables, reading->word, n);
    else
        hj_reader_add(r, HJ_KIND_READING, reading, node);
}

void
hj_read_readings(HjReader *r, const HjYaml *root)
{
    static const char *const keys[] = { "readings", NULL };
    if (!hj_reader_mapping(r, root, "readings.yaml", keys))
        return;
    const HjYaml *readings = hj_reader_sequence(r, root, "readings", true);
    for (size_t i = 0; readings != NULL && i < hj_yaml_count(readings); i++)
        read_reading(r, hj_yaml_at(readings, i));
}
