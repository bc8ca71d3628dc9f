import type { Fact, StatementEntry } from "@hufu/core/evidence/entry"
import { z } from "zod"
import { wordsId } from "../authority/added-words.ts"
import { serialHex, serialOf } from "../identity/ca/serial-number.ts"
import { type Folding, created } from "./fold.ts"
import {
  type ContentRef,
  type Member,
  type Members,
  stated,
  unstated,
  within,
  withinIfAny,
} from "./member.ts"

/** One statement, with where its content is. */
interface Said {
  readonly entry: StatementEntry
  readonly index: number
  readonly subject: string
  readonly refs: Readonly<Record<string, string>>
  readonly content: ContentRef | undefined
}

/** Brings one statement into the fold. */
export function foldStatement(fold: Folding, entry: StatementEntry, index: number): void {
  const { subject, fact, digest, refs = {} } = entry
  const content =
    digest === undefined ? undefined : { id: `${subject}/${fact}/${index}`, subject, digest, index }
  folds[fact](fold, { entry, index, subject, refs, content })
}

type FoldFact = (fold: Folding, said: Said) => void

const nothing: FoldFact = () => undefined

/** What every fact says of records. A new one has to be given its place here. */
const folds: Record<Fact, FoldFact> = {
  "agent.created"(fold, { subject, refs, content }) {
    fold.put("agent", subject, {
      id: stated(subject),
      name: within(content, "name"),
      identifiedBy: openly(word(refs["identifiedBy"]), within(content, "identifiedBy")),
      demo: openly(yes(refs["demo"]), within(content, "demo")),
      state: stated("live"),
      version: word(refs["version"]),
      createdAt: created(subject),
      stateChangedAt: created(subject),
    })
    putVersion(fold, { agent: subject, version: refs["version"], label: stated("1"), parts: stated({}) })
  },
  "version.declared"(fold, { subject, refs, content }) {
    fold.change("agent", subject, { version: word(refs["version"]) })
    putVersion(fold, {
      agent: subject,
      version: refs["version"],
      label: within(content, "label"),
      parts: within(content, "parts"),
    })
  },
  "agent.suspended": agentIs("suspended"),
  "agent.resumed": agentIs("live"),
  "agent.revoked": agentIs("revoked"),
  "agent.refused": nothing,
  "credential.issued"(fold, { subject, refs, content }) {
    fold.put("credential", subject, {
      id: stated(subject),
      kind: word(refs["kind"]),
      agent: word(refs["agent"]),
      version: word(refs["version"]),
      state: stated("live"),
      createdAt: created(subject),
      expiresAt: openly(time(refs["expiresAt"]), within(content, "expiresAt")),
      ...(refs["kind"] === "agent" || refs["kind"] === "hook"
        ? { hash: within(content, "hash"), about: stated(null) }
        : { hash: stated(""), about: within(content, "about") }),
    })
  },
  "credential.revoked": changes("credential", { state: stated("revoked") }),
  "task.started"(fold, { subject, refs, content }) {
    const { principal } = refs
    if (principal !== undefined) ensurePerson(fold, principal)
    fold.put("task", subject, {
      id: stated(subject),
      agent: word(refs["agent"]),
      principal: word(principal),
      words: content === undefined ? stated("") : within(content, "words"),
      source: word(refs["source"]),
      state: stated("live"),
      startedAt: created(subject),
      endedAt: stated(null),
    })
  },
  "task.worded"(fold, { entry, index, subject, refs }) {
    const id = wordsId(subject, index)
    fold.put("words", id, {
      id: stated(id),
      kept: stated(`${subject}/${entry.fact}/${index}`),
      at: time(refs["at"]),
      source: word(refs["source"]),
      index: stated(index),
    })
  },
  "task.ended"(fold, { subject, refs }) {
    fold.change("task", subject, { state: stated("ended"), endedAt: time(refs["endedAt"]) })
  },
  "mandate.granted": putMandate,
  "mandate.passed": putMandate,
  "mandate.narrowed"(fold, said) {
    fold.moveSpent(said.subject, movedIn(fold, said.content))
    putMandate(fold, said)
  },
  "mandate.revoked": changes("mandate", { state: stated("revoked") }),
  "token.issued"(fold, { subject, refs }) {
    // It has the place of one that has expired.
    fold.drop("token", (id) => isSame(fold.find("token", id)?.members["place"], place(refs["place"])))
    fold.put("token", subject, {
      id: stated(subject),
      mandate: word(refs["mandate"]),
      agent: word(refs["agent"]),
      place: place(refs["place"]),
      rests: word(refs["rests"]),
      holder: word(refs["holder"]),
      expiresAt: time(refs["expiresAt"]),
      createdAt: created(subject),
    })
  },
  "authority.created"(fold, { subject, refs, content }) {
    fold.put("authority", subject, {
      id: stated(subject),
      role: word(refs["role"]),
      parent: word(refs["parent"]),
      suite: word(refs["suite"]),
      state: stated("active"),
      from: time(refs["from"]),
      until: time(refs["until"]),
      createdAt: created(subject),
      changedAt: created(subject),
      name: within(content, "name"),
      certificate: within(content, "certificate"),
      cross: stated(null),
    })
  },
  "authority.crossed": (fold, { subject, content }) =>
    fold.change("authority", subject, { cross: within(content, "cross") }),
  "authority.retired": authorityIs("retired"),
  "authority.revoked": authorityIs("revoked"),
  "certificate.issued"(fold, { subject, refs, content }) {
    const { certificate: id } = refs
    if (id === undefined) return
    fold.put("certificate", id, {
      id: stated(id),
      serial: stated(serialHex(serialOf(id))),
      holder: stated(subject),
      version: stated(refs["version"] ?? null),
      issuer: word(refs["issuer"]),
      account: stated(refs["account"] ?? null),
      usage: word(refs["usage"]),
      suite: word(refs["suite"]),
      from: time(refs["from"]),
      until: time(refs["until"]),
      fingerprint: word(refs["fingerprint"]),
      state: stated("issued"),
      revokedAt: stated(null),
      reason: stated(null),
      createdAt: created(id),
      aic: within(content, "aic"),
      proofs: within(content, "proofs"),
      certificate: within(content, "certificate"),
    })
  },
  "certificate.revoked"(fold, { refs }) {
    const { certificate: id, reason } = refs
    if (id !== undefined)
      fold.change("certificate", id, {
        state: stated("revoked"),
        revokedAt: time(refs["at"]),
        reason: word(reason),
      })
  },
  "binding.issued"(fold, { subject, refs }) {
    const { binding: id } = refs
    if (id === undefined) return
    fold.put("binding", id, {
      id: stated(id),
      holder: stated(subject),
      state: stated("open"),
      expiresAt: time(refs["expiresAt"]),
      createdAt: created(id),
    })
  },
  "account.opened"(fold, { subject, refs, content }) {
    const { account: id, binding } = refs
    if (binding !== undefined) fold.change("binding", binding, { state: stated("used") })
    if (id === undefined) return
    fold.put("account", id, {
      id: stated(id),
      holder: stated(subject),
      key: word(refs["key"]),
      state: stated("live"),
      createdAt: created(id),
      jwk: within(content, "jwk"),
      contact: within(content, "contact"),
    })
  },
  "account.changed"(fold, { refs, content }) {
    const { account: id } = refs
    if (id !== undefined)
      fold.change("account", id, {
        key: word(refs["key"]),
        jwk: within(content, "jwk"),
        contact: within(content, "contact"),
      })
  },
  "account.closed"(fold, { refs }) {
    const { account: id } = refs
    if (id !== undefined) fold.change("account", id, { state: stated("closed") })
  },
  "server.registered"(fold, { subject, refs, content }) {
    fold.put("server", subject, {
      id: stated(subject),
      name: within(content, "name"),
      command: within(content, "command"),
      url: within(content, "url"),
      environment: within(content, "environment"),
      demo: openly(yes(refs["demo"]), within(content, "demo")),
      transport: word(refs["transport"]),
      state: stated("live"),
      createdAt: created(subject),
    })
  },
  "server.removed": changes("server", { state: stated("removed") }),
  "profile.set": seenTool(false),
  "profile.changed": seenTool(true),
  "profile.confirmed"(fold, { subject, content }) {
    const tool = content && toolOf(fold, content)
    if (content === undefined || tool === undefined) return
    const id = `${subject}/${tool}`
    const profile = within(content, "profile")
    const definition = fold.find("tool", id)?.members["definition"] ?? unstated
    fold.change("tool", id, {
      changed: stated(false),
      profile,
      "pinned.definition": definition,
      "pinned.profile": profile,
    })
  },
  "rules.loaded": nothing,
  "rules.staged"(fold, { refs, content }) {
    fold.put("rollout", "rollout", {
      id: stated("rollout"),
      draft: word(refs["draft"]),
      own: word(refs["own"]),
      stage: word(refs["stage"]),
      share: percent(refs["share"]),
      at: time(refs["at"]),
      agents: within(content, "agents"),
    })
  },
  "stop.declared": stopIs(true),
  "stop.lifted": stopIs(false),
  "person.created": (fold, { subject }) => ensurePerson(fold, subject),
  "person.enrolled"(fold, { subject, content }) {
    ensurePerson(fold, subject)
    // By a passkey, no secret is set; an earlier version said of neither which it was.
    if (content !== undefined || !fold.isComplete) fold.change("person", subject, secretIn(content))
  },
  "person.changed"(fold, { subject, content }) {
    ensurePerson(fold, subject)
    fold.change("person", subject, secretIn(content))
  },
  "passkey.added"(fold, { subject, refs, content }) {
    fold.put("passkey", subject, {
      id: stated(subject),
      name: within(content, "name"),
      credential: within(content, "credential"),
      publicKey: within(content, "publicKey"),
      transports: within(content, "transports"),
      synced: openly(yes(refs["synced"]), within(content, "synced")),
      createdAt: created(subject),
      state: stated("live"),
    })
  },
  "passkey.renamed": (fold, { subject, content }) =>
    fold.change("passkey", subject, { name: within(content, "name") }),
  "passkey.removed": changes("passkey", { state: stated("removed") }),
  "browser.admitted"(fold, { subject, refs, content }) {
    fold.put("browser", subject, {
      id: stated(subject),
      origin: within(content, "origin"),
      expiresAt: openly(time(refs["expiresAt"]), within(content, "expiresAt")),
      hash: within(content, "hash"),
      createdAt: created(subject),
      state: stated("live"),
    })
  },
  "browser.revoked": changes("browser", { state: stated("revoked") }),
  "place.added"(fold, { subject, refs, content }) {
    fold.put("place", subject, {
      id: stated(subject),
      owner: word(refs["owner"]),
      class: word(refs["class"]),
      restriction: word(refs["restriction"]),
      template: stated(refs["template"] ?? null),
      state: stated("live"),
      createdAt: created(subject),
      feature: within(content, "feature"),
    })
  },
  "place.removed": changes("place", { state: stated("removed") }),
  "place.entered": nothing,
  "place.left": nothing,
  "device.added"(fold, { subject, refs, content }) {
    fold.put("device", subject, {
      id: stated(subject),
      agent: word(refs["agent"]),
      name: within(content, "name"),
      publicKey: within(content, "publicKey"),
      state: stated("live"),
      createdAt: created(subject),
    })
  },
  "device.removed": changes("device", { state: stated("removed") }),
  "position.stated"(fold, { entry, index, subject, refs, content }) {
    fold.put("position", subject, {
      id: stated(subject),
      at: time(refs["at"]),
      until: time(refs["until"]),
      position: within(content, "position"),
      kept: stated(`${subject}/${entry.fact}/${index}`),
    })
  },
  "position.forgotten": (fold, { subject }) => fold.drop("position", (id) => id === subject),
  "protection.set"(fold, { subject, refs, content }) {
    const members = Object.fromEntries(ofProtection.map((name) => [name, within(content, name)]))
    fold.put("protection", subject, {
      ...members,
      id: stated(subject),
      consent: yes(refs["consent"]),
      state: stated("live"),
      createdAt: created(subject),
      changedAt: time(refs["at"]),
    })
  },
  "protection.removed": changes("protection", { state: stated("removed") }),
  "registration.claimed"(fold, { subject, refs, content }) {
    fold.put("registration", subject, {
      id: stated(subject),
      state: stated("draft"),
      aic: stated(null),
      ontology: within(content, "ontology"),
      agent: stated(refs["agent"] ?? null),
      owner: word(refs["owner"]),
      createdAt: created(subject),
      approvedAt: stated(null),
      content: within(content, "content"),
      proofs: stated([]),
      grade: stated(null),
      mirror: stated(null),
      ...noProposal,
      reason: stated(""),
      offeredTo: stated(null),
      ...revised(refs),
    })
  },
  "registration.changed"(fold, { subject, refs, content }) {
    const given = within(content, "content")
    fold.change("registration", subject, {
      ...revised(refs),
      ...(refs["of"] === "proposal"
        ? { proposal: given, proposalState: stated("draft"), proposedAt: time(refs["proposed"]) }
        : { state: stated("draft"), content: given, reason: stated("") }),
    })
  },
  "registration.submitted": registrationMoves("pending"),
  "registration.withdrawn": registrationMoves("draft"),
  "registration.rejected": registrationMoves("rejected"),
  "registration.approved"(fold, { subject, refs, content }) {
    const proposal = fold.find("registration", subject)?.members["proposal"] ?? unstated
    fold.change("registration", subject, {
      ...revised(refs),
      ...noProposal,
      ...(refs["of"] === "proposal" ? { content: proposal } : {}),
      state: stated("approved"),
      aic: within(content, "aic"),
      approvedAt: time(refs["at"]),
      reason: stated(""),
    })
  },
  "registration.disabled": (fold, { subject, refs, content }) =>
    fold.change("registration", subject, {
      ...revised(refs),
      state: stated("disabled"),
      reason: within(content, "reason"),
    }),
  "registration.enabled": (fold, { subject, refs }) =>
    fold.change("registration", subject, { ...revised(refs), state: stated("approved"), reason: stated("") }),
  "registration.retired": (fold, { subject, refs }) =>
    fold.change("registration", subject, {
      ...revised(refs),
      state: stated("retired"),
      offeredTo: stated(null),
    }),
  "registration.mismatched"(fold, { subject, refs, content }) {
    fold.put("mismatch", subject, {
      id: stated(subject),
      at: time(refs["at"]),
      source: word(refs["source"]),
      running: within(content, "running"),
    })
  },
  "registration.matched": (fold, { subject }) => fold.drop("mismatch", (id) => id === subject),
  "registration.offered": (fold, { subject, refs }) =>
    fold.change("registration", subject, { ...revised(refs), offeredTo: word(refs["to"]) }),
  "registration.transferred": (fold, { subject, refs, content }) =>
    fold.change("registration", subject, {
      ...revised(refs),
      owner: word(refs["owner"]),
      proofs: within(content, "proofs"),
      offeredTo: stated(null),
    }),
  "registration.proved": (fold, { subject, refs, content }) =>
    fold.change("registration", subject, { ...revised(refs), proofs: within(content, "proofs") }),
  "developer.registered"(fold, { subject, refs, content }) {
    fold.put("developer", subject, {
      id: stated(subject),
      owner: word(refs["owner"]),
      state: stated("live"),
      createdAt: created(subject),
      ...developerSaid(refs, content),
    })
  },
  "developer.changed": developerChanges,
  "developer.proved": developerChanges,
  "developer.documented": developerChanges,
  "developer.reviewed": developerChanges,
  "developer.removed": (fold, { subject, refs }) =>
    fold.change("developer", subject, { state: stated("removed"), changedAt: time(refs["at"]) }),
  "registrar.opened"(fold, { refs, content }) {
    const id = refs["registrar"]
    if (id === undefined) return
    fold.put("registrar", id, {
      id: stated(id),
      number: within(content, "number"),
      salt: within(content, "salt"),
      openedAt: time(refs["at"]),
    })
  },
  "peer.added"(fold, { subject, refs, content }) {
    fold.put("peer", subject, {
      id: stated(subject),
      url: within(content, "url"),
      trust: word(refs["trust"]),
      vkey: within(content, "vkey"),
      addedAt: time(refs["at"]),
    })
  },
  "peer.trusted": (fold, { subject, content }) =>
    fold.change("peer", subject, { vkey: within(content, "vkey") }),
  "peer.followed": nothing,
  "peer.refused": nothing,
  "peer.removed"(fold, { subject }) {
    fold.erase(subject, true)
    fold.drop("peer", (id) => id === subject)
  },
  "node.started"(fold, { refs, index }) {
    const { person, rules } = refs
    fold.isComplete = person !== undefined
    if (person !== undefined) ensurePerson(fold, person)
    if (rules !== undefined) fold.rules = { digest: rules, index }
  },
  "ledger.restored": nothing,
  "ledger.rekeyed": nothing,
  "vault.rekeyed": nothing,
  "records.proven": (fold) => askAgain(fold),
  "retention.set"(fold, { refs }) {
    fold.put("retention", "retention", {
      id: stated("retention"),
      actions: days(refs["actions"]),
      tasks: days(refs["tasks"]),
    })
  },
  "content.erased": (fold, { subject, refs }) => fold.erase(subject, refs["kind"] === "task"),
  "subject.erased"(fold, { subject }) {
    fold.erase(subject, true)
    // What a tool is called went with its server.
    fold.drop("tool", (id) => id.startsWith(`${subject}/`))
    // Of these all that makes one a record went.
    for (const kind of ["place", "device", "protection", "registration", "developer", "mismatch"])
      fold.drop(kind, (id) => id === subject)
  },
  "state.rebuilt": nothing,
  "delegation.canceled": nothing,
  "delegation.failed": nothing,
  note: nothing,
}

