/* demo_ledgers: the ledgers of the packs that the demo enters rows into.
 *
 * Units    none
 * Owns     nothing
 * Threads  any
 * Source   domain.md 14 */
#pragma once

/* The ledgers the demo relies on; their names stand in the .needs table only. */
typedef enum {
    HJ_DEMO_PERSON,
    HJ_DEMO_POST,
    HJ_DEMO_MEMBER,
    HJ_DEMO_RESERVE,
    HJ_DEMO_DEVELOPMENT,
    HJ_DEMO_OBSERVATION,
    HJ_DEMO_MEMBER_PLAN,
    HJ_DEMO_STALLED_VILLAGE,
    HJ_DEMO_SUPERVISED,
    HJ_DEMO_SITE,
    HJ_DEMO_PROJECT,
    HJ_DEMO_PAYMENT,
    HJ_DEMO_ZONE,
    HJ_DEMO_MODEL,
    HJ_DEMO_DIRECTIVE,
    HJ_DEMO_DIRECTIVE_TASK,
    HJ_DEMO_PLEDGE,
    HJ_DEMO_CLAUSE,
    HJ_DEMO_MEETING,
    HJ_DEMO_DECISION,
    HJ_DEMO_INCOME,
    HJ_DEMO_CONTRACT,
    HJ_DEMO_MEASURE,
    HJ_DEMO_JUDGED,
    HJ_DEMO_NEGATIVE,
    HJ_DEMO_VETO,
    HJ_DEMO_EVALUATION,
    HJ_DEMO_STAR,
    HJ_DEMO_DRIVE,
    HJ_DEMO_DRIVE_ITEM,
    HJ_DEMO_DRIVE_VISIT,
    HJ_DEMO_SCREENING,
    HJ_DEMO_REFERRAL,
    HJ_DEMO_DISPUTE,
    HJ_DEMO_MEDIATION,
    HJ_DEMO_DUTY,
    HJ_DEMO_PUBLICATION,
    HJ_DEMO_REVIEW,
    HJ_DEMO_REVIEW_PLAN,
    HJ_DEMO_REVIEW_COMMENT,
    HJ_DEMO_DUTY_REPORT,
    HJ_DEMO_DUTY_MEETING,
    HJ_DEMO_DUTY_RATING,
    HJ_DEMO_DUTY_IMPROVEMENT,
    HJ_DEMO_N_LEDGERS
} HjDemoLedger;
