import type { StateAt } from "@hufu/core/contract/state"
import { Failure, isFailure } from "@hufu/core/failure"
import { type Asked, stateAt } from "@hufu/server/fold/state-at"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { showProgress } from "../evidence/show-progress.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { sayState } from "./say-state.ts"
import { runToEnd, withStoppedStore } from "./stopped-store.ts"

/** `hufu state at TIME|INDEX`: what was known and in force then, from the ledger alone. */
export async function stateAtCommand(invocation: Invocation): Promise<number> {
  const { flags, positionals, json, language } = invocation
  const [moment, ...more] = positionals
  if (moment === undefined || more.length > 0)
    throw new UsageError("say when: `hufu state at 2026-12-31T18:00:00+08:00`, or the index of an entry")
  const agent = textFlag(flags, "agent")
  const asked = { ...momentIn(moment), ...(agent === undefined ? {} : { agent }) }
  const { state, fault } = await find(invocation, asked)
  if (state === null) {
    if (json) printJson({ state, fault })
    else printLines((fault ?? { en: "", zh: "" })[language])
    return exitCodes.failed
  }
  if (json) printJson(state)
  else printLines(...sayState(state, language))
  return exitCodes.ok
}

interface Answer {
  readonly state: StateAt | null
  readonly fault: { readonly en: string; readonly zh: string } | null
}

async function find(invocation: Invocation, asked: Asked): Promise<Answer> {
  const onProgress = showProgress(invocation)
  try {
    return await withNode(invocation, async (client) => {
      let run: string | null = null
      for (;;) {
        const step: Awaited<ReturnType<typeof client.state.at>> = await client.state.at({
          ...defined(asked),
          ...(run === null ? {} : { run }),
        })
        if (step.run === null) return step
        onProgress(step.done, step.of)
        run = step.run
      }
    })
  } catch (error) {
    if (!isFailure(error, "node_unavailable")) throw error
    if (asked.at !== undefined && asked.at > Date.now())
      throw new Failure("invalid_input", "that moment has not come yet: give one that is past", {
        cause: error,
      })
    const found = await withStoppedStore(invocation, (store) => runToEnd(stateAt(store, asked), onProgress))
    return found.ok ? { state: found.state, fault: null } : { state: null, fault: found.fault }
  }
}

function defined({ at, index, agent }: Asked) {
  return {
    ...(at === undefined ? {} : { at }),
    ...(index === undefined ? {} : { index }),
    ...(agent === undefined ? {} : { agent }),
  }
}

/** A moment is a date with its zone, so that it means the same wherever it is read. */
function momentIn(text: string): Pick<Asked, "at" | "index"> {
  if (/^\d{1,11}$/.test(text)) return { index: Number(text) }
  const hasZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
  const at = hasZone ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at))
    throw new UsageError(
      `\`${text}\` is no moment: write a date with its zone, such as \`2026-12-31T18:00:00+08:00\`, or the index of an entry`,
    )
  return { at }
}
