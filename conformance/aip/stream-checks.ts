import { type Check, holds, is } from "./check.ts"
import { type Leader, NotReached, type Streamed } from "./leader.ts"
import type { StreamEvent } from "./shapes.ts"
import type { Outcome } from "./target.ts"

const streaming = "§6.2"

async function started(leader: Leader, outcome: Outcome): Promise<{ task: string; stream: Streamed }> {
  const dataItems = leader.target.script[outcome]
  if (dataItems === undefined) throw new NotReached(`nothing is known that gets a task to \`${outcome}\``)
  const task = leader.newTask()
  return { task, stream: await leader.stream(leader.command(task, "start", { dataItems: [...dataItems] })) }
}

const stateIn = ({ eventData }: StreamEvent) => ("status" in eventData ? eventData.status.state : undefined)
const isAt = (state: string) => (events: readonly StreamEvent[]) =>
  events.some((each) => stateIn(each) === state)

function rising(events: readonly StreamEvent[], after = -1): void {
  let last = after
  for (const { eventSeq } of events) {
    holds(eventSeq > last, `event ${eventSeq} came after event ${last}`)
    last = eventSeq
  }
}

function addressed(events: readonly StreamEvent[], task: string): void {
  for (const { eventData } of events) is(eventData.taskId, task)
}

/** What a stream tells, and how it is taken up again. */
export const streamChecks: readonly Check[] = [
  {
    id: "stream-events",
    source: `${streaming}.1–4`,
    what: "a stream is of events whose numbers rise, all of its task, to `awaiting-completion`",
    async run(leader) {
      const { task, stream } = await started(leader, "deliver")
      const events = await stream.until(isAt("awaiting-completion"))
      stream.close()
      is(String(stream.headers["content-type"]).split(";")[0], "text/event-stream")
      rising(events)
      addressed(events, task)
      holds(isAt("awaiting-completion")(events), "it was not delivered")
    },
  },
  {
    id: "stream-products",
    source: `${streaming}.4`,
    what: "the pieces of a product come in order, the first of them new, the last one marked",
    async run(leader) {
      const { task, stream } = await started(leader, "deliver")
      const events = await stream.until(isAt("awaiting-completion"))
      stream.close()
      const open = new Set<string>()
      const known = new Set<string>()
      for (const { eventData } of events) {
        if (eventData.type !== "product-chunk") continue
        const { product, append, lastChunk } = eventData
        holds(append === open.has(product.id), `a piece of \`${product.id}\` came out of order`)
        known.add(product.id)
        if (lastChunk) open.delete(product.id)
        else open.add(product.id)
      }
      is(open.size, 0)
      const { products = [] } = await leader.rpc(task, "get")
      for (const id of known)
        holds(
          products.some((each) => each.id === id),
          `\`${id}\` is not among the products`,
        )
    },
  },
  {
    id: "stream-stays",
    source: `${streaming}.6 (2)`,
    what: "the stream stays while a task waits for its leader, and ends when `complete` came on another connection",
    async run(leader) {
      const { task, stream } = await started(leader, "deliver")
      await stream.until(isAt("awaiting-completion"))
      is(stream.isOver(), false)
      is((await leader.rpc(task, "complete")).status.state, "completed")
      await stream.until(() => false)
      is(stream.isOver(), true)
    },
  },
  {
    id: "stream-cancel",
    source: `${streaming}.6 (2)`,
    what: "the stream of a working task ends when `cancel` came on another connection",
    async run(leader) {
      const { task, stream } = await started(leader, "work")
      await stream.until(isAt("working"))
      is((await leader.rpc(task, "cancel")).status.state, "canceled")
      await stream.until(() => false)
      is(stream.isOver(), true)
    },
  },
  {
    id: "stream-failed",
    source: `${streaming}.6 (2)`,
    what: "the stream ends by itself after `failed`",
    async run(leader) {
      const { stream } = await started(leader, "fail")
      const events = await stream.until(() => false)
      is(stateIn(events.at(-1) ?? throwNothing()), "failed")
    },
  },
  {
    id: "stream-resume",
    source: `${streaming}.5, §6.2.6 (3)`,
    what: "`re-stream` goes on right after the event that it names",
    async run(leader) {
      const { task, stream } = await started(leader, "deliver")
      const before = [...(await stream.until(isAt("awaiting-completion")))]
      stream.close()
      const whole = await leader.stream(leader.command(task, "re-stream"))
      const all = [...(await whole.until(isAt("awaiting-completion")))]
      whole.close()
      rising(all)
      const cut = all[0]?.eventSeq ?? throwNothing()
      const again = await leader.stream(
        leader.command(task, "re-stream", { commandParams: { lastEventSeq: cut } }),
      )
      const rest = [...(await again.until(isAt("awaiting-completion")))]
      again.close()
      rising(rest, cut)
      addressed(rest, task)
      is(
        JSON.stringify(rest.map(({ eventSeq }) => eventSeq)),
        JSON.stringify(all.slice(1).map(({ eventSeq }) => eventSeq)),
      )
      holds(
        before.every((each) => all.some(({ eventSeq }) => eventSeq === each.eventSeq)),
        "an event got another number",
      )
    },
  },
  {
    id: "stream-resume-ended",
    source: `${streaming}.6 (3)`,
    what: "`re-stream` of a task that has ended tells everything and closes",
    async run(leader) {
      const task = await leader.reach("deliver", "awaiting-completion")
      await leader.rpc(task, "complete")
      const stream = await leader.stream(
        leader.command(task, "re-stream", { commandParams: { lastEventSeq: null } }),
      )
      const events = await stream.until(() => false)
      is(stateIn(events.at(-1) ?? throwNothing()), "completed")
    },
  },
]

function throwNothing(): never {
  throw new Error("nothing came")
}
