import { randomUUID } from "node:crypto"
import { beijingTime } from "@hufu/core/aip/aip-time"
import { TaskCommand } from "@hufu/core/aip/aip-message"
import { GroupMgmtCommand } from "@hufu/core/aip/group-message"
import { mqNameOf } from "@hufu/core/aip/group-names"
import { isEnd } from "@hufu/core/delegation/delegation-state"
import { isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Channel } from "amqplib"
import type { Delegation } from "../../delegation/delegations.ts"
import type { Caller } from "../../governor.ts"
import { AipFault } from "../aip-fault.ts"
import { checkCommand, give, type Given } from "../give-command.ts"
import { serveRpc } from "../serve-rpc.ts"
import type { Delivery, Listening } from "./broker.ts"
import { memberOf } from "./group-memory.ts"
import { callerAt, type GroupDesk } from "./group-parts.ts"
import type { GroupMember } from "./group-rows.ts"
import type { MemberRef } from "./change-groups.ts"
import { oneSpelling, readDelivery, type Received } from "./read-delivery.ts"
import { refusedResult } from "./refused-result.ts"
import { tellTask } from "./tell-task.ts"

/** A partner of this node in a group that an agent leads at the broker. Hufu hears and speaks for it. */
export interface GroupSeat {
  readonly ref: MemberRef
  /** Once its queue is there. */
  readonly ready: Promise<void>
  /** Whether it is in the group at this moment, as the broker has it. */
  isHeard(): boolean
  /** The group is told that the partner is there, or not any more. */
  tellStatus(isConnected: boolean): Promise<void>
  /** After a change of its state: what it may not say waits. */
  changed(member: GroupMember): void
  /** It is not in the group any more: what it has there is taken away. */
  leave(): Promise<void>
  close(): Promise<void>
}

const removalMs = 30_000
/** What says nothing of the command: it comes again. */
const comesAgain: ReadonlySet<string> = new Set(["store_unavailable", "overloaded", "internal"])