/** Approvals of a version before proofs that were not used yet ask again: its holds are few, and none is settled by it. */
function askAgain(fold: Folding): void {
  const none = stated(null)
  for (const [id, { members }] of fold.all("hold"))
    if (members["state"]?.is === "value" && members["state"].value === "approved")
      fold.change("hold", id, {
        state: stated("waiting"),
        approval: none,
        approvedDigest: none,
        decision: none,
        decidedAt: none,
      })
}

const noProposal: Members = {
  proposal: stated(null),
  proposalState: stated(null),
  proposedAt: stated(null),
}

/** Every statement of a registration says when others last saw something of it change, and how often. */
function revised(refs: Readonly<Record<string, string>>): Members {
  const count = /^count-(\d{1,9})$/.exec(refs["revision"] ?? "")?.[1]
  return { changedAt: time(refs["at"]), revision: count === undefined ? unstated : stated(Number(count)) }
}

/** Each statement of a developer carries all that is known of them then. */
function developerSaid(refs: Readonly<Record<string, string>>, content: ContentRef | undefined): Members {
  const members = ["kind", "name", "country", "creditCode", "key", "account", "proofs", "documents"]
  return {
    changedAt: time(refs["at"]),
    ...Object.fromEntries(members.map((member) => [member, within(content, member)])),
  }
}

