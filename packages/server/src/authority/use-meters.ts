import { Failure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"
import {
  type Conversation,
  giveBack,
  spend,
  unused,
  type Use,
  useAt,
  type UseTerms,
  Use as UseSchema,
} from "../fence/person/use.ts"
import { journaled } from "../store/journaled-statements.ts"
import type { Store, Tx } from "../store/store.ts"

/** A turn in a conversation. */
export interface Turn {
  readonly conversation: string
  readonly agent: string
  readonly role: "user" | "agent"
  /** The same message came before: it is no further turn. */
  readonly isAgain: boolean
}

/** What an action that goes uses up. */
export interface Using {
  readonly terms: UseTerms
  readonly turn?: Turn | undefined
  /** What the person is told with it. */
  readonly tells: readonly string[]
  readonly paid?: { readonly task: string; readonly currency: string; readonly amount: number } | undefined
}

/** What was taken, to be written in the commit of the action that takes it. */
export interface UseTaken {
  write(tx: Tx): void
  /** The action never left: its money is given back. Its time has passed all the same. */
  release(): void
}

/**
 * How long each person has used agents, and what was spent for them. It is taken in memory in one synchronous step and written in the
 * commit of the action's intent, so that neither concurrent calls nor a restart give anything back.
 */
export interface UseMeters {
  /** As it is at this moment, if the use goes on. */
  now(person: string, terms: UseTerms): Use
  /** As rules find a conversation; one that is not known was never begun. */
  conversation(use: Use, of: Pick<Turn, "conversation" | "agent">): Pick<Conversation, "turns" | "ended">
  take(person: string, using: Using): UseTaken
  /** The person takes leave of an agent, whatever else is decided about what they say. */
  leave(person: string, turn: Turn): UseTaken
  /** Erases what is kept of a person. */
  forget(tx: Tx, person: string): void
}

const mostConversations = 64
const mostLeft = 64

export function openUseMeters(store: Store, clock: Clock): UseMeters {
  const memory = new Map<string, Use>()
  for (const row of store.query<{ person: string; body: string }>("SELECT person, body FROM person_use"))
    memory.set(row.person, readUse(row.person, row.body))

  let latest = 0
  /** INVARIANT: time never runs backwards (design, 13), also where what was asked about did not go. */
  const now = () => (latest = Math.max(latest, clock.now()))
  const of = (person: string) => memory.get(person) ?? unused

  /** INVARIANT: what is written is the latest, so that a later commit never brings back less. */
  function write(person: string): (tx: Tx) => void {
    return (tx) => void tx.run(journaled.use, [person, JSON.stringify(of(person))])
  }

  return {
    now: (person, terms) => useAt(of(person), now(), terms),
    conversation(use, { conversation, agent }) {
      const known = use.conversations.find(({ id }) => id === conversation)
      return known ?? { turns: 0, ended: use.left.includes(agent) }
    },
    take(person, { terms, turn, tells, paid }) {
      let use = useAt(of(person), now(), terms)
      if (turn !== undefined) use = turned(use, turn, tells.includes("end") && turn.role === "user")
      if (tells.length > 0) use = told(use, tells)
      if (paid !== undefined) use = spend(use, paid)
      memory.set(person, use)
      const { day } = use
      let released = paid === undefined
      return {
        write: write(person),
        release() {
          if (released || paid === undefined) return
          released = true
          memory.set(person, giveBack(of(person), { ...paid, day }))
        },
      }
    },
    leave(person, turn) {
      memory.set(person, turned(of(person), turn, true))
      return { write: write(person), release: () => undefined }
    },
    forget(tx, person) {
      memory.delete(person)
      tx.run("DELETE FROM person_use WHERE person = ?", [person])
    },
  }
}

function turned(use: Use, { conversation, agent, role, isAgain }: Turn, isLeaving: boolean): Use {
  const known = use.conversations.find(({ id }) => id === conversation)
  const before = known ?? {
    id: conversation,
    turns: 0,
    startedAt: use.lastAt,
    ended: use.left.includes(agent),
  }
  const after: Conversation = {
    ...before,
    turns: before.turns + (isAgain ? 0 : 1),
    // Only the person begins again, and saying the same once more is no new beginning.
    ended: isLeaving || (role === "agent" || isAgain ? before.ended : false),
  }
  const others = use.conversations.filter(({ id }) => id !== conversation)
  const left = role === "agent" ? use.left : use.left.filter((each) => each !== agent)
  return {
    ...use,
    conversations: [...others, after].slice(-mostConversations),
    left: isLeaving ? [...left, agent].slice(-mostLeft) : isAgain ? use.left : left,
  }
}

function told(use: Use, tells: readonly string[]): Use {
  const others = tells.filter((each) => each !== "rest" && each !== "end")
  return {
    ...use,
    ...(tells.includes("rest") ? { restedAt: use.run } : {}),
    told: [...new Set([...use.told, ...others])],
  }
}

function readUse(person: string, body: string): Use {
  try {
    return UseSchema.parse(JSON.parse(body))
  } catch (cause) {
    throw new Failure(
      "records_altered",
      `what is kept of the use of \`${person.slice(0, 80)}\` is not what this node wrote: restore a backup with \`hufu restore\``,
      { cause },
    )
  }
}
