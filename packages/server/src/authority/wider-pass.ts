import type { PassingAsked } from "@hufu/core/contract/passing-asked"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { canonicalize } from "@hufu/core/json/canonical"
import { draftOf, type Mandate, type MandateDraft } from "@hufu/core/mandate/mandate"
import { MandatePart } from "@hufu/core/mandate/mandate-part"
import { sayMandate } from "@hufu/core/mandate/say"
import { z } from "zod"
import type { Clock } from "../clock.ts"
import { commitNatively } from "../ledger/native-commitment.ts"
import type { Vault } from "../ledger/vault.ts"
import type { AgentAuthority } from "./agents.ts"
import type { HeldContent, Hold, HoldAuthority } from "./holds.ts"
import type { MandateAuthority } from "./mandates.ts"
import type { ToPass, Weighed } from "./pass-on.ts"
import type { TaskAuthority } from "./tasks.ts"

interface Parts {
  readonly clock: Clock
  readonly vault: Pick<Vault, "salt">
  readonly agents: Pick<AgentAuthority, "records">
  readonly tasks: Pick<TaskAuthority, "current" | "ensure" | "records">
  readonly mandates: Pick<MandateAuthority, "need" | "find" | "weigh" | "pass" | "all">
  readonly holds: HoldAuthority
}

/** What is asked in the name of: no tool server is called so by an agent, because no call leads here. */
const asked = { server: "hufu", tool: "mandate.pass" } as const

/** More than a person can look at is not asked. */
const mostDifferences = 64
const mostSaid = 32 * 1024

/** Passing on more than a part of a mandate: the principal is asked, and what they approved is made once. */
export interface WiderPass {
  /**
   * Passes on what is a part of the mandate, or what the principal approved; else asks them, and throws Failure("not_narrower") with every
   * difference and with the question. The same again, once they have approved it, makes it.
   */
  pass(mandate: string, pass: ToPass): Promise<Mandate>
  /** What an approval is bound to, as it is at this moment: throws where it could not be passed on any more. */
  digestOf(hold: Hold, content: HeldContent): string
  /** What came of a question. */
  madeBy(hold: Hold): string | null
}

export function widerPass({ clock, vault, agents, tasks, mandates, holds }: Parts): WiderPass {
  async function pass(id: string, to: ToPass): Promise<Mandate> {
    const outer = mandates.need(id)
    const task = await taskOf(outer)
    // INVARIANT: no await from here to the question or the use of its answer, so that the same twice at once asks once.
    const weighed = mandates.weigh(id, to)
    const digest = digestFor(outer, weighed.draft, { to: to.to, task })
    const known = holds.matching(outer.agent, task, digest)
    if (weighed.differences.length === 0) {
      if (known) await holds.decide(known, { decision: "cancelled", by: "node" })
      return mandates.pass(id, to)
    }
    if (known?.state === "approved") return make(known, id, to)
    const refusal = known === undefined ? holds.takeRefusal(outer.agent, task, digest) : undefined
    if (refusal !== undefined) throw refused(holds.decided(refusal).refusal)
    throw waits(known ?? (await ask(outer, { weighed, to, task, digest })), weighed)
  }

  /** What the agent that passes it on is about. */
  async function taskOf({ agent, principal, task }: Mandate): Promise<string> {
    return task ?? (tasks.current(agent) ?? (await tasks.ensure(agent, principal))).id
  }

  async function make(hold: Hold, id: string, to: ToPass): Promise<Mandate> {
    const use = holds.use(hold)
    let made: Mandate
    try {
      made = await mandates.pass(id, to, { widened: { hold: hold.id, write: (tx) => use.write(tx) } })
    } catch (error) {
      use.giveBack()
      throw error
    }
    use.settle()
    return made
  }

  function ask(
    outer: Mandate,
    {
      weighed: { draft, differences },
      to: { to, task: theirs, part },
      task,
      digest,
    }: { weighed: Weighed; to: ToPass; task: string; digest: string },
  ): Promise<Hold> {
    const name = agents.records.get(to)?.name ?? to
    const inner = { ...outer, ...draft }
    const passing: PassingAsked = {
      mandate: outer.id,
      to,
      toName: name,
      task: theirs,
      differences: [...differences],
      says: { en: sayMandate(inner, "en"), zh: sayMandate(inner, "zh") },
    }
    if (differences.length > mostDifferences || canonicalize(Json.parse(passing)).length > mostSaid)
      throw new Failure("too_large", "this is more than a person can look at: pass on less at a time", {
        extra: { differences: differences.slice(0, mostDifferences) },
      })
    const version = versionOf(outer)
    return holds.open(
      {
        ...asked,
        action: newId("action", clock.now()),
        agent: outer.agent,
        version,
        task,
        principal: outer.principal,
        effect: "write",
        // No mandate covers it: whatever is wider is the principal's own decision.
        mode: "user-only",
        passes: outer.id,
        digest,
      },
      {
        arguments: Arguments.parse(JSON.parse(JSON.stringify({ mandate: outer.id, to, task: theirs, part }))),
        targets: [{ kind: "other", value: name }],
        reasons: [
          {
            rule: "mandate/wider",
            en: "it would pass on more than its mandate allows",
            zh: "要转授的内容超出其授权",
          },
        ],
        passing,
      },
    )
  }

  /** Salted, because it stands in the ledger; of what would be made, and of what that would be passed on from. */
  function digestFor(outer: Mandate, draft: MandateDraft, of: { to: string; task: string }): string {
    const exact = Json.parse(
      JSON.parse(
        JSON.stringify({
          mandate: outer.id,
          from: draftOf(outer),
          version: versionOf(outer),
          to: of.to,
          passes: draft,
        }),
      ),
    )
    return commitNatively(vault.salt(of.task, of.task, "pass"), canonicalize(exact))
  }

  function versionOf({ agent }: Mandate): string {
    return agents.records.need(agent).version
  }

  return {
    pass,
    digestOf(hold, content) {
      const { mandate, to, task, part } = Asked.parse(content.arguments)
      if (tasks.records.get(task)?.state !== "live" || tasks.records.get(hold.task)?.state !== "live")
        throw new Failure("hold_decided", "the task has ended: it cannot be approved any more")
      const { draft } = mandates.weigh(mandate, { to, task, part, by: hold.agent })
      return digestFor(mandates.need(mandate), draft, { to, task: hold.task })
    },
    madeBy(hold) {
      return mandates.all().find(({ widened }) => widened === hold.id)?.id ?? null
    },
  }
}

const Json = z.json()
const Arguments = z.record(z.string(), z.json())
const Asked = z.object({ mandate: z.string(), to: z.string(), task: z.string(), part: MandatePart })

function waits({ id, expiresAt, state }: Hold, { differences }: Weighed): Failure {
  return new Failure(
    "not_narrower",
    `this is more than the mandate lets be passed on, so the principal is asked: send the same again once \`${id}\` is approved`,
    { extra: { differences, hold: id, state, expiresAt } },
  )
}

function refused(reason: string): Failure {
  return new Failure("hold_decided", "the principal refused to have this passed on: pass on less", {
    extra: { reason },
  })
}
