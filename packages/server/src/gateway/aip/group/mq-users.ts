import { timingSafeEqual } from "node:crypto"
import { formatAic, parseAic } from "@hufu/core/identity/aic"
import { isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { CredentialAuthority } from "../../../authority/credentials.ts"
import type { Clock } from "../../../clock.ts"
import type { Certificates } from "../../../identity/ca/certificates.ts"
import type { Caller, Governor } from "../../governor.ts"
import type { GroupWho } from "./group-parts.ts"

/** Who comes to the broker. */
export interface MqUsers {
  /**
   * UNTRUSTED: a name, and what was shown for it. Without a password the broker has looked at a certificate, whose common name it is.
   *
   * @returns what the broker may let it do beside what is asked for each thing, or why it is not let in
   */
  admit(name: string, password: string | undefined): { readonly tags: readonly string[] } | MqUnknown
  /** Whether whoever was let in under a name still may be. */
  isLive(name: string): boolean
  isNode(name: string): boolean
}

export interface MqUnknown {
  readonly refused: "unknown_user" | "credential_refused" | "no_certificate" | "not_in_service"
}

export interface MqUsersParts {
  readonly clock: Clock
  readonly governor: Pick<Governor, "standing" | "onStop">
  readonly credentials: Pick<CredentialAuthority, "check">
  readonly certificates: Pick<Certificates, "of">
  readonly who: GroupWho
  readonly node: { readonly user: string; readonly password: string }
  /** Ends what somebody has open at the broker. */
  readonly disconnect: (user: string) => void
}

const maxWatched = 10_000
const maxCertificates = 100

export function mqUsers({
  clock,
  governor,
  credentials,
  certificates,
  who,
  node,
  disconnect,
}: MqUsersParts): MqUsers {
  /** What lets a connection in at the broker, whose end ends it there. */
  const watched = new Map<string, () => void>()

  function callerOf(aic: string, credential: string | null): Caller | undefined {
    const agent = who.agentOf(aic)
    const connection = newId("connection", clock.now())
    return agent && { ...agent, principal: who.principal, credential, door: "aip-mq", connection }
  }

  function stands(caller: Caller): boolean {
    try {
      governor.standing(caller)
      return true
    } catch (error) {
      if (isFailure(error)) return false
      throw error
    }
  }

  /** INVARIANT 6: a stop, and the end of what it came by, end its connections there. */
  function watch(aic: string, caller: Caller): void {
    const key = `${aic} ${caller.credential}`
    if (watched.has(key)) return
    const [oldest] = watched.size >= maxWatched ? watched.keys() : []
    if (oldest !== undefined) {
      watched.get(oldest)?.()
      watched.delete(oldest)
    }
    const forget = governor.onStop(caller, () => {
      watched.delete(key)
      forget()
      disconnect(aic)
    })
    watched.set(key, forget)
  }

  /** By which credentials it may have come: the one that it showed, or each certificate that it can have shown. */
  function shown(aic: string, agent: string, password: string | undefined): readonly string[] {
    if (password === undefined) {
      const now = clock.now()
      return certificates.of(agent, maxCertificates).flatMap(({ record, aic: named }) => {
        const { id, state, usage, until } = record
        return state === "issued" && usage === "client" && until > now && named === aic ? [id] : []
      })
    }
    try {
      const credential = credentials.check(password, "agent")
      return credential.agent === agent ? [credential.id] : []
    } catch (error) {
      if (isFailure(error)) return []
      throw error
    }
  }

  return {
    isNode: (name) => name === node.user,
    isLive(name) {
      const caller = callerOf(name, null)
      return caller !== undefined && stands(caller)
    },
    admit(name, password) {
      if (name === node.user)
        return password !== undefined && isSame(password, node.password)
          ? { tags: ["administrator", "impersonator"] }
          : { refused: "credential_refused" }
      const aic = parseAic(name)
      // A name has one spelling here: what is called by it would otherwise be called by two.
      const agent = aic !== undefined && formatAic(aic) === name ? who.agentOf(name)?.agent : undefined
      if (agent === undefined) return { refused: "unknown_user" }
      const callers = shown(name, agent, password).flatMap((credential) => callerOf(name, credential) ?? [])
      if (callers.length === 0)
        return { refused: password === undefined ? "no_certificate" : "credential_refused" }
      if (!callers.some(stands)) return { refused: "not_in_service" }
      for (const caller of callers) watch(name, caller)
      return { tags: [] }
    },
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
