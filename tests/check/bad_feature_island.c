/* src/features/duty/bad.c:3: feature-island: feature duty may not include features/honours/honours.h: features do not know each other */
#include "features/duty/duty.h"
#include "features/honours/honours.h"
