import type { CedarRecord, EntityUid } from "./cedar-value.ts"
import type { Entities } from "./entities.ts"
import type { Outcome } from "./outcome.ts"

/** Who wants to do what to what, in which circumstances. */
export interface RuleRequest {
  readonly principal: EntityUid
  readonly action: EntityUid
  readonly resource: EntityUid
  readonly context: CedarRecord
}

/** A request together with what is known of its entities. */
export interface Environment extends RuleRequest {
  readonly entities: Entities
}

/** A compiled expression. It never throws: an error is an outcome. */
export type Evaluator = (environment: Environment) => Outcome
