import { setImmediate } from "node:timers/promises"
import { ground } from "@hufu/server/fence/ground/ground"
import { openPipeline } from "@hufu/server/gateway/testing/open-pipeline"
import { seeded, type Seeded } from "../../e2e/seeded.ts"
import { quantile } from "../statistics.ts"

export interface ProvenanceCost {
  /** What tracing adds to a decision on a task that has read so many results, in milliseconds. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** The same right after one more result came back, which is then read first. */
  readonly freshP50Ms: number
  readonly freshP99Ms: number
  /** What the task holds in memory after that, and after five times as many. */
  readonly heapMiB: number
  readonly laterHeapMiB: number
}

const string = { type: "string" }
const tools = [
  {
    name: "read_page",
    description: "Returns the content of a web page.",
    inputSchema: { type: "object", properties: { url: string } },
  },
  {
    name: "send_email",
    description: "Sends an email.",
    inputSchema: { type: "object", properties: { recipient: string, subject: string, body: string } },
  },
]

/** Measures what provenance costs on one task that has read many results, each of as many bytes. */
export async function provenanceCost({
  results = 1_000,
  bytes = 10_240,
  decisions = 2_000,
} = {}): Promise<ProvenanceCost> {
  const node = await openPipeline()
  try {
    await node.governor.observe("notes", tools)
    const { agent, principal } = node.caller
    const words = "Write to bob@example.com what the pages say about the spring fair"
    const task = await node.tasks.start({ agent, principal, words, source: "terminal", by: principal })
    const { provenance } = node.assess
    const random = seeded(11)
    const texts = Array.from({ length: results }, () => textOf(random, bytes))
    const profileOf = (tool: string) => node.tools.find("notes", tool).profile
    const performed = {
      action: "act_bench",
      task,
      server: "notes",
      tool: "read_page",
      profile: profileOf("read_page"),
      arguments: { url: "https://pages.example/" },
    }
    const returned = (text: string) =>
      provenance.returned(performed, [words], { content: [{ type: "text", text }] })
    const mail = () => ({
      recipient: random.int(2) === 0 ? "bob@example.com" : random.pick(mailboxes(random.pick(texts))),
      subject: sentence(random, 6),
      body: `${sentence(random, 60)} ${random.pick(texts).slice(0, 200)}`,
    })
    const profile = profileOf("send_email")
    const grounding = { own: node.assess.own(), bases: [] }
    const trace = (args: ReturnType<typeof mail>): number => {
      const { effect, targets } = ground(profile, args, grounding)
      const begun = performance.now()
      const traced = provenance.trace(
        task,
        { profile, effect, arguments: args, targets, limited: () => new Set() },
        [words],
      )
      const took = performance.now() - begun
      if (traced === undefined) throw new Error("nothing was traced: the bench would measure nothing")
      return took
    }

    const before = await heapMiB()
    for (const text of texts) returned(text)
    for (let n = 0; n < decisions / 4; n += 1) trace(mail())
    const later = Array.from({ length: decisions }, () => trace(mail())).sort((a, b) => a - b)
    const fresh = Array.from({ length: decisions }, () => {
      returned(textOf(random, bytes))
      return trace(mail())
    }).sort((a, b) => a - b)
    const heap = (await heapMiB()) - before
    for (let n = 0; n < results * 4; n += 1) returned(textOf(random, bytes))
    trace(mail())
    return {
      p50Ms: quantile(later, 0.5),
      p99Ms: quantile(later, 0.99),
      freshP50Ms: quantile(fresh, 0.5),
      freshP99Ms: quantile(fresh, 0.99),
      heapMiB: heap,
      laterHeapMiB: (await heapMiB()) - before,
    }
  } finally {
    await node.close()
  }
}

/** Buffers are let go of some time after what held them. */
async function heapMiB(): Promise<number> {
  for (let n = 0; n < 4; n += 1) {
    globalThis.gc?.()
    await setImmediate()
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

const syllables = "ka lo mi ren ta vo shi pe dur an el os ga wi fen qu".split(" ")

function word(random: Seeded): string {
  return Array.from({ length: 1 + random.int(4) }, () => random.pick(syllables)).join("")
}

function sentence(random: Seeded, words: number): string {
  return `${Array.from({ length: words }, () => word(random)).join(" ")}.`
}

/** Prose with a few addresses in it, as pages and mails have. */
function textOf(random: Seeded, bytes: number): string {
  const parts: string[] = []
  for (let length = 0; length < bytes;) {
    const part =
      random.int(8) === 0
        ? `Write to ${word(random)}@${word(random)}.example or see https://${word(random)}.example/${word(random)}.`
        : sentence(random, 12)
    parts.push(part)
    length += part.length + 1
  }
  return parts.join(" ").slice(0, bytes)
}

function mailboxes(text: string): string[] {
  return [...text.matchAll(/\w+@\w+\.example/g)].map(([mailbox]) => mailbox)
}
