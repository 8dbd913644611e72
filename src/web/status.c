/* What went wrong, in words that help: a title and advice for every status. */
#include "web/internal.h"
static const struct {
    int status;
    const char *title;
    const char *advice;
} words[] = {
    { 400, N_("Bad request"),
      N_("The request could not be read. Go back and try again from the page before.") },
    { 401, N_("Not signed in"), N_("Sign in first.") },
    { 403, N_("Not allowed"),
      N_("Your roles do not allow this. The administrator of your county can change that.") },
    { 404, N_("Not found"),
      N_("There is nothing at this address, or it lies outside the places you look after.") },
    { 405, N_("Not possible here"), N_("This address does not answer that kind of request.") },
    { 406, N_("Format not available"),
      N_("The answer is JSON. Ask with Accept: application/json, or without Accept.") },
    { 409, N_("Changed meanwhile"),
      N_("Somebody else has changed this. Open it again and repeat your change.") },
    { 412, N_("Changed meanwhile"),
      N_("Somebody else has changed this. Read it again and repeat your change.") },
    { 413, N_("Too large"), N_("What was sent is larger than this program takes at once.") },
    { 414, N_("Address too long"), N_("The address of this page is too long.") },
    { 415, N_("Unknown format"), N_("Send a form or JSON; this format is not understood.") },
    { 422, N_("Please correct"), N_("Something that was entered has to be corrected.") },
    { 429, N_("Too many requests"),
      N_("That was more than one person asks for. Wait a minute and try again.") },
    { 500, N_("Something broke"),
      N_("It was not your doing and nothing was changed. Tell the administrator the number.") },
    { 503, N_("Not possible just now"),
      N_("Many people are working at once. Try again in a moment.") },
};

const char *
hj_web_title(int status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i].status == status)
            return words[i].title;
    }
    return hj_web_title(status >= 500 ? 500 : 400);
}

const char *
hj_web_advice(int status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i].status == status)
            return words[i].advice;
    }
    return hj_web_advice(status >= 500 ? 500 : 400);
}
