import { createHash } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { Effort } from "@hufu/core/pattern/effort"
import type { MessageDetector } from "../../fence/conversation/message-detector.ts"
import { messageName } from "../../fence/conversation/message-profile.ts"
import { readMessage, type SaidMessage } from "../../fence/conversation/read-message.ts"
import type { MessageFacts } from "../../fence/rules/schema.ts"
import type { Caller, Governor, Ruling } from "../governor.ts"

/** Whom an agent plays: what its card declares, and how it describes itself. */
export interface Persona {
  readonly declared: MessageFacts["persona"]
  /** UNTRUSTED: its name, description and the like. */
  readonly texts: readonly string[]
}

/** Something said in a conversation between a person and an agent, on its way from one to the other. */
export interface Say {
  /** The agent that the person speaks with, as the door has established it. */
  readonly caller: Caller
  /** Name of the registered server behind which that agent, or what it answers through, is. */
  readonly server: string
  /** From which side it came: the door knows, the message only says so. */
  readonly from: "user" | "agent"
  /** UNTRUSTED: a message, a task or an update of one, as A2A 1.0 or AIP has them in JSON. */
  readonly said: unknown
  readonly persona: Persona
  /** A held message that is sent again. */
  readonly hold?: string
}

/**
 * Conversations as a door sees them: it calls `say` with everything that either side says, before it passes it on, and then does what
 * the ruling says. A permit is left and concluded as one of a tool call is; its obligations are the door's to fulfil, and `end` ends the
 * conversation whatever the ruling is.
 */
export interface Conversations {
  say(say: Say): Promise<Ruling>
}

export interface ConversationParts {
  readonly governor: Pick<Governor, "admit">
  readonly detector: MessageDetector
}

const mostConversations = 1000
const mostMessages = 256
const stepsPerMessage = 8_000_000
/** So much of what an agent said last is looked at again with what follows: a phrase may be cut in two. */
const tailLength = 120
const strongest = ["partner", "relative", "character", "none"] as const

interface Remembered {
  /** The messages that came, by id, oldest first. */
  readonly messages: Map<string, string>
  tail: string
}

export function openConversations({ governor, detector }: ConversationParts): Conversations {
  const remembered = new Map<string, Remembered>()

  function recall(conversation: string): Remembered {
    const known = remembered.get(conversation) ?? { messages: new Map<string, string>(), tail: "" }
    remembered.delete(conversation)
    remembered.set(conversation, known)
    for (const oldest of remembered.keys()) {
      if (remembered.size <= mostConversations) break
      remembered.delete(oldest)
    }
    return known
  }

  /** Whether the same came before; throws where the id stood for something else. */
  function isAgain({ messages }: Remembered, { id, digest }: SaidMessage): boolean {
    const known = messages.get(id)
    if (known !== undefined && known !== digest)
      throw new Failure(
        "invalid_input",
        "a message of this id came before and said something else: give each message an id of its own",
      )
    messages.delete(id)
    messages.set(id, digest)
    for (const oldest of messages.keys()) {
      if (messages.size <= mostMessages) break
      messages.delete(oldest)
    }
    return known !== undefined
  }

  function factsOf(said: SaidMessage, known: Remembered, persona: Persona): MessageFacts {
    const effort: Effort = { left: stepsPerMessage }
    const find = (texts: readonly string[]) =>
      joined(texts).flatMap((text) => detector.find(text, said.role, effort))
    const { tail } = known
    const hasTail = said.role === "agent" && tail !== ""
    const before = hasTail ? find([tail]) : []
    const across = hasTail ? find([tail, ...said.texts]) : []
    const found = [...find(said.texts), ...across.filter((signal) => !before.includes(signal))]
    const isUnread = said.isCut || effort.left < 0
    return {
      role: said.role,
      parts: said.parts,
      signals: [...new Set([...found, ...(isUnread ? ["unread"] : [])])],
      persona: playedBy(persona),
    }
  }

  function playedBy({ declared, texts }: Persona): MessageFacts["persona"] {
    const effort: Effort = { left: stepsPerMessage }
    const found = new Set(
      texts.slice(0, 64).flatMap((text) => detector.find(text.slice(0, 10_000), "persona", effort)),
    )
    return strongest.find((each) => each === declared || found.has(each)) ?? declared
  }

  return {
    async say({ caller, server, from, said: given, persona, hold }) {
      const said = readMessage(given)
      if (said.role !== from)
        throw new Failure(
          "invalid_input",
          `a message of the ${from} says that it is of the ${said.role}: give the role of whoever sends it`,
        )
      const conversation = conversationId(caller.agent, said)
      const known = recall(conversation)
      const again = isAgain(known, said)
      const ruling = await governor.admit({
        caller,
        server,
        tool: messageName(from),
        // Of what was said only a digest is kept: a conversation is the two's own.
        arguments: {
          context: said.contextId,
          task: said.taskId,
          message: said.id,
          parts: said.parts.toSorted(),
          digest: said.digest,
        },
        spoken: { facts: factsOf(said, known, persona), conversation, isAgain: again },
        ...(hold === undefined ? {} : { hold }),
      })
      // What did not reach the person goes on in nothing that does.
      if (from === "agent" && ruling.kind === "go")
        known.tail = (known.tail + said.texts.join("").slice(-tailLength)).slice(-tailLength)
      return ruling
    },
  }
}

/** What both sides call the conversation stands for it by a digest, because it may be anything. */
function conversationId(agent: string, { contextId, taskId }: SaidMessage): string {
  const about = contextId === "" ? ["task", taskId] : ["context", contextId]
  return createHash("sha256")
    .update(JSON.stringify([agent, ...about]))
    .digest("base64url")
}

/** The parts one after another: some say together what none of them says alone, with a space between or without. */
function joined(texts: readonly string[]): string[] {
  return texts.length > 1 ? [texts.join(" "), texts.join("")] : [...texts]
}
