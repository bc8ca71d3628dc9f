import type { Check } from "./check.ts"
import { errorChecks } from "./error-checks.ts"
import { identityChecks } from "./identity-checks.ts"
import { notificationChecks } from "./notification-checks.ts"
import { stateChecks } from "./state-checks.ts"
import { streamChecks } from "./stream-checks.ts"

/** Everything that a leader can see of a partner in direct mode. */
export const partnerChecks: readonly Check[] = [
  ...stateChecks,
  ...errorChecks,
  ...streamChecks,
  ...notificationChecks,
  ...identityChecks,
]
