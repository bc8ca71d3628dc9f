import type { JsonValue } from "@hufu/core/json/json-value"
import { isJsonObject } from "@hufu/core/json/json-value"
import { after, type Happening, type Product, type Seen, type Standing } from "./outcome.ts"
import type { Idle, Piece, Script, Step, Turn } from "./script.ts"

export type Asker = "a2a" | "aip"
export type PartnerKind = "a2a" | "aip" | "mcp"

/** What a script has to come to for one pair. */
export interface Expected {
  readonly seen: readonly Seen[]
  /** What reaches the partner, turn by turn. */
  readonly heard: readonly { readonly turn: string; readonly pieces: readonly Piece[] }[]
}

const none: Standing = { state: "accepted", words: [], products: [] }

/**
 * What has to come out of a script, from what the pages on A2A and AIP say of states, parts and differences, and from nothing of the gateway.
 * Every place where the pair makes a difference is named by the row of the table in those pages.
 */
export function expectedOf(script: Script, asker: Asker, partner: PartnerKind): Expected {
  const seen: Seen[] = []
  const heard: { turn: string; pieces: readonly Piece[] }[] = []
  let standing = none
  let isMessage = false
  const isOver = () => ends.has(standing.state)

  for (const [at, turn] of script.turns.entries()) {
    // difference "taken at once": what was delivered is over for A2A, and a further message is refused.
    if (at > 0 && isOver()) {
      seen.push({ did: "say", error: unsupported })
      break
    }
    const isKept = turn.end.kind === "refuse" && at > 0 && partner !== "mcp"
    const done: Happening[] = isKept
      ? // difference "errors": what a partner does not go on with stays as it is.
        [{ state: standing.state, words: standing.words }]
      : happeningsOf(turn, at === 0, partner)
    const happenings = asSeen(done, { asker, partner, isFirst: at === 0 })
    const isRefused = turn.end.kind === "refuse" && asker === "a2a" && partner === "a2a"
    if (reaches(turn, partner)) heard.push({ turn: turn.name, pieces: heardBy(turn, asker, partner) })
    if (isRefused && turn.end.kind === "refuse") {
      // A2A to A2A: the partner's own error, and no task begins.
      seen.push({ did: "say", error: turn.end.fault ? internal : contentType })
      if (at === 0) return { seen, heard }
      break
    }
    isMessage = turn.end.kind === "answer" && asker === "a2a" && partner === "a2a"
    if (isMessage) {
      seen.push({ did: "say", message: answerOf(turn) })
      break
    }
    for (const each of happenings) standing = after(standing, each)
    seen.push({
      did: "say",
      ...(turn.how === "stream" ? { events: happenings } : {}),
      standing,
    })
    for (const idle of turn.idle) seen.push(...idleSeen(idle, standing, asker))
  }
  if (isMessage) return { seen, heard }
  for (const each of script.last) {
    if (each === "leave") continue
    const { told, now } = lastSeen(each, standing, asker)
    standing = now
    seen.push(...told)
  }
  return { seen, heard }
}

const ends: ReadonlySet<string> = new Set(["completed", "failed", "canceled", "rejected"])
const taskNotFound = -32001
const notCancelable = -32002
const unsupported = -32004
const contentType = -32005
const invalidParams = -32602
const internal = -32603

/** A turn that a tool server cannot be asked: the message names no tool, and Hufu asks for one. */
export function isCall({ end }: Turn): boolean {
  return end.kind !== "ask"
}

function reaches(turn: Turn, partner: PartnerKind): boolean {
  if (partner === "mcp") return isCall(turn)
  // The official server refuses before its agent hears of it.
  return partner !== "a2a" || turn.end.kind !== "refuse"
}

