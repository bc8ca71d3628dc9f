import type { Limit } from "@hufu/core/mandate/limit"
import type { Grant, MandateDraft, Never, UserOnly } from "@hufu/core/mandate/mandate"
import { effectOf, type PlainCall, toolNames, universe } from "./universe.ts"

/**
 * What mandates mean, said once more and as plainly as possible: concrete calls are looked at one by one, and nothing of how the node
 * compares, covers, or counts is used.
 */
export interface PlainMandate {
  readonly id: string
  readonly agent: string
  readonly parent: string | null
  readonly task: string | null
  content: MandateDraft
  /** From which effect on those of a tool are counted in the one grant that is about it; of no tool: in the whole mandate's budget. */
  readonly countFrom: Map<string, number>
  /** Ended, or never made. */
  isOver: boolean
}

/** An effect that was let through, under the mandates that its intent names. */
export interface PlainEffect {
  readonly call: PlainCall
  readonly mandates: readonly string[]
  /** It never left, and took nothing. */
  isReturned: boolean
}

export function grantHolds(grant: Grant, call: PlainCall, now: number): boolean {
  return (
    grant.effects.includes(effectOf(call.tool)) &&
    namesTool(grant.tools, call.tool) &&
    grant.limits.every((limit) => limitHolds(limit, call)) &&
    (grant.until === undefined || now < grant.until)
  )
}

function namesTool(patterns: readonly string[] | undefined, tool: string): boolean {
  return patterns === undefined || ["*", "notes/*", `notes/${tool}`].some((name) => patterns.includes(name))
}

function limitHolds(limit: Limit, { n, p }: PlainCall): boolean {
  const value = limit.argument === "/n" ? n : p
  if (limit.kind === "equal") return value === limit.value
  if (limit.kind === "oneOf") return limit.values.includes(value)
  if (limit.kind === "range")
    return typeof value === "number" && value >= (limit.min ?? -Infinity) && value <= (limit.max ?? Infinity)
  if (limit.kind === "prefix") return typeof value === "string" && value.startsWith(limit.prefix)
  if (limit.kind === "path")
    return typeof value === "string" && (value === limit.under || value.startsWith(`${limit.under}/`))
  if (limit.kind === "pattern")
    return typeof value === "string" && new RegExp(`^(?:${limit.pattern})$`).test(value)
  throw new Error(`the oracle knows no ${limit.kind}`)
}

function rulesOut(part: Never | UserOnly, call: PlainCall): boolean {
  return (
    (part.effects === undefined || part.effects.includes(effectOf(call.tool))) &&
    namesTool(part.tools, call.tool) &&
    ("limits" in part ? (part.limits ?? []) : []).every((limit) => limitHolds(limit, call))
  )
}

function isRuledOut({ never, userOnly }: MandateDraft, call: PlainCall): boolean {
  return [...never, ...userOnly].some((part) => rulesOut(part, call))
}

/** What a mandate by itself says of a call, as 2 (goes alone), 1 (asks) or 0. */
function says(content: MandateDraft, call: PlainCall): number {
  if (isRuledOut(content, call)) return 0
  const holding = content.grants.filter((grant) => grantHolds(grant, call, 0))
  if (holding.some(({ mode }) => mode === "auto")) return 2
  return holding.length > 0 || content.otherwise === "ask" ? 1 : 0
}

/** A call under which the inner content would fare better than the outer one; what only the person decides aside. */
export function widened(inner: MandateDraft, outer: MandateDraft): PlainCall | undefined {
  return universe.find((call) => says(inner, call) > says(outer, call))
}

/** Everything that is known of a small world of agents and mandates. */
export class PlainWorld {
  readonly mandates = new Map<string, PlainMandate>()
  readonly outOfService = new Set<string>()
  readonly effects: PlainEffect[] = []
  readonly #anew: (() => void)[] = []

  /** From a mandate up to the one that the principal gave; undefined when a link is missing. */
  chainOf(id: string): PlainMandate[] | undefined {
    const chain: PlainMandate[] = []
    for (let at: string | null = id; at !== null;) {
      const mandate = this.mandates.get(at)
      if (mandate === undefined || chain.length > 20) return undefined
      chain.push(mandate)
      at = mandate.parent
    }
    return chain
  }