function developerChanges(fold: Folding, { subject, refs, content }: Said): void {
  fold.change("developer", subject, developerSaid(refs, content))
}

/** A registration, or the change of an approved one, goes on in its review. */
function registrationMoves(to: string): FoldFact {
  return (fold, { subject, refs, content }) =>
    fold.change("registration", subject, {
      ...revised(refs),
      ...(refs["of"] === "proposal" ? { proposalState: stated(to) } : { state: stated(to) }),
      ...(content === undefined ? {} : { reason: within(content, "reason") }),
    })
}

function word(text: string | undefined): Member {
  return text === undefined ? unstated : stated(text)
}

function time(text: string | undefined): Member {
  const ms = /^ms-(\d{1,16})$/.exec(text ?? "")?.[1]
  return ms === undefined ? unstated : stated(Number(ms))
}

function place(text: string | undefined): Member {
  const at = /^at-(\d{1,9})$/.exec(text ?? "")?.[1]
  return at === undefined ? unstated : stated(Number(at))
}

function percent(text: string | undefined): Member {
  const share = /^percent-(\d{1,2})$/.exec(text ?? "")?.[1]
  return share === undefined ? unstated : stated(Number(share))
}

function isSame(one: Member | undefined, other: Member): boolean {
  return one?.is === "value" && other.is === "value" && one.value === other.value
}

