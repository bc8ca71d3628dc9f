import {
  type ErasableClass,
  erasableClasses,
  type ErasureReason,
  type ErasureReport,
} from "@hufu/core/contract/erasure"
import { Failure } from "@hufu/core/failure"
import { timeOfId } from "@hufu/core/id"
import { idPrefixes } from "@hufu/core/id-prefixes"
import type { Clock } from "../clock.ts"
import type { Store } from "../store/store.ts"
import type { CertificateAuthority } from "../identity/ca/certificate-authority.ts"
import type { AgentAuthority } from "./agents.ts"
import type { BrowserAuthority } from "./browsers.ts"
import type { CredentialAuthority } from "./credentials.ts"
import type { Declare } from "./declare.ts"
import type { DeviceAuthority } from "./devices.ts"
import type { HoldAuthority } from "./holds.ts"
import type { Interventions } from "./interventions.ts"
import type { MandateAuthority } from "./mandates.ts"
import type { PasskeyAuthority } from "./passkeys.ts"
import type { PlaceAuthority } from "./places.ts"
import type { PositionAuthority } from "./positions.ts"
import type { ProtectionAuthority } from "./protections.ts"
import type { Developers } from "../identity/ownership/developers.ts"
import type { Alive } from "../registry/alive/alive.ts"
import type { Registrations } from "../registry/registrations.ts"
import type { ServerAuthority } from "./servers.ts"
import type { TaskAuthority } from "./tasks.ts"
import type { UseMeters } from "./use-meters.ts"

/** What a statute asks for one class of subjects: how long it is kept, and which of the two wins while that time runs. */
export interface KeepRule {
  readonly days: number
  readonly wins: "erasure" | "law"
}

export interface ErasureParts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly agents: AgentAuthority
  readonly tasks: TaskAuthority
  readonly mandates: MandateAuthority
  readonly servers: ServerAuthority
  readonly holds: HoldAuthority
  readonly passkeys: Pick<PasskeyAuthority, "list">
  readonly browsers: Pick<BrowserAuthority, "isLive" | "revoke">
  readonly places: Pick<PlaceAuthority, "list" | "remove">
  readonly devices: DeviceAuthority
  readonly credentials: Pick<CredentialAuthority, "idsWithContent" | "isLive" | "clientOf" | "forgetContent">
  /** What an OAuth client said of itself, and what was granted to it. */
  readonly forgetClient: (client: string) => Promise<void>
  readonly positions: Pick<PositionAuthority, "forgetContent" | "forgetDevice">
  readonly protections: Pick<ProtectionAuthority, "isLive" | "need" | "remove">
  readonly meters: Pick<UseMeters, "forget">
  readonly registrations: Pick<Registrations, "find" | "retire" | "forget" | "settle">
  readonly developers: Pick<Developers, "isLive" | "need" | "remove">
  readonly alive: Pick<Alive, "forget" | "forgetContent">
  readonly interventions: Interventions
  readonly ca: Pick<CertificateAuthority, "forgetContent">
  readonly keep: Readonly<Partial<Record<ErasableClass, KeepRule>>>
  /** Nobody can tell of a line of a log whose it is. */
  readonly emptyLogs: () => Promise<void>
}

export interface Erasure {
  /**
   * Takes a subject out of service, then deletes its keys and content, and that of what belongs to it, in one commit with the statement
   * of it. Proofs stay as they were.
   *
   * @param by a person, who has proved it
   */
  erase(subject: string, of: { by: string; reason: ErasureReason }): Promise<ErasureReport>
}

const dayMs = 86_400_000

