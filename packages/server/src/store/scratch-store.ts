import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { newId } from "@hufu/core/id"
import { pino } from "pino"
import type { Clock } from "../clock.ts"
import type { EntryDraft } from "../ledger/appender.ts"
import type { StoreOptions } from "./store.ts"

/** A data folder of a test, on the real disk, and a clock that the test moves. */
export interface Scratch {
  readonly dataDir: string
  readonly clock: Clock & { set(ms: number): void }
  options(more?: Partial<StoreOptions>): StoreOptions
  /**
   * The data folder as a node that is killed at this moment leaves it.
   *
   * @param walBytes how much of the database's log has reached the disk: the rest goes, as when the power fails
   */
  crashed(walBytes?: number): Scratch
  remove(): void
}

export const scratchStart = 1_800_000_000_000

export function scratch(): Scratch {
  const parent = mkdtempSync(join(tmpdir(), "hufu-store-"))
  const dataDir = join(parent, "data")
  let now = scratchStart
  const clock = {
    now: () => now,
    monotonic: () => performance.now(),
    set(ms: number) {
      now = ms
    },
  }
  const logger = pino({ level: "silent" })
  return {
    dataDir,
    clock,
    options: (more = {}) => ({ dataDir, clock, logger, ...more }),
    crashed(walBytes) {
      const copy = scratch()
      mkdirSync(join(copy.dataDir, "keys"), { recursive: true, mode: 0o700 })
      for (const name of ["keys/ledger.key", "keys/vault.key", "hufu.db", "hufu.db-wal", "hufu.journal"]) {
        const from = join(dataDir, name)
        if (existsSync(from)) copyFileSync(from, join(copy.dataDir, name))
      }
      if (walBytes !== undefined) truncateSync(join(copy.dataDir, "hufu.db-wal"), walBytes)
      copy.clock.set(now)
      return copy
    },
    remove: () => rmSync(parent, { recursive: true, force: true }),
  }
}

const digest = "0123456789abcdef".repeat(4)

export function newAction(): string {
  return newId("action", scratchStart)
}

export function intentOf(
  action: string,
  more: Partial<Extract<EntryDraft, { kind: "intent" }>> = {},
): EntryDraft {
  return {
    kind: "intent",
    action,
    agent: "agt_a",
    version: "ver_a",
    principal: "usr_a",
    task: "tsk_a",
    mandate: "mnd_a",
    server: "srv_a",
    tool: digest,
    effect: "read",
    door: "mcp-http",
    verdict: "allow",
    rules: ["platform/read"],
    policy: digest,
    profile: digest,
    facts: digest,
    arguments: digest,
    ...more,
  }
}

export function outcomeOf(action: string): EntryDraft {
  return { kind: "outcome", action, outcome: "done", ms: 3 }
}

export function note(subject = "node"): EntryDraft {
  return { kind: "statement", fact: "note", subject }
}