export function sitInGroup(desk: GroupDesk, ref: MemberRef, server: string): GroupSeat {
  const { broker, memory, settings, clock, note } = desk
  const { leader, groupId, member: aic } = ref
  const exchange = mqNameOf({ is: "group", leader, groupId })
  const queue = mqNameOf({ is: "seat", leader, groupId, member: aic })
  const ends = new AbortController()
  const signal = AbortSignal.any([ends.signal, desk.closing])
  const telling = new Map<string, Promise<void>>()
  const speaking = new Set<() => void>()
  const connection = newId("connection", clock.now())
  /** The conversation that the group is about, as its leader called it last. */
  let session = memory.find(leader, groupId)?.facts.session

  const known = () => {
    const group = memory.find(leader, groupId)
    return group && memberOf(group, aic)
  }
  const mayHear = () => known()?.state === "joined" || known()?.state === "muted"
  const maySpeak = () => known()?.state === "joined"

  async function declare(channel: Channel): Promise<void> {
    // It is the leader's: whoever joins finds it there.
    await channel.checkExchange(exchange)
    await channel.assertQueue(queue, {
      durable: true,
      maxLength: settings.queueLength,
      arguments: { "x-overflow": "reject-publish" },
    })
    await channel.bindQueue(queue, exchange, "")
  }

  const listening: Listening = broker.hear(queue, declare, take, () => void forcedOut())

  async function take(delivery: Delivery): Promise<void> {
    const received = readDelivery(delivery, settings.messageBytes)
    if (typeof received === "string") return drop(received)
    // What members say is for their leader.
    if (received.sender !== leader || !mayHear()) return undefined
    const caller = callerAt(desk, leader, connection)
    if (caller === undefined) return drop("unknown_leader")
    try {
      desk.governor.standing(caller)
    } catch (error) {
      if (isFailure(error)) return drop(error.code)
      throw error
    }
    if (received.type === "task-command") return task(caller, received)
    if (received.type === "group-mgmt-command") return manage(caller, received)
    return undefined
  }

  /** A leader takes the queue of a member away that it wants out (ACPs 07 §7). */
  async function forcedOut(): Promise<void> {
    const caller = callerAt(desk, leader, connection)
    try {
      if (caller !== undefined && mayHear()) await desk.changes.change(caller, ref, "leave")
    } catch (error) {
      desk.onError(error, "leave a group whose queue was taken away")
    }
  }

  function drop(reason: string): void {
    note({ reason, queue })
  }

  const isMeant = (mentions: "all" | readonly string[] | null | undefined) =>
    mentions == null || mentions === "all" || mentions.some((each) => oneSpelling(each) === aic)

  async function task(caller: Caller, { raw }: Received): Promise<void> {
    const read = TaskCommand.safeParse(raw)
    if (!read.success) return drop("no_command")
    const command = read.data
    if (!isMeant(command.mentions) || command.groupId !== groupId || command.command === "re-stream") return
    const arrival = { caller, aic: leader, server, partnerAic: aic, signal }
    try {
      const given = checkCommand(arrival, command, raw)
      const before = await knownTask(caller, given.task)
      // Whoever is in the group hears of everybody's tasks.
      if (command.command !== "start" && before === undefined) return
      // Nothing comes of a command any more: it is answered with the task as it stands.
      if (command.command === "get" || (before !== undefined && isEnd(before.state)))
        return await answer(arrival, { ...given, command: { ...command, command: "get" } })
      await keep(given, before?.lastSeq ?? 0)
      await give(desk, arrival, given)
      tell(given.task, command.sessionId ?? undefined)
    } catch (error) {
      if (!isFailure(error) && !(error instanceof AipFault)) throw error
      // What could not be decided or written comes again.
      if (isFailure(error) && comesAgain.has(error.code)) throw error
      if (command.command === "start") await refuse(command, error)
      else drop(isFailure(error) ? error.code : error.key)
    }
  }

  async function knownTask(caller: Caller, name: string): Promise<Delegation | undefined> {
    try {
      return await desk.delegations.look(caller, { server, task: name })
    } catch (error) {
      if (isFailure(error, "not_found")) return undefined
      throw error
    }
  }

  /** Written before it is given, so that what comes of it is told, also after a kill; of what came before, the leader knows already. */
  async function keep({ task: name, command }: Given, since: number): Promise<void> {
    if (known()?.tasks.some((each) => each.name === name)) return
    const session = command.sessionId ?? undefined
    await desk.changes.told(ref, (tasks) => [
      ...tasks,
      { name, told: since, ...(session === undefined ? {} : { session }) },
    ])
  }

  async function answer(arrival: Parameters<typeof serveRpc>[1], given: Given): Promise<void> {
    if (!maySpeak()) return
    const { delegations, answerMs } = desk
    await say(await serveRpc({ delegations, clock, answerMs }, arrival, given))
  }

  async function refuse(command: TaskCommand, error: unknown): Promise<void> {
    const { taskId, sessionId } = command
    if (taskId == null) return drop("no_task")
    const envelope = { senderId: aic, taskId, sessionId: sessionId ?? undefined }
    await spoken()
    await say(refusedResult(error, envelope, clock.now(), command.id))
    return undefined
  }

  /** INVARIANT: whoever is muted says nothing; it is said once it may be. */
  async function spoken(): Promise<void> {
    while (!maySpeak()) {
      signal.throwIfAborted()
      await new Promise<void>((resolve) => {
        const done = () => {
          speaking.delete(done)
          signal.removeEventListener("abort", done)
          resolve()
        }
        speaking.add(done)
        signal.addEventListener("abort", done, { once: true })
      })
    }
  }

  const say = (message: JsonObject) =>
    broker.publish({ exchange, routingKey: "", sender: aic }, { ...message, groupId }, signal)

  function tell(name: string, of: string | undefined): void {
    if (telling.has(name)) return
    const caller = () => callerAt(desk, leader, connection)
    const mine = tellTask(desk, { ref, server, name, session: of, caller, spoken, say }, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) desk.onError(error, `tell a group of the task of ${server}`)
      })
      .finally(() => telling.delete(name))
    telling.set(name, mine)
  }

  async function manage(caller: Caller, { raw }: Received): Promise<void> {
    const read = GroupMgmtCommand.safeParse(raw)
    if (!read.success || read.data.groupId !== groupId) return drop("no_command")
    const { command, mentions } = read.data
    // Nobody is meant where nobody is named (ACPs 07 §7).
    if (mentions == null || !isMeant(mentions)) return undefined
    session = read.data.sessionId ?? session
    if (command === "get-status") return status(true)
    if (command === "disband") return desk.disband(caller, ref)
    const change = command === "leave-group" ? "leave" : command
    const changed = await desk.changes.change(caller, ref, change)
    if (changed.kind !== "done") return drop(changed.code)
    // Who has left says so on the way out.
    return change === "leave" ? undefined : status(true)
  }

  async function status(isConnected: boolean): Promise<void> {
    await say({
      type: "group-mgmt-result",
      id: randomUUID(),
      sentAt: beijingTime(clock.now()),
      senderRole: "partner",
      senderId: aic,
      status: { connected: isConnected, muted: known()?.state === "muted" },
      ...(session === undefined ? {} : { sessionId: session }),
    })
  }

  // What was not told yet when the node ended.
  for (const { name, session: of } of known()?.tasks ?? []) tell(name, of)

  async function stop(reason: string): Promise<void> {
    ends.abort(new Error(reason))
    await listening.stop()
    await Promise.allSettled(telling.values())
  }

  return {
    ref,
    ready: listening.ready,
    isHeard: () => listening.isHeard(),
    tellStatus: (isConnected) => status(isConnected),
    changed({ state }) {
      if (state === "joined") for (const wake of speaking) wake()
    },
    async leave() {
      await stop("the partner has left the group")
      await removed()
    },
    close: () => stop("Hufu is closing"),
  }

  /** As best possible: a leader may have taken it away itself. */
  async function removed(): Promise<void> {
    try {
      const soon = AbortSignal.any([desk.closing, AbortSignal.timeout(removalMs)])
      await broker.arrange((channel) => channel.deleteQueue(queue), soon)
    } catch (error) {
      desk.onError(error, `take the queue ${queue} away`)
    }
  }
}
