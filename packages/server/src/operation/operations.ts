import type { CallId, Input, Output } from "@hufu/core/contract/contract"
import { agentOperations } from "./agent-operations.ts"
import { caOperations } from "./ca-operations.ts"
import { consentOperations } from "./consent-operations.ts"
import type { OperationContext } from "./context.ts"
import { delegationOperations } from "./delegation-operations.ts"
import { groupOperations } from "./group-operations.ts"
import { developerOperations } from "./developer-operations.ts"
import { evidenceOperations } from "./evidence-operations.ts"
import { holdOperations } from "./hold-operations.ts"
import { mandateOperations } from "./mandate-operations.ts"
import { nodeOperations } from "./node-operations.ts"
import type { OperationParts } from "./parts.ts"
import { historyOperations } from "./history-operations.ts"
import { placeOperations } from "./place-operations.ts"
import { protectionOperations } from "./protection-operations.ts"
import { registrationOperations } from "./registration-operations.ts"
import { signInOperations } from "./sign-in-operations.ts"
import { stateOperations } from "./state-operations.ts"
import { syncOperations } from "./sync-operations.ts"
import { toolOperations } from "./tool-operations.ts"

/** One function for each row of the contract that is called. */
export type Operations = {
  readonly [Id in CallId]: (input: Input<Id>, context: OperationContext) => Promise<Output<Id>>
}

/** Every operation of the contract over these parts; a missing one does not compile. */
export function createOperations(parts: OperationParts): Operations {
  return {
    ...nodeOperations(parts),
    ...signInOperations(parts),
    ...agentOperations(parts),
    ...consentOperations(parts),
    ...mandateOperations(parts),
    ...toolOperations(parts),
    ...caOperations(parts),
    ...placeOperations(parts),
    ...registrationOperations(parts),
    ...syncOperations(parts),
    ...developerOperations(parts),
    ...protectionOperations(parts),
    ...holdOperations(parts),
    ...delegationOperations(parts),
    ...groupOperations(parts),
    ...evidenceOperations(parts),
    ...historyOperations(parts),
    ...stateOperations(parts),
  }
}