/** A person's legal right: what is erased cannot be had back from this data folder, and no proof notices. */
export function openErasure(parts: ErasureParts): Erasure {
  const { store, agents, tasks, mandates, servers, holds, interventions } = parts

  function classOf(subject: string): ErasableClass {
    const found = erasableClasses.find((each) => subject.startsWith(`${idPrefixes[each]}_`))
    if (found !== undefined) return found
    throw new Failure(
      "invalid_input",
      `\`${subject.slice(0, 80)}\` is no agent, task, mandate, server, passkey, browser, place, device, credential, protection, registration or developer: give the id of one`,
    )
  }

  /** What holds words of the subject under keys of its own: an agent's tasks and mandates, and the mandates that came out of a task. */
  function relatedTo(subject: string, of: ErasableClass): string[] {
    if (of === "agent")
      return [
        ...tasks.ofAgent(subject).map(({ id }) => id),
        ...mandates.ids({ agent: subject }),
        ...parts.devices.idsOfAgent(subject),
        ...parts.credentials.idsWithContent(subject),
      ]
    return of === "task" ? mandates.ids({ task: subject, holds: holds.idsOfTask(subject) }) : []
  }

  /** INVARIANT: what is erased acts no more: it is out of service, in memory and on the disk, before its content goes. */
  const retire: Record<ErasableClass, (subject: string, by: string) => Promise<void>> = {
    async agent(id, by) {
      if (agents.records.need(id).state !== "revoked") await interventions.revoke(id, by, "")
    },
    async task(id, by) {
      if (tasks.find(id).state === "live") await interventions.endTask(id, by)
    },
    async mandate(id, by) {
      const isLive = mandates.all().some((mandate) => mandate.id === id)
      if (isLive) await mandates.revoke(id, { id: by, isPerson: true })
    },
    async server(id, by) {
      const server = servers.recall(id)
      if (server?.state === "live") await interventions.removeServer(server, by)
    },
    async passkey(id) {
      if (parts.passkeys.list().some((passkey) => passkey.id === id))
        throw new Failure("forbidden", "this passkey is in use: remove it first with `hufu passkey remove`")
    },
    async browser(id, by) {
      if (parts.browsers.isLive(id)) await parts.browsers.revoke(id, by)
    },
    async place(id, by) {
      const live = parts.places.list().find((place) => place.id === id)
      if (live) await parts.places.remove(live, by)
    },
    async device(id, by) {
      if (!parts.devices.isLive(id)) return
      await parts.devices.remove(parts.devices.need(id), by)
      parts.positions.forgetDevice(id)
    },
    async credential(id, by) {
      if (parts.credentials.isLive(id)) await interventions.revokeCredential(id, by)
    },
    async registration(id, by) {
      const registration = parts.registrations.find(id)
      if (registration !== undefined && registration.state !== "retired")
        await parts.registrations.retire(id, by)
    },
    async developer(id, by) {
      if (!parts.developers.isLive(id)) return
      const { owner } = await parts.developers.remove(id, by)
      await parts.registrations.settle(owner)
    },
    async protection(id, by) {
      if (parts.protections.isLive(id))
        await parts.protections.remove(parts.protections.need(id), by, (tx) => parts.meters.forget(tx, id))
    },
  }

  function refuseUnknown(subject: string, of: ErasableClass): void {
    const known = store.query("SELECT 1 FROM record WHERE kind = ? AND id = ?", [of, subject])
    if (known.length > 0) return
    throw new Failure("not_found", `there is no ${of} \`${subject.slice(0, 80)}\`: give the id of one`)
  }

  /** Since when the statute's time runs: an id says when what it names was made. */
  function refuseKept(subject: string, of: ErasableClass): void {
    const rule = parts.keep[of]
    if (rule === undefined || rule.wins === "erasure") return
    const until = (timeOfId(subject) ?? parts.clock.now()) + rule.days * dayMs
    if (until > parts.clock.now())
      throw new Failure(
        "kept_by_law",
        `a ${of} is kept for ${rule.days} days, and \`keptByLaw\` in the configuration lets that win over erasure: ask again after ${new Date(until).toISOString().slice(0, 10)}`,
      )
  }

  async function erase(subject: string, { by, reason }: { by: string; reason: ErasureReason }) {
    const of = classOf(subject)
    refuseUnknown(subject, of)
    const subjects = [...new Set([subject, ...relatedTo(subject, of)])]
    for (const each of subjects) refuseKept(each, classOf(each))
    for (const each of subjects) await retire[classOf(each)](each, by)
    for (const each of subjects) {
      const client = parts.credentials.clientOf(each)
      if (client !== undefined) await parts.forgetClient(client)
    }
    let index = 0
    // What was on its way before is written first, so that nothing comes back under a key of its own.
    await store.commit(() => undefined)
    await store.vault.erase(subjects, (tx) => {
      for (const each of subjects) {
        const refs = { reason, ...(each === subject ? {} : { of: subject }) }
        const said = parts.declare(tx, { fact: "subject.erased", subject: each, by, refs })
        if (each === subject) index = said
        if (classOf(each) === "registration") {
          parts.registrations.forget(tx, each)
          parts.alive.forget(tx, each)
        }
      }
    })
    const agent = agents.records.get(subject)
    if (agent) agents.forgetContent(agent)
    servers.forgetContent(subject)
    parts.positions.forgetContent(subject)
    parts.credentials.forgetContent(subject)
    parts.ca.forgetContent(subject)
    parts.alive.forgetContent(subject)
    await parts.emptyLogs()
    return { subjects, index }
  }

  return { erase }
}