  /** Why a mandate does not let this call go alone, all of its chain considered; undefined when it does. */
  whyNot(id: string, call: PlainCall, now: number): string | undefined {
    const chain = this.chainOf(id)
    if (chain === undefined) return "the chain does not lead to a mandate of the principal"
    for (const link of chain) {
      const { content } = link
      if (link.isOver) return `${link.id} is over`
      if (now >= content.until || now < (content.from ?? 0)) return `${link.id} does not hold at this time`
      if (this.outOfService.has(link.agent)) return `${link.agent} is not in service`
      if (!content.grants.some((grant) => grant.mode === "auto" && grantHolds(grant, call, now)))
        return `no grant of ${link.id} lets it go alone`
      if (isRuledOut(content, call)) return `${link.id} rules it out`
      for (const other of this.mandates.values())
        if (
          other.agent === link.agent &&
          other.parent === null &&
          !other.isOver &&
          (other.task === null || link.task === null || other.task === link.task) &&
          now < other.content.until &&
          now >= (other.content.from ?? 0) &&
          isRuledOut(other.content, call)
        )
          return `${other.id} of the same agent rules it out`
    }
    return undefined
  }

  /** Ends a mandate and everything below it. */
  end(id: string): void {
    for (const mandate of this.mandates.values())
      if (this.chainOf(mandate.id)?.some((link) => link.id === id)) mandate.isOver = true
  }

  /**
   * Gives a mandate another content. A budget counts from when there is one, and what was taken while several grants were about a tool
   * may have been taken from any of them.
   */
  change(mandate: PlainMandate, content: MandateDraft): void {
    const before = mandate.content
    for (const tool of toolNames) {
      const [only, ...others] = aboutTool(before, tool)
      if (only?.budget === undefined || others.length > 0) this.#countAnew(mandate, tool)
    }
    if (before.budget === undefined) this.#countAnew(mandate, "")
    mandate.content = content
  }

  /** From now on; what was reserved before and is seen only now is not known to be counted either. */
  #countAnew(mandate: PlainMandate, tool: string): void {
    mandate.countFrom.set(tool, this.effects.length)
    this.#anew.push(() => mandate.countFrom.set(tool, this.effects.length))
  }

  /** Nothing is under way at this moment. */
  settle(): void {
    for (const count of this.#anew.splice(0)) count()
  }

  /**
   * Whether with a call of this tool more is taken under a mandate, by whichever agent below it, than a content of it says. What a
   * narrowing takes away from what was spent already is no fault of other tools' calls.
   *
   * @returns in which way
   */
  overspent(id: string, content: MandateDraft, tool: string): string | undefined {
    const isTaken = (effect: PlainEffect) => !effect.isReturned && effect.mandates.includes(id)
    const countFrom = this.mandates.get(id)?.countFrom
    const inAll = this.effects.slice(countFrom?.get("") ?? 0).filter(isTaken)
    const whole = exceeded(inAll, content.budget)
    if (whole) return `${id} in all: ${whole}`
    const [only, ...others] = aboutTool(content, tool)
    // Which of several grants an effect was counted in cannot be told; where it is one, its budget holds.
    if (only === undefined || others.length > 0) return undefined
    const counted = this.effects.slice(countFrom?.get(tool) ?? 0).filter(isTaken)
    const found = exceeded(
      counted.filter((effect) => effect.call.tool === tool),
      only.budget,
    )
    return found && `${id}, ${tool}: ${found}`
  }
}

function aboutTool({ grants }: MandateDraft, tool: string): Grant[] {
  return grants.filter((grant) => grant.effects.includes(effectOf(tool)) && namesTool(grant.tools, tool))
}

function exceeded(taken: readonly PlainEffect[], budget: Grant["budget"]): string | undefined {
  const amount = taken.reduce((sum, { call }) => sum + call.n, 0)
  if (budget?.count !== undefined && taken.length > budget.count)
    return `${taken.length} of ${budget.count} calls`
  if (budget?.amount !== undefined && amount > budget.amount.max)
    return `${amount} of ${budget.amount.max} units`
  return undefined
}
