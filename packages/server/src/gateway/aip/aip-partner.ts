import { randomUUID } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import { aipErrors } from "@hufu/core/aip/aip-error"
import { authorityMember } from "@hufu/core/aip/authority-member"
import { happeningsOf, objectIn } from "@hufu/core/aip/from-aip"
import { commandOf } from "@hufu/core/aip/to-aip"
import { beijingTime } from "@hufu/core/aip/aip-time"
import { isRest, type DelegationState } from "@hufu/core/delegation/delegation-state"
import { Failure, isFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { FromPartner, Partner, PartnerOrder, PartnerView } from "../delegation/partner.ts"
import { exchangeAip } from "./aip-exchange.ts"
import type { Ticket } from "../ticket.ts"
import { aipPaths } from "./aip-paths.ts"
import type { Groups } from "./group/groups.ts"
import {
  type Answer,
  readEvent,
  readGroupMessage,
  readJoining,
  readResult,
  refusedWith,
} from "./partner-answer.ts"
import type { PartnerLink } from "./partner-link.ts"
import { createPartnerLinks, type PartnerLinksParts } from "./partner-links.ts"
import { partnerNames } from "./partner-names.ts"

export interface AipPartnerParts extends PartnerLinksParts {
  /** Whether an agent of this node answers there: it is told on whose authority it is asked. */
  readonly isOwnAgent?: boolean
  /** How long a call may take, and a stream may be silent before it counts as lost. */
  readonly silentMs?: number
  /** How long it waits before it takes a lost stream up again, or asks again; doubled each time up to thirty times that. */
  readonly pauseMs?: number
  /** The group that this node leads for whoever asks, where this partner is in it. */
  readonly led?: ((sender: PartnerOrder["sender"], groupId: string) => ReturnType<Groups["led"]>) | undefined
}

export interface AipPartner extends Partner {
  /** Asks it to join a group (ACPs 07 §7); throws Failure where it does not. */
  invite(params: JsonObject, sender: PartnerOrder["sender"], signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

const defaultSilentMs = 5 * 60_000
const defaultPauseMs = 1000
const longestPause = 30
/** How often a lost stream is taken up again while nothing comes. */
const maxResumptions = 8
const mostLately = 1000

/** An agent elsewhere that speaks AIP, in direct mode: by stream where it has that, else by calls. */
export function createAipPartner(parts: AipPartnerParts): AipPartner {
  const { silentMs = defaultSilentMs, pauseMs = defaultPauseMs, now } = parts
  const links = createPartnerLinks(parts)
  const paths = aipPaths(parts.server.url)
  let streams = true

  /** One task at this partner, as one agent speaks of it. */
  interface Talk {
    readonly link: PartnerLink
    readonly names: ReturnType<typeof partnerNames>
    readonly sender: PartnerOrder["sender"]
    readonly signal: AbortSignal
    leave(): boolean
  }

  async function* talking(
    of: Omit<Talk, "link" | "names"> & { view: PartnerView },
    work: (talk: Talk) => AsyncGenerator<FromPartner>,
  ): AsyncGenerator<FromPartner> {
    const { link, give } = await links.take(of.sender)
    try {
      yield* work({ ...of, link, names: partnerNames(of.view, of.sender) })
    } finally {
      give()
    }
  }

  function command({ names, sender }: Talk, name: string, params?: JsonObject): JsonObject {
    return {
      type: "task-command",
      id: randomUUID(),
      sentAt: beijingTime(now()),
      senderRole: "leader",
      senderId: sender.aic ?? sender.agent,
      command: name,
      ...(params === undefined ? {} : { commandParams: params }),
      ...names,
    }
  }

  function ordered(
    { names, sender }: Talk,
    { order, said, parameters, authority }: PartnerOrder,
  ): JsonObject {
    const params = objectIn(parameters?.["commandParams"])
    const { mandate, ...ids } = authority
    const stands = { ...ids, ...(mandate === undefined ? {} : { mandate }) }
    const command = commandOf(
      {
        order,
        ...(said === undefined ? {} : { said }),
        ...(params === undefined ? {} : { parameters: params }),
      },
      { senderId: sender.aic ?? sender.agent, ...names },
      { id: randomUUID(), at: now() },
    )
    // Ids of this node are told to its own agents alone.
    return parts.isOwnAgent && authority.action !== "" ? { ...command, [authorityMember]: stands } : command
  }

  function exchange(talk: Talk, method: "rpc" | "stream", of: JsonObject) {
    return exchangeAip({
      upstream: talk.link.upstream,
      path: paths[method],
      body: {
        jsonrpc: "2.0",
        id: randomUUID(),
        method,
        params: method === "rpc" ? { command: of } : { message: of },
      },
      silentMs,
      signal: talk.signal,
      leave: () => talk.leave(),
    })
  }

  const expected = ({ link, names }: Talk) => ({ taskId: names.taskId, aic: () => link.aic() })

  function* told({ names }: Talk, { event, raw, seq }: Answer): Generator<FromPartner> {
    const beside = {
      partnerTask: names.taskId,
      partnerContext: names.sessionId,
      ...(seq === undefined ? {} : { seq }),
    }
    for (const happening of happeningsOf(event, raw)) yield { happening, ...beside }
  }

  async function* call(talk: Talk, of: JsonObject): AsyncGenerator<FromPartner> {
    for await (const message of exchange(talk, "rpc", of)) {
      yield* told(talk, readResult(message, expected(talk)))
      return
    }
  }

  /** The events of a stream, and of those that take it up again where it is lost, until the task rests. */
  async function* stream(
    talk: Talk,
    first: JsonObject,
    after: number | undefined,
  ): AsyncGenerator<FromPartner> {
    let last = after
    let begun = false
    let isDisordered = false
    /** The numbers of what was told last. */
    const lately = new Set<number>()
    let request = first
    for (let lost = 0; ; lost += 1) {
      try {
        for await (const message of exchange(talk, "stream", request)) {
          const answer = readEvent(message, expected(talk))
          // What comes twice is told once; where something comes late, the whole is asked for in the end.
          if (answer.seq !== undefined && last !== undefined && answer.seq <= last) {
            isDisordered ||= !lately.has(answer.seq)
            continue
          }
          last = answer.seq ?? last
          if (last !== undefined) lately.add(last)
          for (const oldest of lately) if (lately.size > mostLately) lately.delete(oldest)
          begun = true
          lost = 0
          if (isDisordered && rests(answer)) {
            yield* call(talk, command(talk, "get"))
            return
          }
          let state: DelegationState | undefined
          for (const each of told(talk, answer)) {
            state = each.happening.kind === "state" ? each.happening.state : state
            yield each
          }
          if (state !== undefined && isRest(state)) return
        }
        if (!begun) return
      } catch (error) {
        if (isFailure(error, "stale")) {
          // What the partner has forgotten it still shows as the task stands.
          let state: DelegationState | undefined
          for await (const each of call(talk, command(talk, "get"))) {
            state = each.happening.kind === "state" ? each.happening.state : state
            yield each
          }
          if (state === undefined || isRest(state)) return
          const kept = error.extra["lastAvailableSeq"]
          last = typeof kept === "number" ? Math.max(kept, last ?? 0) : last
        } else if (!begun || talk.signal.aborted || !isLost(error)) throw error
      }
      if (lost >= maxResumptions)
        throw new Failure(
          "upstream_lost",
          "the partner's stream broke off again and again; check what it did",
        )
      await pause(lost, talk.signal)
      request = command(talk, "re-stream", last === undefined ? {} : { lastEventSeq: last })
    }
  }

  /** Asks again and again, and tells what is new. */
  async function* poll(talk: Talk): AsyncGenerator<FromPartner> {
    const known = new Map<string, string>()
    for (let silent = 0; ; silent += 1) {
      let state: DelegationState | undefined
      for await (const each of call(talk, command(talk, "get"))) {
        const { happening } = each
        if (happening.kind === "state") state = happening.state
        const name = happening.kind === "product" ? `product ${happening.product.id}` : happening.kind
        // When it was said does not make it new.
        const { original: _said, ...rest } =
          happening.kind === "reply" ? { ...happening, original: undefined } : happening
        const text = JSON.stringify(rest)
        if (known.get(name) === text) continue
        known.set(name, text)
        silent = 0
        yield each
      }
      if (state === undefined || isRest(state)) return
      await pause(silent, talk.signal)
    }
  }

  function pause(nth: number, signal: AbortSignal): Promise<void> {
    return wait(pauseMs * Math.min(2 ** nth, longestPause), undefined, { signal })
  }

  async function* byStream(talk: Talk, of: JsonObject): AsyncGenerator<FromPartner> {
    try {
      yield* stream(talk, of, undefined)
    } catch (error) {
      if (!hasNoStreams(error)) throw error
      // A command that was not understood did nothing, and the same again is a repetition.
      streams = false
      yield* call(talk, of)
    }
  }

  /** Over the group's exchange in place of a request; what comes of it comes there too. */
  async function* inGroup(
    { group, member }: NonNullable<ReturnType<Groups["led"]>>,
    of: PartnerOrder,
    talk: Talk,
    ticket: Ticket,
  ): AsyncGenerator<FromPartner> {
    const { taskId } = talk.names
    const ends = new AbortController()
    const signal = AbortSignal.any([talk.signal, ends.signal])
    const heard = group.hear({ member, server: parts.server.name, task: taskId, name: of.view.task }, signal)
    try {
      // It listens from its first step on, which has to come before anything is said.
      const first = heard.next()
      await group.give({ message: ordered(talk, of), member, order: of, ticket, signal })
      if (ticket.settled) return
      for (let next = await first; next.done !== true; next = await heard.next()) {
        const answer = readGroupMessage(next.value, { taskId, aic: () => member })
        let state: DelegationState | undefined
        for (const each of told(talk, answer)) {
          state = each.happening.kind === "state" ? each.happening.state : state
          yield each
        }
        if (state !== undefined && isRest(state)) return
      }
    } finally {
      ends.abort()
      await heard.return(undefined)
    }
  }

  async function* order(of: PartnerOrder, talk: Talk, ticket: Ticket): AsyncGenerator<FromPartner> {
    const groupId = of.said?.original?.protocol === "aip" ? of.said.original.object["groupId"] : undefined
    const led = typeof groupId === "string" ? parts.led?.(of.sender, groupId) : undefined
    if (led === undefined) yield* byRequest(of, talk)
    else yield* inGroup(led, of, talk, ticket)
  }

  async function* byRequest(of: PartnerOrder, talk: Talk): AsyncGenerator<FromPartner> {
    const said = ordered(talk, of)
    const goesOn = of.order === "start" || of.order === "continue"
    let hasSpoken = false
    try {
      for await (const each of goesOn && streams ? byStream(talk, said) : call(talk, said)) {
        hasSpoken = true
        yield each
      }
    } catch (error) {
      const refused = refusedWith(error)
      // What it has taken up is not refused any more.
      if (refused === undefined || hasSpoken || isFailure(error, "forbidden")) throw error
      if (of.order !== "start") {
        // What it does not go on with stays as it is.
        yield* call(talk, command(talk, "get"))
        return
      }
      // A task that a partner does not take up is refused by it, whether it says so by a state or by an error; a fault is none.
      const words = { id: randomUUID(), parts: [{ kind: "text" as const, text: refused.said }] }
      const state = refused.code === aipErrors.internal.code ? "failed" : "rejected"
      yield { happening: { kind: "state", state, said: words }, partnerTask: talk.names.taskId }
    }
  }

  const always = () => true
  return {
    protocol: "aip",
    confirms: true,
    order: (of, ticket, signal) =>
      talking({ view: of.view, sender: of.sender, signal, leave: () => ticket.leave() }, (talk) =>
        order(of, talk, ticket),
      ),
    look: (view, sender, signal) =>
      talking({ view, sender, signal, leave: always }, (talk) => call(talk, command(talk, "get"))),
    follow: (view, sender, after, signal) =>
      talking({ view, sender, signal, leave: always }, async function* follow(talk) {
        // Without a number, a stream would tell again what was told before.
        if (!streams || after === undefined) return yield* poll(talk)
        const again = command(talk, "re-stream", { lastEventSeq: after })
        try {
          return yield* stream(talk, again, after)
        } catch (error) {
          if (!hasNoStreams(error)) throw error
          streams = false
          return yield* poll(talk)
        }
      }),
    async invite(params, sender, signal) {
      const { link, give } = await links.take(sender)
      try {
        const body = { jsonrpc: "2.0", id: randomUUID(), method: "group", params }
        const { upstream } = link
        for await (const message of exchangeAip({
          upstream,
          path: paths.group,
          body,
          silentMs,
          signal,
          leave: always,
        })) {
          readJoining(message)
          return
        }
      } finally {
        give()
      }
    },
    close: () => links.close(),
  }
}

/** Whether nothing comes after it before the asking agent says something. */
function rests({ event, raw }: Answer): boolean {
  return happeningsOf(event, raw).some((each) => each.kind === "state" && isRest(each.state))
}

function isLost(error: unknown): boolean {
  return isFailure(error, "upstream_lost") || isFailure(error, "upstream_unavailable")
}

/** Method not found, or an operation that is not supported, or nothing at that address at all. */
function hasNoStreams(error: unknown): boolean {
  const code = refusedWith(error)?.code
  return code === -32601 || code === -32004 || (isFailure(error) && error.extra["absent"] === true)
}
