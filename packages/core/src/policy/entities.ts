import type { CedarRecord, EntityUid } from "./cedar-value.ts"
import { Failure } from "../failure.ts"

/** What is known of one entity; `ancestors` holds the keys of everything it is in, however far up. */
export interface Entity {
  readonly attributes: CedarRecord
  readonly ancestors: ReadonlySet<string>
  readonly tags?: CedarRecord
}

/** Finds an entity by the key of its uid. */
export interface Entities {
  get(key: string): Entity | undefined
}

/** An entity as it is given: with its direct parents. */
export interface EntityInput {
  readonly uid: EntityUid
  readonly attributes?: CedarRecord
  readonly parents?: readonly EntityUid[]
  readonly tags?: CedarRecord
}

/** A store of entities with their ancestors worked out; an entity given twice or inside itself is refused. */
export function entityStore(inputs: readonly EntityInput[]): Entities {
  const byKey = new Map<string, EntityInput>()
  for (const input of inputs) {
    if (byKey.has(input.uid.key)) {
      throw new Failure("invalid_input", `give the entity \`${input.uid.key}\` only once`)
    }
    byKey.set(input.uid.key, input)
  }
  const store = new Map<string, Entity>()
  for (const input of inputs) {
    const ancestors = ancestorsOf(input, byKey)
    store.set(input.uid.key, {
      attributes: input.attributes ?? {},
      ancestors,
      ...(input.tags === undefined ? {} : { tags: input.tags }),
    })
  }
  return store
}

/** Walks upward with a list of its own instead of recursion, so a long chain cannot exhaust the stack. */
function ancestorsOf(start: EntityInput, byKey: ReadonlyMap<string, EntityInput>): ReadonlySet<string> {
  const found = new Set<string>()
  const pending = [...(start.parents ?? [])]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.key === start.uid.key) {
      throw new Failure("invalid_input", `take the entity \`${next.key}\` out of itself`)
    }
    if (found.has(next.key)) continue
    found.add(next.key)
    pending.push(...(byKey.get(next.key)?.parents ?? []))
  }
  return found
}
