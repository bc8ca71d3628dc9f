import { readFileSync } from "node:fs"
import { join } from "node:path"
import { isFailure } from "@hufu/core/failure"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { Permit } from "../gateway/governor.ts"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { declareWith } from "./declare.ts"
import type { KeepRule } from "./erasure.ts"
import { openRetention, type RetentionAuthority } from "./retention.ts"

const dayMs = 86_400_000
const by = "usr_00000000"
const writes = { effects: ["write" as const], tools: ["*"], limits: [], mode: "auto" as const }

let node: OpenPipeline
let retention: RetentionAuthority
beforeEach(async () => {
  node = await openPipeline()
  await node.grant({ grants: [writes], until: node.clock.now() + 1000 * dayMs })
  retention = open()
})
afterEach(() => node.close())

function open(keep?: KeepRule): RetentionAuthority {
  const { store, clock, holds } = node
  return openRetention({ store, vault: store.vault, clock, declare: declareWith(store.vault), holds, keep })
}

async function act(id: string): Promise<Permit> {
  const ruling = await node.governor.admit(node.attempt("add_note", { id }))
  if (ruling.kind !== "go") throw new Error(`it was ${ruling.kind}`)
  ruling.leave()
  ruling.conclude({ outcome: "done" })
  await node.ledger.append({ kind: "statement", fact: "note", subject: "node" }) // what is lazy goes with it
  return ruling
}

const later = (days: number) => node.clock.set(node.clock.now() + days * dayMs)
const isKept = (action: string) => {
  try {
    node.contents.read(action)
    return true
  } catch (error) {
    if (isFailure(error, "not_found")) return false
    throw error
  }
}
const bodyOf = (id: string) =>
  Buffer.from(
    node.store.query<{ body: Uint8Array }>("SELECT body FROM vault WHERE id = ?", [id])[0]?.body ?? [],
  )
const statements = (fact: string) =>
  node.ledger
    .entries(0, 5000)
    .map(({ entry }) => entry)
    .filter((entry) => entry.kind === "statement" && entry.fact === fact)
const onDisk = (bytes: Buffer) =>
  ["hufu.db", "hufu.db-wal", "hufu.journal"].filter((name) =>
    readFileSync(join(node.store.folder.path, name)).includes(bytes),
  )

describe("how long private content is kept", () => {
  it("is for good, unless the person chooses; a choice is in the ledger with what was before", async () => {
    const { action } = await act("n1")
    later(10_000)
    expect(await retention.tick()).toBe(0)
    expect(isKept(action)).toBe(true)
    await retention.set({ actions: 30 }, by)
    await retention.set({ tasks: 7 }, by)
    await retention.set({ tasks: 7 }, by)
    expect(
      statements("retention.set").map((entry) => [
        entry.kind === "statement" && entry.by,
        "refs" in entry && entry.refs,
      ]),
    ).toEqual([
      [by, { actions: "days-30", actionsBefore: "keep", tasks: "keep", tasksBefore: "keep" }],
      [by, { actions: "days-30", actionsBefore: "days-30", tasks: "days-7", tasksBefore: "keep" }],
    ])
    expect(open().settings()).toEqual({ actions: 30, tasks: 7 })
  })

  it("ends for what actions were, and no copy is left; entries and proofs stay as they are", async () => {
    await retention.set({ actions: 30 }, by)
    const old = await act("old")
    const held = await node.governor.admit(node.attempt("send_note", { id: "held" }))
    const body = bodyOf(old.action)
    expect(body.length).toBeGreaterThan(20)
    expect(onDisk(body)).not.toEqual([])
    later(29)
    const young = await act("young")
    expect(await retention.tick()).toBe(0)
    later(2)
    const before = node.ledger.entriesOf(old.action).map(({ hash }) => hash)
    // The content of the old action, and that of the held one, which nobody decided in time.
    await node.holds.expire()
    expect(await retention.tick()).toBe(2)
    expect([isKept(old.action), isKept(young.action)]).toEqual([false, true])
    expect(held.kind).toBe("held")
    expect(onDisk(body)).toEqual([])
    expect(onDisk(bodyOf(young.action))).not.toEqual([])
    expect(node.ledger.entriesOf(old.action).map(({ hash }) => hash)).toEqual(before)
    expect(statements("content.erased")).toMatchObject([
      { by: "node", refs: { kind: "actions", count: "n2" } },
    ])
    expect(await node.ledger.verify()).toMatchObject({ ok: true })
    expect(await retention.tick()).toBe(0)
    // The task goes on, with the keys that it has.
    expect(isKept((await act("after")).action)).toBe(true)
  })

  it("keeps what still waits for a person", async () => {
    await retention.set({ actions: 1 }, by)
    const held = await node.governor.admit(node.attempt("send_note", { id: "held" }))
    later(2)
    expect(held.kind).toBe("held")
    expect(await retention.tick()).toBe(0)
  })

  it("ends for a whole task some days after its end, its words and keys too", async () => {
    await retention.set({ tasks: 7 }, by)
    const { id } = await node.tasks.start({
      agent: node.agent.id,
      principal: by,
      words: "a secret errand",
      source: "console",
      by,
    })
    await node.tasks.addWords({ task: id, words: "and more of it", source: "console", by })
    const { action } = await act("n1")
    await node.tasks.end(id, by)
    later(6)
    expect(await retention.tick()).toBe(0)
    later(2)
    expect(await retention.tick()).toBe(1)
    expect(isKept(action)).toBe(false)
    expect(node.tasks.find(id).words).toBe("")
    expect(node.tasks.addedWords(id).map(({ words }) => words)).toEqual([null])
    expect(onDisk(Buffer.from("a secret errand"))).toEqual([])
    expect(node.store.query("SELECT 1 FROM vault WHERE subject = ?", [id])).toEqual([])
    expect(statements("content.erased")).toMatchObject([{ subject: id, refs: { kind: "task" } }])
    expect(await node.ledger.verify()).toMatchObject({ ok: true })
    expect(await retention.tick()).toBe(0)
  })

  it("erases nothing that a statute keeps, where the operator lets that win", async () => {
    await retention.set({ actions: 1, tasks: 1 }, by)
    const { action } = await act("n1")
    const task = node.tasks.current(node.agent.id)?.id ?? ""
    await node.tasks.end(task, by)
    later(99)
    expect(await open({ days: 100, wins: "law" }).tick()).toBe(0)
    expect(isKept(action)).toBe(true)
    later(2)
    expect(await open({ days: 100, wins: "law" }).tick()).toBe(2)
    expect(isKept(action)).toBe(false)
  })

  it("erases what a statute would keep, where erasure wins", async () => {
    await retention.set({ actions: 1 }, by)
    await act("n1")
    later(2)
    expect(await open({ days: 100, wins: "erasure" }).tick()).toBe(1)
  })

  it("does a bounded part at a time", async () => {
    const task = await node.tasks.ensure(node.agent.id, by)
    await node.store.commit((tx) => {
      for (let i = 0; i < 1100; i += 1)
        node.store.vault.keep(tx, {
          id: `act_0000000000${String(i).padStart(16, "0")}`,
          subject: task.id,
          text: "1",
        })
    })
    await retention.set({ actions: 1 }, by)
    const done = []
    for (let i = 0; i < 4; i += 1) done.push(await retention.tick())
    expect(done).toEqual([500, 500, 100, 0])
  })
})
