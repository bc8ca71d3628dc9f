import { Failure } from "@hufu/core/failure"
import { jsonObject } from "@hufu/core/registration/faces/jsonish"
import { ardEntry } from "@hufu/core/registration/faces/ard-entry"
import type { KnownRegistrations } from "./known-registrations.ts"
import type { ServedFace, ServedFaces } from "./served-faces.ts"

/** What stands at the well-known addresses (RFC 8615) of this host. */
export interface WellKnown {
  /** Throws Failure("not_found") for whatever does not, and as faces do. */
  document(path: string): ServedFace
}

interface Parts {
  readonly faces: Pick<ServedFaces, "face" | "keys" | "document">
  readonly known: Pick<KnownRegistrations, "page" | "isUsable">
  /** By id, name or code: the registration of the agent that this host is, where it is one. */
  readonly here: string | undefined
  readonly origin: () => string
}

const maxEntries = 200
const pageRows = 100

export function wellKnown({ faces, known, here, origin }: Parts): WellKnown {
  const host = () => new URL(origin()).host
  const did = () => `did:web:${encodeURIComponent(host())}`

  /** The DID document of the registry itself: the key by which it signs what it serves. Those of registrations are beside their faces. */
  function didDocument(): ServedFace {
    const id = did()
    const methods = faces.keys().keys.map(({ kid, ...publicKeyJwk }) => ({
      id: `${id}#${kid}`,
      type: "JsonWebKey",
      controller: id,
      publicKeyJwk,
    }))
    return faces.document(
      jsonObject({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        id,
        verificationMethod: methods,
        assertionMethod: methods.map((method) => method.id),
      }),
      "application/did+json",
    )
  }

  /** A catalogue of what is usable now; a registry may know a million, and searches find the others. */
  function catalogue(mediaType: string): ServedFace {
    const entries = []
    for (let after = ""; entries.length < maxEntries;) {
      const some = known.page(after, pageRows)
      for (const registration of some)
        if (entries.length < maxEntries && registration.state === "approved" && known.isUsable(registration))
          entries.push(ardEntry.show(registration, { origin: origin() }))
      after = some.at(-1)?.id ?? ""
      if (some.length < pageRows) break
    }
    const about = { displayName: host(), identifier: did() }
    return faces.document(jsonObject({ specVersion: "1.0", host: about, entries }), mediaType)
  }

  function ofHere(name: "acs" | "agent-card"): ServedFace {
    if (here !== undefined) return faces.face(here, name)
    throw new Failure(
      "not_found",
      "this host is no agent: `registry.here` in its configuration names the registration of one",
    )
  }

  const documents: Readonly<Record<string, () => ServedFace>> = {
    "/.well-known/did.json": didDocument,
    "/.well-known/ard.json": () => catalogue("application/json"),
    "/.well-known/ai-catalog.json": () => catalogue("application/ai-catalog+json"),
    "/.well-known/acs.json": () => ofHere("acs"),
    "/.well-known/agent-card.json": () => ofHere("agent-card"),
  }

  return {
    document(path) {
      const make = Object.hasOwn(documents, path) ? documents[path] : undefined
      if (make !== undefined) return make()
      throw new Failure("not_found", "there is nothing at this well-known address")
    },
  }
}
