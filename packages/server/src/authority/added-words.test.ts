import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Scratch, scratch, scratchStart } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { declareWith } from "./declare.ts"
import { openTasks, type TaskAuthority } from "./tasks.ts"

let place: Scratch
let store: Store
let tasks: TaskAuthority
beforeEach(async () => {
  place = scratch()
  await open()
})
afterEach(async () => {
  await store.close()
  place.remove()
})

async function open(): Promise<void> {
  store = await openStore(place.options())
  tasks = openTasks(store, store.vault, place.clock, declareWith(store.vault))
}

const start = (words: string) =>
  tasks.start({ agent: "agt_00000000", principal: "usr_00000000", words, source: "hook", by: "crd_a" })
const add = (task: string, words: string) => tasks.addWords({ task, words, source: "hook", by: "crd_a" })
const wordsOf = (task: string) => tasks.addedWords(task).map(({ words }) => words)

describe("words that are added to a task", () => {
  it("are kept in their order beside what it was started with, across a restart", async () => {
    const one = await start("tidy my notes")
    place.clock.set(scratchStart + 1)
    const two = await start("something else")
    for (let n = 0; n < 12; n++) await add(one.id, `and then ${n}`)
    await add(two.id, "虎符")
    await store.close()
    await open()
    expect(wordsOf(one.id)).toEqual(Array.from({ length: 12 }, (_, n) => `and then ${n}`))
    expect(wordsOf(two.id)).toEqual(["虎符"])
    expect(tasks.find(one.id)).toEqual(one)
    expect(tasks.current("agt_00000000")?.id).toBe(two.id)
  })

  it("are committed to in the ledger without being in it", async () => {
    const task = await start("tidy my notes")
    const { index } = await add(task.id, "a private remark")
    const { entry, bytes } = store.ledger.entry(index)
    expect(entry).toMatchObject({
      kind: "statement",
      fact: "task.worded",
      subject: task.id,
      by: "crd_a",
      refs: { agent: "agt_00000000", source: "hook" },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(Buffer.from(bytes).toString()).not.toContain("private")
    expect(JSON.stringify(store.query("SELECT body FROM record WHERE kind='words'"))).not.toContain("private")
  })

  it("are gone when the task is erased, while that something was said stays", async () => {
    const task = await start("tidy my notes")
    const { index, at } = await add(task.id, "a private remark")
    await store.vault.erase(task.id)
    expect(tasks.addedWords(task.id)).toEqual([{ at, words: null, source: "hook", index }])
  })

  it("are taken by no task that has ended or never was", async () => {
    const task = await start("tidy my notes")
    await tasks.end(task.id, "node")
    await expect(add(task.id, "more")).rejects.toMatchObject({ code: "not_found" })
    await expect(add("tsk_00000000", "more")).rejects.toMatchObject({ code: "not_found" })
    expect(wordsOf(task.id)).toEqual([])
  })

  it("are so many and no more, however they come", async () => {
    const task = await start("tidy my notes")
    await Promise.all(Array.from({ length: 199 }, (_, n) => add(task.id, `${n}`)))
    const last = await Promise.allSettled([add(task.id, "a"), add(task.id, "b")])
    expect(last.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
    await expect(add(task.id, "c")).rejects.toMatchObject({ code: "too_many" })
    expect(wordsOf(task.id)).toHaveLength(200)
    await expect(add((await start("another")).id, "d")).resolves.toMatchObject({ words: "d" })
  })
})