/** What a partner says and makes in a turn, as its protocol can say it. */
function happeningsOf(turn: Turn, isFirst: boolean, partner: PartnerKind): Happening[] {
  if (partner === "mcp") return toolHappenings(turn)
  const { end, steps } = turn
  if (end.kind === "reject") return [state("rejected", end.words)]
  if (end.kind === "refuse") {
    // difference "errors": what a partner does not take up is rejected, and what breaks in it has failed.
    const words = partner === "aip" ? `${aipErrorText(end.fault)}: \`${end.words}\`` : end.words
    return [state(end.fault ? "failed" : "rejected", words)]
  }
  const begun = [...(isFirst ? [state("accepted")] : []), state("working")]
  if (end.kind === "answer") {
    const product = {
      id: `the answer of ${turn.name}`,
      pieces: answerOf(turn).map((each) => sayable(each, partner)),
    }
    // difference "message": it is one product, and delivered.
    return partner === "a2a"
      ? [{ product, append: false, last: true }, state("completed")]
      : [...begun, { product: { ...product, id: "answer" }, append: false, last: true }, state("delivered")]
  }
  const done = steps.flatMap((step) => stepHappenings(step, partner))
  const waiting = end.kind === "late" || end.kind === "stay" ? [state("working", waitingWords(turn))] : []
  return [...begun, ...done, ...waiting, ...endHappenings(turn, partner)]
}

function endHappenings({ end }: Turn, partner: PartnerKind): Happening[] {
  if (end.kind === "stay") return [state("canceled")]
  if (end.kind === "ask") return [state("asking", end.words)]
  if (end.kind === "fail") return [state("failed", end.words)]
  const words = "words" in end ? end.words : ""
  return [state(partner === "aip" ? "delivered" : "completed", words)]
}

/** What a partner says while it waits to be let go. */
export function waitingWords({ name }: Turn): string {
  return `waiting in ${name}`
}

function stepHappenings(step: Step, partner: PartnerKind): Happening[] {
  if ("work" in step) return [state("working", step.work)]
  const { pieces, append, last, ...about } = step.make
  return [{ product: { ...about, pieces: pieces.map((each) => sayable(each, partner)) }, append, last }]
}

/** difference "tool": one call, one result; it asks and rejects nothing, and does not say how far it is. */
function toolHappenings(turn: Turn): Happening[] {
  const { end } = turn
  if (!isCall(turn)) return [{ state: "asking", words: ["which tool"] }]
  if (end.kind === "stay") return [state("working"), state("canceled")]
  if (end.kind === "fail" || end.kind === "reject" || end.kind === "refuse")
    return [state("working"), state("failed", end.words)]
  const product = { id: `the result of ${turn.name}`, name: "act", pieces: resultPieces(turn) }
  return [state("working"), { product, append: false, last: true }, state("completed")]
}

/** Everything that a turn makes, as content of one result: what is structured first. */
function resultPieces(turn: Turn): Piece[] {
  const all = allPieces(turn)
  const data = structuredOf(all)
  return [
    ...(data === undefined ? [] : [{ kind: "data" as const, data }]),
    ...all.filter(({ kind }) => kind !== "data").map(asContent),
  ]
}

/** The pieces of what a turn makes, one after another. */
export function allPieces(turn: Turn): Piece[] {
  if (turn.end.kind === "answer") return answerOf(turn)
  return turn.steps.flatMap((step) => ("make" in step ? step.make.pieces : []))
}

/** What a tool gives back as its structured content: there is one, and it is an object. */
export function structuredOf(pieces: readonly Piece[]): JsonValue | undefined {
  return pieces.flatMap((each) => (each.kind === "data" && isJsonObject(each.data) ? [each.data] : []))[0]
}

function asContent(piece: Piece): Piece {
  if (piece.kind !== "file") return piece.kind === "text" ? { kind: "text", text: piece.text } : piece
  const { name, mediaType, bytes, url } = piece
  if (url !== undefined) return { kind: "file", name, mediaType, url }
  // An image of MCP has no name; any other file is a resource, which is known by its address.
  const isImage = mediaType.startsWith("image/")
  return {
    kind: "file",
    name: "",
    mediaType,
    ...(bytes === undefined ? {} : { bytes }),
    ...(isImage ? {} : { metadata: { uri: `file:///${name}` } }),
  }
}

export function answerOf({ end, name }: Turn): Piece[] {
  return [{ kind: "text", text: "words" in end ? end.words : name, mediaType: "text/plain" }]
}

/** How a partner of a protocol writes a piece: AIP has no media type of texts and data, and data is an object. */
export function sayable(piece: Piece, partner: PartnerKind): Piece {
  if (partner !== "aip" || piece.kind === "file") return piece
  const { mediaType: _, ...rest } = piece
  if (rest.kind === "text") return rest
  return { ...rest, data: isJsonObject(rest.data) ? rest.data : { value: rest.data } }
}

