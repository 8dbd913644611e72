#include "pack/action_words.h"

#include <glib.h>
#include <string.h>

static const struct {
    const char *name;
    HjLabel title;
} words[] = {
    { "submit", { "提交", "Submit" } },
    { "resubmit", { "重新提交", "Submit again" } },
    { "report", { "上报", "Report" } },
    { "forward", { "转报", "Forward" } },
    { "recommend", { "推荐", "Recommend" } },
    { "apply", { "申请", "Apply" } },
    { "register", { "登记", "Register" } },
    { "receive", { "签收", "Receive" } },
    { "sign", { "签字", "Sign" } },
    { "assign", { "交办", "Assign" } },
    { "dispatch", { "分办", "Dispatch" } },
    { "start", { "开始", "Start" } },
    { "begin", { "开始", "Begin" } },
    { "review", { "审核", "Review" } },
    { "check", { "核查", "Check" } },
    { "verify", { "核实", "Verify" } },
    { "inspect", { "检查", "Inspect" } },
    { "approve", { "同意", "Approve" } },
    { "agree", { "同意", "Agree" } },
    { "pass", { "通过", "Pass" } },
    { "fail", { "不通过", "Fail" } },
    { "reject", { "不同意", "Reject" } },
    { "refuse", { "不同意", "Refuse" } },
    { "decline", { "不受理", "Decline" } },
    { "return", { "退回", "Return" } },
    { "correct", { "补正", "Correct" } },
    { "discuss", { "讨论", "Discuss" } },
    { "vote", { "表决", "Vote" } },
    { "decide", { "决定", "Decide" } },
    { "confirm", { "确认", "Confirm" } },
    { "publish", { "公布", "Publish" } },
    { "show", { "公示", "Put on show" } },
    { "issue", { "下发", "Issue" } },
    { "notify", { "告知", "Notify" } },
    { "answer", { "答复", "Answer" } },
    { "reply", { "回复", "Reply" } },
    { "feedback", { "反馈", "Give feedback" } },
    { "mediate", { "调解", "Mediate" } },
    { "visit", { "走访", "Visit" } },
    { "extend", { "延期", "Extend" } },
    { "suspend", { "中止", "Suspend" } },
    { "resume", { "恢复", "Resume" } },
    { "stop", { "终止", "Stop" } },
    { "cancel", { "取消", "Cancel" } },
    { "drop", { "不列入", "Leave out" } },
    { "finish", { "办结", "Finish" } },
    { "complete", { "完成", "Complete" } },
    { "end", { "结束", "End" } },
    { "accept", { "验收", "Accept" } },
    { "close", { "销号", "Close" } },
    { "file", { "归档", "File" } },
    { "archive", { "归档", "Archive" } },
};

const HjLabel *
hj_action_words(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].name, name) == 0)
            return &words[i].title;
    return NULL;
}

bool
hj_action_is_reserved(const char *name)
{
    static const char *const reserved[] = { "send_back",    "transfer",        "delegate",
                                            "add_reviewer", "remove_reviewer", "object",
                                            "urge",         "withdraw",        "reopen" };
    for (size_t i = 0; i < G_N_ELEMENTS(reserved); i++)
        if (strcmp(reserved[i], name) == 0)
            return true;
    return false;
}
