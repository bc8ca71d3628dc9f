import { type Leader, NotReached } from "./leader.ts"

/** One thing that a partner has to do, and where that is said. */
export interface CheckBy<By> {
  readonly id: string
  /** The clause of ACPs-spec-AIP v02.02 (v02.01 where it says so). */
  readonly source: string
  readonly what: string
  /** Throws when it does not hold, NotReached when it cannot be seen at this target. */
  readonly run: (leader: By) => Promise<void>
}
export type Check = CheckBy<Leader>

export interface Checked extends Pick<Check, "id" | "source" | "what"> {
  readonly outcome: "passed" | "failed" | "not reached"
  readonly why: string | undefined
}

/** Runs checks one after another, each with tasks or groups of its own. */
export async function runChecks<By>(
  checks: readonly CheckBy<By>[],
  leader: By,
  onChecked: (checked: Checked) => void = () => {},
): Promise<Checked[]> {
  const all: Checked[] = []
  for (const { id, source, what, run } of checks) {
    const checked = { id, source, what, ...(await outcomeOf(() => run(leader))) }
    all.push(checked)
    onChecked(checked)
  }
  return all
}

export async function outcomeOf(run: () => Promise<void>): Promise<Pick<Checked, "outcome" | "why">> {
  try {
    await run()
    return { outcome: "passed", why: undefined }
  } catch (error) {
    const why = error instanceof Error ? error.message.replaceAll(/\s+/g, " ").slice(0, 300) : String(error)
    return { outcome: error instanceof NotReached ? "not reached" : "failed", why }
  }
}

export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise)
}

export function is(found: unknown, ...wanted: readonly unknown[]): void {
  if (!wanted.includes(found))
    throw new Error(`it is \`${String(found)}\` and should be ${wanted.map(String).join(" or ")}`)
}
