import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { Seeded } from "../seeded.ts"

/** One piece of what is said or made, as no protocol has it. */
export type Piece =
  | {
      readonly kind: "text"
      readonly text: string
      readonly mediaType?: string
      readonly metadata?: JsonObject
    }
  | {
      readonly kind: "data"
      readonly data: JsonValue
      readonly mediaType?: string
      readonly metadata?: JsonObject
    }
  | {
      readonly kind: "file"
      readonly name: string
      readonly mediaType: string
      readonly bytes?: string
      readonly url?: string
      readonly metadata?: JsonObject
    }

/** Something that is made: whole, or a further piece of what was made before. */
export interface Made {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly pieces: readonly Piece[]
  readonly append: boolean
  readonly last: boolean
}

export type Step = { readonly work: string } | { readonly make: Made }

/** How a turn ends. */
export type End =
  | { readonly kind: "deliver" | "ask" | "fail" | "reject"; readonly words: string }
  /** It makes one thing, and that is its whole answer: A2A's message in place of a task. */
  | { readonly kind: "answer"; readonly words: string }
  /** It delivers only once it is let go, after the asker has looked away. */
  | { readonly kind: "late"; readonly words: string }
  /** It goes on for ever: the asker cancels it. */
  | { readonly kind: "stay" }
  /** The partner's protocol answers with an error, and nothing is begun, or stays as it is. */
  | { readonly kind: "refuse"; readonly fault: boolean; readonly words: string }

/** What the asker says once, and what the partner makes of it. */
export interface Turn {
  readonly name: string
  /** For a tool, to which a name could be anything, also what it is aimed at. */
  readonly number: number
  readonly says: readonly Piece[]
  readonly steps: readonly Step[]
  readonly end: End
  /** Whether the asker listens as it happens, or looks how it stands. */
  readonly how: "stream" | "answer"
  /** What the asker does afterwards that has to change nothing. */
  readonly idle: readonly Idle[]
}

/** The same message again; the same id with other words; taking what is not there; a task that nobody knows; a look. */
export type Idle = "repeat" | "change" | "complete" | "unknown" | "look"

/** What the asker does when the last turn is over. */
export type Last = "complete" | "cancel" | "say" | "leave"

export interface Script {
  readonly name: string
  readonly turns: readonly Turn[]
  readonly last: readonly Last[]
}

/** A dialogue of one to three turns, of which each but the last is a question or a delivery that does not satisfy. */
export function randomScript(random: Seeded, name: string): Script {
  const turns: Turn[] = []
  const made = { before: 0, now: 0 }
  const count = random.pick([1, 1, 1, 2, 2, 3])
  for (let i = 0; i < count; i++) {
    const turn = randomTurn(random, `${name}_${i}`, { isFirst: i === 0, isLast: i === count - 1, made })
    turns.push(turn)
    made.before = made.now
    if (!goesOn(turn.end)) break
  }
  const last: Last[] = random.shuffled(["complete", "cancel", "say"] as const).slice(0, random.int(3))
  return { name, turns, last: last.length === 0 ? ["leave"] : last }
}

/** Whether the asker can say more after it. */
export function goesOn({ kind }: End): boolean {
  return kind === "ask" || kind === "deliver" || kind === "late"
}

let turns = 0

function randomTurn(
  random: Seeded,
  name: string,
  { isFirst, isLast, made }: { isFirst: boolean; isLast: boolean; made: Products },
): Turn {
  const end = randomEnd(random, name, isFirst, isLast)
  const isBare = end.kind === "reject" || end.kind === "refuse" || end.kind === "answer"
  const steps: Step[] = []
  if (!isBare) for (let left = random.int(5); left > 0; left--) steps.push(randomStep(random, name, made))
  const idle = random
    .shuffled(["repeat", "change", "complete", "unknown", "look"] as const)
    .slice(0, random.pick([0, 0, 1, 1, 2, 3]))
  return {
    name,
    number: ++turns,
    says: Array.from({ length: random.int(3) }, () => randomPiece(random, name, random.pick(namedUrls))),
    steps,
    end,
    how: random.pick(["stream", "stream", "answer"] as const),
    idle,
  }
}

function randomEnd(random: Seeded, name: string, isFirst: boolean, isLast: boolean): End {
  const words = random.int(4) === 0 ? "" : `the end of ${name}: ${random.int(1000)}`
  if (!isLast) return { kind: random.pick(["ask", "ask", "ask", "deliver", "late"] as const), words }
  const kinds = ["deliver", "deliver", "deliver", "late", "ask", "fail", "stay"] as const
  const kind = random.pick(
    isFirst ? ([...kinds, "reject", "answer", "refuse"] as const) : ([...kinds, "refuse"] as const),
  )
  if (kind === "stay") return { kind }
  // These say why, and an answer is what it says.
  const said = words === "" ? `about ${name}` : words
  if (kind === "refuse") return { kind, fault: random.int(2) === 0, words: said }
  return { kind, words: kind === "answer" || kind === "reject" || kind === "fail" ? said : words }
}

/** How many products there were before the turn, and are now. */
interface Products {
  before: number
  now: number
}

function randomStep(random: Seeded, name: string, made: Products): Step {
  if (random.int(3) === 0) return { work: random.int(2) === 0 ? "" : `at it, ${name}: ${random.int(100)}` }
  // A further piece is of what was made in this turn; what was made before it is sometimes made anew.
  const isMore = made.now > made.before && random.int(3) === 0
  const isAnew = !isMore && made.before > 0 && random.int(4) === 0
  const number = isMore
    ? made.before + random.int(made.now - made.before)
    : isAnew
      ? random.int(made.before)
      : made.now++
  const id = `product-${number}`
  return {
    make: {
      id,
      ...(isMore || random.int(2) === 0 ? {} : { name: `${id}.txt`, description: "made for a comparison" }),
      pieces: Array.from({ length: 1 + random.int(3) }, () => randomPiece(random, name)),
      append: isMore,
      last: random.int(2) === 0,
    },
  }
}

/** What an asker points at: it stands in the words of the person for whom it asks, so that nobody has to approve it. */
export const namedUrls = Array.from({ length: 8 }, (_, at) => `https://files.example/named-${at}`)

function randomPiece(random: Seeded, name: string, named?: string): Piece {
  const number = random.int(1000)
  const kinds: readonly Piece[] = [
    { kind: "text", text: `text of ${name} ${number} 中文 "quoted"` },
    { kind: "text", text: `# ${number}`, mediaType: "text/markdown" },
    { kind: "text", text: `with more ${number}`, metadata: { unit: "km", deep: { number } } },
    { kind: "data", data: { number, nested: [true, null, { deep: "value" }] } },
    { kind: "data", data: [number, "in a list"], mediaType: "application/json" },
    {
      kind: "file",
      name: "a.png",
      mediaType: "image/png",
      bytes: Buffer.from(`bytes ${number}`).toString("base64"),
    },
    {
      kind: "file",
      name: "a.bin",
      mediaType: "application/octet-stream",
      bytes: Buffer.from(`bytes ${number}`).toString("base64"),
    },
    {
      kind: "file",
      name: "b.txt",
      mediaType: "text/plain",
      url: named ?? `https://files.example/${name}/${number}`,
    },
  ]
  return random.pick(kinds)
}