function yes(text: string | undefined): Member {
  return text === undefined ? unstated : stated(text === "yes")
}

function fromOf(text: string | undefined): Member {
  return text === undefined ? stated(undefined) : time(text)
}

/** What a statement says openly, else what its content says: an earlier version said it there alone. */
function openly(member: Member, content: Member): Member {
  return member.is === "unstated" ? content : member
}

function days(text: string | undefined): Member {
  if (text === "keep") return stated(0)
  const count = /^days-(\d{1,9})$/.exec(text ?? "")?.[1]
  return count === undefined ? unstated : stated(Number(count))
}

function changes(kind: string, members: Members): FoldFact {
  return (fold, { subject }) => fold.change(kind, subject, members)
}

function authorityIs(state: string): FoldFact {
  return (fold, { subject, refs }) =>
    fold.change("authority", subject, { state: stated(state), changedAt: time(refs["at"]) })
}

function agentIs(state: string): FoldFact {
  return (fold, { subject, refs }) =>
    fold.change("agent", subject, { state: stated(state), stateChangedAt: time(refs["stateChangedAt"]) })
}

function stopIs(stopped: boolean): FoldFact {
  return (fold, { refs }) =>
    fold.put("stop", "stop", { id: stated("stop"), stopped: stated(stopped), at: time(refs["at"]) })
}

