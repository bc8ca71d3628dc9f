import type { OperationId } from "@hufu/core/contract/contract"
import type { Operation } from "@hufu/core/contract/operation"
import type { z } from "zod"

/** Where an operation is asked for. */
export type Route = Pick<Operation, "method" | "path" | "stream">

/**
 * What a client has to know of the contract. A page asks before its schemas have come; no answer is taken before they have.
 */
export interface Operations {
  readonly routes: Readonly<Record<OperationId, Route>>
  readonly outputOf: (id: OperationId) => z.ZodType | Promise<z.ZodType>
}
