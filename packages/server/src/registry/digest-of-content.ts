import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { RegistrationContent } from "@hufu/core/registration/registration-content"
import { digestOf } from "../ledger/native-hash.ts"

/** By which it is told that what is approved is what was shown. */
export function digestOfContent(content: RegistrationContent): string {
  // A registration is JSON; what is undefined in it goes.
  const json = JSON.parse(JSON.stringify(content)) as JsonValue
  return Buffer.from(digestOf(canonicalize(json))).toString("hex")
}
