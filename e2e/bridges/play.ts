import { randomUUID } from "node:crypto"
import { isCall, type PartnerKind, waitingWords } from "./model.ts"
import type { Seen, Standing } from "./outcome.ts"
import type { Partners } from "./partners.ts"
import type { Idle, Last, Script, Turn } from "./script.ts"
import { Answered, type Message, piecesFor, type Side, type Told } from "./side.ts"

const ends: ReadonlySet<string> = new Set(["completed", "failed", "canceled", "rejected"])
const rests: ReadonlySet<string> = new Set([...ends, "asking", "delivered"])
const pauseMs = 10

/** Plays a script as an asker, and writes down what it sees. */
export async function play(
  script: Script,
  side: Side,
  partner: PartnerKind,
  partners: Partners,
  seen: Seen[],
): Promise<void> {
  let standing: Standing | undefined
  for (const turn of script.turns) {
    const isOver = standing !== undefined && ends.has(standing.state)
    const message: Message = {
      turn: turn.name,
      id: randomUUID(),
      pieces: piecesFor(turn, partner, isCall(turn)),
      isFirst: standing === undefined,
    }
    const one = await answered("say", () => (isOver ? side.say(message, true) : say(turn, message)))
    seen.push(one)
    if (one.message !== undefined) return
    // What was refused at once never was a task.
    if (one.error !== undefined) return message.isFirst ? undefined : lasting()
    standing = one.standing
    for (const idle of turn.idle) {
      const what = idling(idle, message, standing)
      if (what !== undefined) seen.push(await answered(idle, what))
    }
  }
  return lasting()

  async function lasting(): Promise<void> {
    for (const last of script.last) {
      const what = finishing(last, standing)
      if (what === undefined) continue
      const one = await answered(last, what)
      standing = one.standing ?? standing
      seen.push(one)
    }
  }

  /** Says what a turn says, by listening or by looking, and does what the turn needs of the asker in between. */
  async function say(turn: Turn, message: Message): Promise<Omit<Seen, "did">> {
    const waits = turn.end.kind === "late" || turn.end.kind === "stay"
    if (turn.how === "stream") return listen(turn, side.listen(message))
    if (!waits) return side.say(message, true)
    await side.say(message, false)
    await waiting(turn)
    // What is listened to again may begin with turns that are over.
    return { standing: (await listen(turn, side.listenAgain(), false)).standing }
  }

  async function listen(turn: Turn, told: AsyncIterable<Told>, isFresh = true): Promise<Omit<Seen, "did">> {
    const events: Exclude<Told, { message: unknown }>[] = []
    let going: Promise<unknown> | undefined
    for await (const each of told) {
      if ("message" in each) return { message: each.message }
      events.push(each)
      const now = "stands" in each ? each.stands : "state" in each ? each : undefined
      if (now === undefined) continue
      if (rests.has(now.state) && (isFresh || rests.has((await side.look()).state))) break
      if (isWaiting(turn, now)) going ??= goOn(turn)
    }
    await going
    return { events, standing: await side.look() }
  }

  function isWaiting(turn: Turn, { state, words }: Pick<Standing, "state" | "words">): boolean {
    if (turn.end.kind !== "late" && turn.end.kind !== "stay") return false
    return partner === "mcp" ? state === "working" : words.includes(waitingWords(turn))
  }

  async function waiting(turn: Turn): Promise<void> {
    if (partner === "mcp") return partners.began(turn)
    while (!isWaiting(turn, await side.look())) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }

  async function goOn(turn: Turn): Promise<void> {
    if (partner === "mcp") await partners.began(turn)
    if (turn.end.kind === "stay") await side.cancel()
    partners.release(turn)
  }

  function idling(idle: Idle, message: Message, now: Standing | undefined) {
    if (idle === "repeat") return () => side.say(message, true)
    if (idle === "change")
      return () => side.say({ ...message, pieces: [...message.pieces, { kind: "text", text: "else" }] }, true)
    if (idle === "unknown")
      return async () => {
        await side.sayOfUnknown()
        return {}
      }
    if (idle === "look") return async () => ({ standing: await side.look() })
    const { complete } = side
    return complete && now?.state !== "delivered" ? async () => ({ standing: await complete() }) : undefined
  }

  function finishing(last: Last, now: Standing | undefined) {
    const { complete } = side
    if (last === "complete") return complete && (async () => ({ standing: await complete() }))
    if (last === "cancel") return async () => ({ standing: await side.cancel() })
    if (last === "leave" || now === undefined || !ends.has(now.state)) return undefined
    const message = {
      turn: "",
      id: randomUUID(),
      pieces: [{ kind: "text" as const, text: "please" }],
      isFirst: false,
    }
    return () => side.say(message, true)
  }
}

/** What came of one thing that the asker did; an error of the protocol is an answer, too. */
async function answered(did: string, work: () => Promise<Omit<Seen, "did">>): Promise<Seen> {
  try {
    return { did, ...(await work()) }
  } catch (error) {
    if (error instanceof Answered) return { did, error: error.code }
    throw error
  }
}
