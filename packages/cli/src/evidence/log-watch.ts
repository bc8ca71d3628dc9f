import { createHash } from "node:crypto"
import { mkdirSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { fromBase64, toBase64 } from "@hufu/core/evidence/base64"
import {
  type FollowAlert,
  type Followed,
  type FollowedSource,
  followLog,
} from "@hufu/core/evidence/follow-log"
import { formatVkey, parseVkey } from "@hufu/core/evidence/vkey"
import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { verifyMlDsa44 } from "@hufu/server/ledger/ml-dsa"
import { nativeHash } from "@hufu/server/ledger/native-hash"
import { openLogFiles } from "@hufu/server/ledger/publish/log-files"
import { readSecret, writeSecret } from "@hufu/server/store/secret-file"
import { z } from "zod"
import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJsonLine, printLines, say } from "../terminal/print.ts"
import { followedFiles } from "./followed-files.ts"
import { followedNode } from "./followed-node.ts"
import { logKeys } from "./log-keys.ts"

const State = z.strictObject({
  size: z.int().nonnegative(),
  peaks: z.array(z.string().length(44)).max(54),
  changedAt: z.int(),
})

/** `hufu log watch URL|FOLDER|node`: follows a log and alerts; exit code 1 when it is not sound, and with --once on any alert. */
export async function logWatch(invocation: Invocation): Promise<number> {
  const { positionals, flags, json, language } = invocation
  const [place] = positionals
  const { key, second } = logKeys(flags)
  if (place === undefined || positionals.length > 1 || key === undefined)
    throw new UsageError("this takes one log and its key: hufu log watch URL|FOLDER|node --key VKEY")
  const about = await idsOf(invocation, place)
  const witnesses = textFlags(flags, "witness").map(parseVkey)
  const required = numberOf(textFlag(flags, "witnesses"), witnesses.length > 0 ? 1 : 0, "witnesses")
  const everyMs = numberOf(textFlag(flags, "every"), 30, "every") * 1000
  const staleMs = numberOf(textFlag(flags, "stale"), 1440, "stale") * 60_000
  const file = stateFile(invocation, formatVkey(key))
  const ended = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => ended.abort())
  let last = ""
  for (;;) {
    const before = readState(file)
    const now = Date.now()
    const options = {
      key,
      second,
      witnesses,
      required,
      about,
      now,
      staleMs,
      checks: { mlDsa44: verifyMlDsa44 },
      hash: nativeHash,
    }
    const look = await withSource(invocation, place, (source) => followLog(source, before, options)).catch(
      (error: unknown) => {
        if (flags["once"] === true) throw error
        // A log that cannot be reached for a while is asked again.
        say(`hufu: ${error instanceof Error ? error.message : String(error)}`)
        return null
      },
    )
    if (look !== null) {
      if (look.isSound && look.followed !== null) writeState(file, look.followed)
      // Of two checkpoints that contradict each other, both are the evidence: the sound one stays beside.
      if (look.note !== null) writeSecret(`${file}.${look.isSound ? "sound" : "unsound"}`, look.note)
      // What stays as it was is said once, until it changes.
      const said = JSON.stringify(look.alerts.map(({ alert, index }) => [alert, index]))
      if (said !== last) for (const alert of look.alerts) show(alert, { json, language })
      last = said
      if (!look.isSound) return exitCodes.failed
    }
    if (flags["once"] === true) return look?.alerts.length === 0 ? exitCodes.ok : exitCodes.failed
    try {
      await wait(everyMs, undefined, { signal: ended.signal })
    } catch {
      return exitCodes.ok
    }
  }
}

function show(alert: FollowAlert, { json, language }: Pick<Invocation, "json" | "language">): void {
  if (json) printJsonLine(alert)
  else printLines(`${alert.alert}: ${alert[language]}`)
}

async function withSource<T>(
  invocation: Invocation,
  place: string,
  work: (source: FollowedSource) => Promise<T>,
): Promise<T> {
  if (place === "node") return withNode(invocation, (client) => work(followedNode(client)))
  return work(followedFiles(await openLogFiles(place)))
}

/** A log holds ids and no names; only the node itself knows which is whose. */
async function idsOf(invocation: Invocation, place: string): Promise<Set<string>> {
  const asked = textFlags(invocation.flags, "agent")
  const names = asked.filter((each) => !each.startsWith("agt_"))
  if (names.length === 0) return new Set(asked)
  if (place !== "node")
    throw new UsageError("a published log holds no names: give --agent the id that `hufu agent list` shows")
  const found = await withNode(invocation, async (client) =>
    Promise.all(names.map(async (agent) => (await client.agent.show({ agent })).agent.id)),
  )
  return new Set([...asked.filter((each) => each.startsWith("agt_")), ...found])
}

function stateFile({ dataFolder, flags }: Invocation, vkey: string): string {
  const named = textFlag(flags, "state")
  const digest = createHash("sha256").update(vkey).digest("hex").slice(0, 32)
  const file = resolve(named ?? join(`${dataFolder}-watch`, `${digest}.json`))
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  return file
}

function readState(file: string): Followed | null {
  const kept = readSecret(file)
  if (kept === null) return null
  const parsed = State.safeParse(parseStrict(kept.toString("utf8")))
  if (!parsed.success)
    throw new Failure(
      "invalid_input",
      `\`${file}\` is not what \`hufu log watch\` remembered: name another with --state, and compare the log yourself`,
    )
  const { size, peaks, changedAt } = parsed.data
  return { frontier: { size, peaks: peaks.map(fromBase64) }, changedAt }
}

function writeState(file: string, { frontier, changedAt }: Followed): void {
  const { size, peaks } = frontier
  writeSecret(file, JSON.stringify({ size, peaks: peaks.map(toBase64), changedAt }))
}

function numberOf(text: string | undefined, usual: number, flag: string): number {
  if (text === undefined) return usual
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new UsageError(`--${flag} takes a number`)
}