function putVersion(
  fold: Folding,
  {
    agent,
    version,
    label,
    parts,
  }: { agent: string; version: string | undefined; label: Member; parts: Member },
): void {
  if (version === undefined) return
  fold.put("version", version, {
    id: stated(version),
    agent: stated(agent),
    label,
    parts,
    createdAt: created(version),
  })
}

/** The person of the node, a pseudonym until somebody enrols. */
function ensurePerson(fold: Folding, id: string): void {
  if (fold.find("person", id) !== undefined) return
  fold.put("person", id, { id: stated(id), salt: stated(""), hash: stated("") })
}

function secretIn(content: ContentRef | undefined): Members {
  return { salt: within(content, "salt"), hash: within(content, "hash") }
}

const ofProtection = ["name", "born", "band", "basis", "how", "zone", "guardian", "nights", "agents"] as const

const inContent = ["words", "grants", "never", "userOnly", "starting"] as const

function putMandate(fold: Folding, { subject, refs, content }: Said): void {
  const members = Object.fromEntries(inContent.map((name) => [name, within(content, name)]))
  fold.put("mandate", subject, {
    ...members,
    id: stated(subject),
    agent: word(refs["agent"]),
    // A task and a hold are named openly where there is one.
    task: stated(refs["task"] ?? null),
    hold: (refs["hold"] ?? refs["until"]) ? stated(refs["hold"] ?? null) : within(content, "hold"),
    // An earlier version said none of these openly.
    principal: openly(word(refs["principal"]), within(content, "principal")),
    otherwise: openly(word(refs["otherwise"]), within(content, "otherwise")),
    until: openly(time(refs["until"]), within(content, "until")),
    parent: refs["until"] === undefined ? within(content, "parent") : stated(refs["parent"] ?? null),
    widened: stated(refs["widened"]),
    token: stated(refs["token"] ?? null),
    from: refs["until"] === undefined ? withinIfAny(content, "from") : fromOf(refs["from"]),
    budget: withinIfAny(content, "budget"),
    state: stated("live"),
    createdAt: created(subject),
  })
}