/** The same happenings as the asker's protocol says them. */
function asSeen(
  happenings: readonly Happening[],
  { asker, partner, isFirst }: { asker: Asker; partner: PartnerKind; isFirst: boolean },
): Happening[] {
  const shown = happenings.map((each): Happening => {
    if (!("state" in each)) return { ...each, product: productFor(each.product, asker) }
    // difference "taken at once", and its reverse.
    if (asker === "a2a" && each.state === "delivered") return { ...each, state: "completed" }
    if (asker === "aip" && each.state === "completed") return { ...each, state: "delivered" }
    return each
  })
  const [first] = shown
  if (first === undefined) return shown
  const isAsked = "state" in first && first.state === "asking" && partner === "mcp"
  // Towards A2A a task begins with a state.
  if (asker === "a2a") return "state" in first ? shown : [state("working"), ...shown]
  // difference "own states": what Hufu has let out is accepted, or worked on; what is rejected at once never was.
  const isRejected = "state" in first && first.state === "rejected"
  return isAsked || (isFirst && isRejected) ? shown : [state(isFirst ? "accepted" : "working"), ...shown]
}

function productFor({ pieces, ...about }: Product, asker: Asker): Product {
  return { ...about, pieces: pieces.map((each) => pieceFor(each, asker)) }
}

/** How an asker of a protocol reads a piece that came from another one. */
export function pieceFor(piece: Piece, asker: Asker | PartnerKind): Piece {
  if (asker !== "aip" || piece.kind === "file") return piece
  const { mediaType, ...rest } = piece
  const metadata = mediaType === undefined ? rest.metadata : { mediaType, ...rest.metadata }
  const about = metadata === undefined ? {} : { metadata }
  if (rest.kind === "text") return { ...rest, ...about }
  return { ...rest, data: isJsonObject(rest.data) ? rest.data : { value: rest.data }, ...about }
}

/** What of a message reaches the partner. */
function heardBy(turn: Turn, asker: Asker, partner: PartnerKind): Piece[] {
  // A tool gets its arguments, and nothing that stands beside them.
  if (partner === "mcp") return []
  return turn.says.map((each) => pieceFor(sayable(each, asker), partner))
}

function idleSeen(idle: Idle, standing: Standing, asker: Asker): Seen[] {
  if (idle === "repeat") return [{ did: "repeat", standing }]
  if (idle === "change") return [{ did: "change", error: invalidParams }]
  if (idle === "unknown") return [{ did: "unknown", error: taskNotFound }]
  if (idle === "look") return [{ did: "look", standing }]
  // Taking what is not there changes nothing; A2A has no word for it.
  return asker === "a2a" || standing.state === "delivered" ? [] : [{ did: "complete", standing }]
}

function lastSeen(
  last: "complete" | "cancel" | "say",
  standing: Standing,
  asker: Asker,
): { told: Seen[]; now: Standing } {
  const isOver = ends.has(standing.state)
  if (last === "complete") {
    if (asker === "a2a") return { told: [], now: standing }
    const now: Standing =
      standing.state === "delivered" ? { ...standing, state: "completed", words: [] } : standing
    return { told: [{ did: "complete", standing: now }], now }
  }
  if (last === "cancel") {
    const isCanceled = standing.state === "canceled"
    if (isOver && !isCanceled && asker === "a2a")
      return { told: [{ did: "cancel", error: notCancelable }], now: standing }
    const now: Standing = isOver ? standing : { ...standing, state: "canceled", words: [] }
    return { told: [{ did: "cancel", standing: now }], now }
  }
  // More is said only where it does not fit: what fits is a turn.
  if (!isOver) return { told: [], now: standing }
  return asker === "a2a"
    ? { told: [{ did: "say", error: unsupported }], now: standing }
    : { told: [{ did: "say", standing }], now: standing }
}

function state(name: Standing["state"], words = ""): Happening {
  return { state: name, words: words === "" ? [] : [words] }
}

function aipErrorText(isFault: boolean): string {
  return isFault ? "-32603 Internal error" : "-32005 ContentTypeNotSupportedError"
}
