import { seeded, type Seeded } from "../../e2e/seeded.ts"

/** A rule that every engine under test can express: all that it names must hold. */
export interface MadeRule {
  readonly id: string
  /** Whether it asks a person instead of denying; engines that cannot ask deny. */
  readonly asks: boolean
  readonly agent?: string
  readonly effect?: "send" | "pay"
  readonly server?: string
  readonly tool?: string
  readonly host?: string
  /** An amount above this one. */
  readonly above?: number
}

/** An action that the engines are asked about. */
export interface MadeAction {
  readonly agent: string
  readonly effect: "send" | "pay"
  readonly server: string
  /** The name of the tool, on its server. */
  readonly tool: string
  readonly host: string
  readonly amount: number
}

/**
 * Rules of the kinds that organisations write, in equal parts: about an agent and an effect, about one tool, about where a server's
 * tools send to, about an effect with a limit on one server, about the name of a tool on one server.
 */
export function madeRules(count: number): MadeRule[] {
  const { agents, servers } = sizes(count)
  return Array.from({ length: count }, (_, n): MadeRule => {
    const id = `bench/${n}`
    const server = `server-${n % servers}`
    if (n % 5 === 0)
      return { id, asks: false, agent: `agent-${n % agents}`, effect: "send", host: `closed-${n}.example` }
    if (n % 5 === 1) return { id, asks: false, server, tool: `tool-${n}` }
    if (n % 5 === 2) return { id, asks: false, effect: "send", server, host: `host-${n}.example` }
    if (n % 5 === 3) return { id, asks: true, effect: "pay", server, above: 1_000 + n }
    return { id, asks: true, effect: "send", server, tool: `drop-${n}` }
  })
}

/** Actions in the same world; a quarter of them meets what some rule names. */
export function madeActions(rules: readonly MadeRule[], count: number, seed = 7): MadeAction[] {
  const random = seeded(seed)
  const world = sizes(rules.length)
  return Array.from({ length: count }, (_, n) => {
    const any = anyAction(random, world)
    return n % 4 === 0 ? { ...any, ...aimedAt(random.pick(rules)) } : any
  })
}

function anyAction(random: Seeded, { agents, servers }: ReturnType<typeof sizes>): MadeAction {
  return {
    agent: `agent-${random.int(agents)}`,
    effect: random.pick(["send", "pay"]),
    server: `server-${random.int(servers)}`,
    tool: `tool-${random.int(servers * 10)}`,
    host: `host-${random.int(servers * 10)}.example`,
    amount: random.int(500),
  }
}

function aimedAt({ id: _id, asks: _asks, above, ...names }: MadeRule): Partial<MadeAction> {
  return above === undefined ? names : { ...names, amount: above + 1 }
}

function sizes(rules: number): { readonly agents: number; readonly servers: number } {
  return { agents: Math.ceil(rules / 20) + 1, servers: Math.ceil(rules / 10) + 1 }
}

/** The same rules in Cedar, as Hufu and cedar-wasm load them. */
export function cedarText(rules: readonly MadeRule[]): string {
  return rules.map(cedarRule).join("\n")
}

function cedarRule({ id, asks, agent, effect, server, tool, host, above }: MadeRule): string {
  const conditions = [
    ...(tool === undefined || effect === undefined ? [] : [`resource.name == "${tool}"`]),
    ...(host === undefined ? [] : [`context.anyTarget.hosts.contains("${host}")`]),
    ...(above === undefined ? [] : [`context has amount && context.amount > ${above}`]),
  ]
  const resource =
    tool !== undefined && effect === undefined
      ? ` == Hufu::Tool::"${server}/${tool}"`
      : server === undefined
        ? ""
        : ` in Hufu::Server::"${server}"`
  const why = asks ? `@ask("rule ${id}") @ask_zh("规则 ${id}")` : `@why("rule ${id}") @why_zh("规则 ${id}")`
  return [
    `@id("${id}") ${why}`,
    `forbid (principal${agent === undefined ? "" : ` == Hufu::Agent::"${agent}"`}, action${effect === undefined ? "" : ` == Hufu::Action::"${effect}"`}, resource${resource})`,
    ...(conditions.length > 0 ? [`when { ${conditions.join(" && ")} }`] : []),
  ]
    .join("\n")
    .concat(";")
}
