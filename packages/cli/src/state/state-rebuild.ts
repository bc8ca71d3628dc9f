import type { RebuildReport } from "@hufu/core/contract/state"
import { isFailure } from "@hufu/core/failure"
import { mendState, narrowingOnly, provePerson, proverOf } from "@hufu/server/fold/mend-state"
import { type Rebuilt, rebuildState } from "@hufu/server/fold/rebuild-state"
import type { Store } from "@hufu/server/store/store"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { showProgress } from "../evidence/show-progress.ts"
import { exitCodes } from "../exit-code.ts"
import { askSecret } from "../terminal/ask-secret.ts"
import { printJson, printLines, say } from "../terminal/print.ts"
import { sayReport } from "./say-report.ts"
import { runToEnd, withStoppedStore } from "./stopped-store.ts"

/** `hufu state rebuild`: every record again from the ledger, compared with the tables; exit code 6 when they differ. */
export async function stateRebuild(invocation: Invocation): Promise<number> {
  const { flags, positionals } = invocation
  if (positionals.length > 0) throw new UsageError("this takes no argument")
  return flags["write"] === true ? write(invocation) : look(invocation)
}

async function look(invocation: Invocation): Promise<number> {
  const begun = performance.now()
  const report = await reportOf(invocation)
  const seconds = (performance.now() - begun) / 1000
  show(invocation, { report, mended: 0, seconds })
  return codeOf(report)
}

/** Asks the node that runs; where none does, looks at its data folder. */
async function reportOf(invocation: Invocation): Promise<RebuildReport> {
  const onProgress = showProgress(invocation)
  try {
    return await withNode(invocation, async (client) => {
      let run: string | null = null
      for (;;) {
        const step: Awaited<ReturnType<typeof client.state.rebuild>> = await client.state.rebuild(
          run === null ? {} : { run },
        )
        if (step.report !== null) return step.report
        onProgress(step.done, step.of)
        run = step.run
      }
    })
  } catch (error) {
    if (!isFailure(error, "node_unavailable")) throw error
    const rebuilt = await withStoppedStore(invocation, (store) => runToEnd(rebuildState(store), onProgress))
    return rebuilt.report
  }
}

async function write(invocation: Invocation): Promise<number> {
  const begun = performance.now()
  const { report, mended } = await withStoppedStore(invocation, (store) => mend(invocation, store))
  show(invocation, { report, mended, seconds: (performance.now() - begun) / 1000 })
  return codeOf(report)
}

async function mend(invocation: Invocation, store: Store) {
  const onProgress = showProgress(invocation)
  let rebuilt = await runToEnd(rebuildState(store), onProgress)
  if (rebuilt.found.length === 0) return { report: rebuilt.report, mended: 0 }
  const { by, narrows } = await allow(invocation, store, rebuilt)
  let mended = 0
  // A report names the first thousand differences: so many at a time.
  while (rebuilt.found.length > 0) {
    const count = await mendState(store, narrows ? narrowingOnly(rebuilt.found) : rebuilt.found, by)
    if (count === 0) break
    mended += count
    rebuilt = await runToEnd(rebuildState(store), onProgress)
  }
  return { report: rebuilt.report, mended }
}

/** Who writes it: what only narrows needs nobody, and everything else the person, as the ledger knows them. */
async function allow(
  invocation: Invocation,
  store: Store,
  rebuilt: Rebuilt,
): Promise<{ by: string; narrows: boolean }> {
  if (rebuilt.found.every(({ difference }) => difference.narrows)) return { by: "node", narrows: true }
  const prover = proverOf(rebuilt, store)
  if (prover === "nobody_enrolled") return { by: "node", narrows: false }
  if (prover === "secret")
    return { by: await provePerson(rebuilt, store, await askSecret(invocation)), narrows: false }
  say(
    invocation.language === "zh"
      ? "此处只能以通行密钥证明委托人身份，终端无法索取：仅写回收紧权限的改动。"
      : "Only a passkey proves the person here, which a terminal cannot ask for: only what narrows is written.",
  )
  return { by: "node", narrows: true }
}

function show(
  { json, language }: Invocation,
  { report, mended, seconds }: { report: RebuildReport; mended: number; seconds: number },
): void {
  if (json) printJson({ ...report, mended, seconds: Math.round(seconds * 1000) / 1000 })
  else printLines(...sayReport({ report, mended, seconds }, language))
}

function codeOf({ fault, differing }: RebuildReport): number {
  if (fault !== null) return exitCodes.failed
  return differing > 0 ? exitCodes.differs : exitCodes.ok
}
