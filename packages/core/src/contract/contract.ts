import type { z } from "zod"
import { actionOperations } from "./action-operations.ts"
import { agentOperations } from "./agent-operations.ts"
import { aliveOperations } from "./alive-operations.ts"
import { caOperations } from "./ca-operations.ts"
import { credentialOperations } from "./credential-operations.ts"
import { delegationOperations } from "./delegation-operations.ts"
import { groupOperations } from "./group-operations.ts"
import { developerOperations } from "./developer-operations.ts"
import { decisionOperations } from "./decision-operations.ts"
import { eventOperations } from "./event-operations.ts"
import { holdOperations } from "./hold-operations.ts"
import { logOperations } from "./log-operations.ts"
import { mandateOperations } from "./mandate-operations.ts"
import { mandateViewOperations } from "./mandate-view-operations.ts"
import { nodeOperations } from "./node-operations.ts"
import { personOperations } from "./person-operations.ts"
import { placeOperations } from "./place-operations.ts"
import { protectionOperations } from "./protection-operations.ts"
import { registrationOperations } from "./registration-operations.ts"
import { rulesOperations } from "./rules-operations.ts"
import { serverOperations } from "./server-operations.ts"
import { sessionOperations } from "./session-operations.ts"
import { stateOperations } from "./state-operations.ts"
import { stopOperations } from "./stop-operations.ts"
import { syncOperations } from "./sync-operations.ts"
import { taskOperations } from "./task-operations.ts"
import type { Operation } from "./operation.ts"

/**
 * The one table of what a node can be asked. Routes, validation, OpenAPI, the SDK and the commands are derived from it, in this
 * order. The rows of a noun stand in a file of their own.
 */
export const contract = {
  ...nodeOperations,
  ...sessionOperations,
  ...personOperations,
  ...agentOperations,
  ...credentialOperations,
  ...taskOperations,
  ...mandateOperations,
  ...caOperations,
  ...mandateViewOperations,
  ...serverOperations,
  ...decisionOperations,
  ...holdOperations,
  ...actionOperations,
  ...delegationOperations,
  ...groupOperations,
  ...stateOperations,
  ...placeOperations,
  ...registrationOperations,
  ...syncOperations,
  ...aliveOperations,
  ...developerOperations,
  ...protectionOperations,
  ...eventOperations,
  ...stopOperations,
  ...logOperations,
  ...rulesOperations,
} as const satisfies Record<string, Operation>

export type Contract = typeof contract
export type OperationId = keyof Contract
/** What is followed; everything else is called. */
export type StreamId = "event.follow"
export type CallId = Exclude<OperationId, StreamId>
export type Input<Id extends OperationId> = z.infer<Contract[Id]["input"]>
/** What a caller may leave out because it has a default. */
export type Request<Id extends OperationId> = z.input<Contract[Id]["input"]>
export type Output<Id extends OperationId> = z.infer<Contract[Id]["output"]>
