import type { DeveloperRecord, ShownDeveloper } from "@hufu/core/contract/developer"
import { domainStatementText, writeDomainStatement } from "@hufu/core/identity/domain-statement"
import { suiteOf } from "@hufu/core/identity/key-suite"
import { Failure } from "@hufu/core/failure"
import { keyProven } from "@hufu/core/registration/key-proven"
import { lineOf } from "@hufu/core/registration/registration-text"
import { fileAddress, findDomainStatement, recordName } from "../identity/ownership/find-domain-statement.ts"
import type { RegistrationRecord } from "../registry/registration-record.ts"
import { actorOf, type OperationContext } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"
import { listedRegistration } from "./registration-operations.ts"

const dayMs = 86_400_000
const dueMs = 30 * dayMs
const domainDays = 90
const keyDays = 365
const maxShown = 100

/** Who answers for registrations, what of it is proved, and how organisations sign in. */
export function developerOperations(parts: OperationParts) {
  const { developers, developerSessions, organisations, registrations, keyChallenges, clock, person } = parts
  const ownerOf = ({ developer, session }: OperationContext) =>
    developer?.owner ?? session?.person ?? person.id

  function shown(developer: DeveloperRecord): ShownDeveloper {
    const now = clock.now()
    const ends = (until: number | null) => until ?? Number.POSITIVE_INFINITY
    return {
      ...developer,
      proofs: developer.proofs.filter(({ until }) => ends(until) > now),
      due: developer.proofs.filter(({ until }) => ends(until) <= now + dueMs),
    }
  }

  function mine(context: OperationContext): DeveloperRecord {
    const found = developers.ofOwner(ownerOf(context))
    if (found !== undefined) return found
    throw new Failure("not_found", "say who you are as a developer first: `hufu developer register`")
  }

  function keyOf(developer: DeveloperRecord): string {
    if (developer.key !== null) return developer.key
    throw new Failure(
      "invalid_input",
      "you have named no key yet: `hufu developer register` takes one with --key",
    )
  }

  /** Everything that their registrations say as verified is what is verified now. */
  async function settled(developer: DeveloperRecord): Promise<ShownDeveloper> {
    await registrations.settle(developer.owner)
    return shown(developer)
  }

  /** UNTRUSTED: somebody else's is not there for whoever asks, so that nobody learns of drafts. */
  function ownRegistration(ref: string, by: string): RegistrationRecord {
    const found = registrations.find(ref)
    if (found !== undefined && found.owner === by) return found
    throw new Failure(
      "not_found",
      `you have no registration \`${ref.slice(0, 80)}\`: \`hufu developer me\` shows which are yours`,
    )
  }

  function keyIn(record: RegistrationRecord, id: string, by: string) {
    if (record.owner !== by)
      throw new Failure("forbidden", "this registration is somebody else's: only its owner proves its keys")
    const key = record.content.keys.find((each) => each.id === id)
    if (key === undefined)
      throw new Failure("not_found", `the registration names no key \`${id.slice(0, 64)}\``)
    if (suiteOf(key.jwk) === "sm2")
      throw new Failure(
        "invalid_input",
        "keys of SM2 are not proved by a challenge: name one of Ed25519, P-256 or RSA",
      )
    return { key, claimed: { agent: record.id, url: key.id, key: key.jwk } }
  }

  return {
    "developer.list": async () => ({ items: developers.list().map(shown) }),
    "developer.me": async (_, context) => {
      const owner = ownerOf(context)
      const developer = developers.ofOwner(owner)
      return {
        developer: developer === undefined ? null : shown(developer),
        registrations: registrations
          .ofOwner(owner, { limit: maxShown })
          .map((record) => listedRegistration(record, registrations)),
      }
    },
    "developer.registration": async ({ registration }, context) =>
      registrations.shown(ownRegistration(registration, ownerOf(context))),
    "developer.retire": async ({ registration }, context) => {
      const by = ownerOf(context)
      return registrations.shown(await registrations.retire(ownRegistration(registration, by).id, by))
    },
    "developer.register": async (said, context) => settled(await developers.register(ownerOf(context), said)),
    "developer.domain": async ({ domain, days }, context) => {
      const developer = mine(context)
      keyOf(developer)
      const until = Math.floor((clock.now() + days * dayMs) / 1000)
      const statement = { registry: parts.consoleOrigin(), domain, developer: developer.id, until }
      return {
        text: domainStatementText(statement),
        record: recordName(domain),
        file: fileAddress(domain),
        line: writeDomainStatement(statement, ""),
        until: until * 1000,
      }
    },
    "developer.prove": async ({ domain, how }, context) => {
      const developer = mine(context)
      if (parts.domainLookup === undefined)
        throw new Failure(
          "forbidden",
          "this registry looks up no domains: its operator sets `registry.domains.enabled` in the configuration",
        )
      const key = keyOf(developer)
      const statement = await findDomainStatement(how, { domain, key }, parts.domainLookup)
      const now = clock.now()
      if (
        statement === undefined ||
        statement.registry !== parts.consoleOrigin() ||
        statement.developer !== developer.id
      )
        throw new Failure(
          "proof_refused",
          `nothing that your key signed for this registry stands at \`${how === "dns" ? recordName(domain) : fileAddress(domain)}\`: \`hufu developer domain\` says what to put there`,
        )
      if (statement.until * 1000 <= now)
        throw new Failure(
          "proof_refused",
          "what stands there has run out: sign it anew with `hufu developer domain`",
        )
      // Who has named another key meanwhile has to sign with that.
      if (developers.need(developer.id).key !== key)
        throw new Failure("stale", "you have named another key meanwhile: sign with that")
      const until = Math.min(statement.until * 1000, now + domainDays * dayMs)
      return settled(
        await developers.addProof(developer.id, { how, of: "domain", value: domain, at: now, until }),
      )
    },
    "developer.document": async ({ name, mediaType, content }, context) =>
      shown(
        await developers.addDocument(mine(context).id, { name, mediaType }, Buffer.from(content, "base64")),
      ),
    "developer.file": async ({ developer, document }) => {
      const read = developers.readDocument(developer, document)
      return { document: read.document, content: Buffer.from(read.bytes).toString("base64") }
    },
    "developer.review": async ({ developer, document, accept, reason, days }, context) =>
      settled(
        await developers.review(developer, document, {
          accept,
          reason,
          until: clock.now() + days * dayMs,
          by: actorOf(context),
        }),
      ),
    "developer.remove": async ({ developer }, context) => {
      developerSessions.end(developer)
      return settled(await developers.remove(developer, actorOf(context)))
    },
    "registration.challenge": async ({ registration, key }, context) =>
      keyChallenges.issue(keyIn(registrations.need(registration), key, ownerOf(context)).claimed),
    "registration.prove": async ({ registration, key: id, challenge, signature }, context) => {
      const record = registrations.need(registration)
      const by = ownerOf(context)
      const { key, claimed } = keyIn(record, id, by)
      keyChallenges.require(claimed, { challenge, signature })
      const at = clock.now()
      const value = keyProven(key)
      const proof = { how: "key" as const, of: "key" as const, value, at, until: at + keyDays * dayMs }
      return registrations.shown(await registrations.prove(record.id, proof, by))
    },
    "organisation.issuers": async () => ({
      items: parts.signInIssuers.map(({ issuer, name }) => ({ issuer, name })),
    }),
    "organisation.begin": async ({ issuer }) => (await organisations()).begin(issuer),
    "organisation.finish": async ({ binding, address }) => {
      const { account, name } = await (await organisations()).finish(binding, address)
      const called = lineOf(200).safeParse(name)
      const developer = await developers.admit(
        account,
        called.success ? called.data : new URL(account.issuer).host,
      )
      return {
        ...developerSessions.open({ developer: developer.id, owner: developer.owner }),
        developer: shown(developer),
      }
    },
    "organisation.end": async (_, { developer }) => ({
      ended: developer !== undefined && developerSessions.end(developer.developer),
    }),
  } satisfies Partial<Operations>
}