const Narrowed = z.object({ within: z.array(z.int()) })

function movedIn(fold: Folding, of: ContentRef | undefined): readonly number[] | "gone" | "unstated" {
  if (of === undefined) return "unstated"
  const content = fold.read(of)
  if (content.is !== "value") return "gone"
  return Narrowed.safeParse(content.value).data?.within ?? "unstated"
}

const Named = z.object({ tool: z.string() })

function toolOf(fold: Folding, of: ContentRef): string | undefined {
  const content = fold.read(of)
  return content.is === "value" ? Named.safeParse(content.value).data?.tool : undefined
}

function seenTool(changed: boolean): FoldFact {
  return (fold, { subject, refs, content }) => {
    const tool = content && toolOf(fold, content)
    if (content === undefined || tool === undefined) return
    const id = `${subject}/${tool}`
    const [definition, profile] = [within(content, "definition"), within(content, "profile")]
    const known = fold.find("tool", id)?.members
    fold.put("tool", id, {
      id: stated(id),
      server: stated(subject),
      tool: stated(tool),
      digest: word(refs["definition"]),
      definition,
      profile,
      changed: stated(changed),
      "pinned.definition": known?.["pinned.definition"] ?? definition,
      "pinned.profile": known?.["pinned.profile"] ?? profile,
    })
  }
}
