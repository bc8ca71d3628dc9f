import { sample } from "fast-check"
import { describe, expect, it } from "vitest"
import { arbitraryRegistration } from "../registration.arbitrary.ts"
import { exportAs, importFrom } from "./face.ts"
import { type FaceName, faceNames } from "./face-path.ts"
import { faces } from "./faces.ts"

const at = { origin: "https://registry.example" }
const registrations = sample(arbitraryRegistration, { numRuns: 200, seed: 6 })

/** What each format has no place for, written down from what the formats say and not from what the code does. */
const mayLose: Readonly<Record<FaceName, readonly RegExp[]>> = {
  acs: [
    /^\/(?:name|form|parts|aliases|keys|repository|tags|queries|taxonomy|packages|deployments|data|conduct|certifications|price)(?:\/|$)/,
    /^\/developer\/(?:creditCode|domains\/\d+)$/,
    // A person who develops is their own contact.
    /^\/contact\/(?:name|url|security)$/,
    /^\/capabilities\/(?:extendedCard|extensions\/\d+)$/,
    /^\/securitySchemes\/oauth\/(?:metadataUrl|flows\/deviceCode)$/,
    // Those of other protocols.
    /^\/interfaces\/\d+$/,
    /^\/skills\/\d+\/security\/\d+$/,
  ],
  "agent-card": [
    /^\/(?:website|repository|certificate|instance)$/,
    /^\/packages\/\d+$/,
    /^\/capabilities\/messageQueues\/\d+$/,
    // A card has one flow for a scheme, and one list of requirements for all of its interfaces.
    /^\/securitySchemes\/oauth\/flows\/(?:clientCredentials|deviceCode|implicit|password)$/,
    /^\/interfaces\/\d+$/,
    /^\/interfaces\/\d+\/security\/\d+(?:\/.*)?$/,
    /^\/skills\/\d+\/version$/,
  ],
  server: [
    // At most 100 characters, on one line.
    /^\/(?:title|description)$/,
    /^\/(?:documentation|certificate|instance|securitySchemes\/(?:mtls|key|bearer|oauth|oidc))$/,
    /^\/capabilities\/(?:streaming|notifications|extendedCard|messageQueues\/\d+|extensions\/\d+)$/,
    /^\/capabilities$/,
    /^\/(?:inputModes|outputModes|skills)(?:\/\d+)?$/,
    /^\/securitySchemes$/,
    /^\/interfaces\/\d+(?:\/(?:version|security\/\d+))?$/,
    // Of other registries than the six; and what a transport of standard input and output does not say.
    /^\/packages\/\d+(?:\/(?:url|headers\/\d+))?$/,
  ],
  "server-card": [
    /^\/(?:title|description)$/,
    /^\/(?:documentation|certificate|instance|securitySchemes\/(?:mtls|key|bearer|oauth|oidc))$/,
    /^\/capabilities\/(?:streaming|notifications|extendedCard|messageQueues\/\d+|extensions\/\d+)$/,
    /^\/(?:inputModes|outputModes|skills|packages)(?:\/\d+)?$/,
    /^\/interfaces\/\d+(?:\/security\/\d+)?$/,
  ],
  "ard-entry": [
    /^\/(?:parts|aliases|keys|icon|documentation|website|repository|contact|capabilities|inputModes|outputModes|taxonomy)(?:\/|$)/,
    /^\/(?:securitySchemes|interfaces|packages|deployments|data|conduct|certificate|instance|queries)(?:\/|$)/,
    /^\/developer\/(?:department|country|url|creditCode|filing|domains\/\d+)$/,
    // A skill is only named.
    /^\/skills\/\d+\/(?:name|description|version|tags\/\d+|examples\/\d+|inputModes|outputModes|security\/\d+)$/,
    /^\/certifications\/\d+(?:\/.+)?$/,
    /^\/price\/(?:amount|currency)$/,
  ],
  oasf: [],
  gbz185: [
    /^\/(?:documentation|repository|certificate|instance)$/,
    /^\/packages\/\d+$/,
    /^\/skills\/\d+\/(?:version|security\/\d+)$/,
  ],
  did: [
    /^\/(?!keys|interfaces|aliases)[a-zA-Z]+(?:\/|$)/,
    /^\/interfaces\/\d+\/(?:tenant|security\/\d+|headers\/\d+)$/,
    // Names that are no URIs.
    /^\/aliases\/\d+(?:\/scheme)?$/,
  ],
  // A hash gives nothing back.
  orchid: [/^\/./],
}

/** What a form says of itself that no registration keeps. */
const mayNotReturn: Partial<Record<FaceName, readonly RegExp[]>> = {
  // Schemes are only named there, and none can be made of a name.
  "server-card": [/^\/remotes\/\d+\/authentication$/],
}

describe("the faces of a registration", () => {
  it.each(faceNames)("%s: 200 registrations come back but for the listed losses", (name) => {
    const unexpected = new Set<string>()
    for (const registration of registrations) {
      const { lost } = exportAs(faces[name], registration, at)
      for (const { path } of lost) if (!mayLose[name].some((each) => each.test(path))) unexpected.add(path)
    }
    expect([...unexpected]).toEqual([])
  })

  it.each(faceNames)("%s: what is shown of a draft of it says the same", (name) => {
    const unexpected = new Set<string>()
    for (const registration of registrations.slice(0, 50)) {
      const { face } = exportAs(faces[name], registration, at)
      const { lost } = importFrom(faces[name], JSON.stringify(face), at)
      for (const { path } of lost)
        if (!mayNotReturn[name]?.some((each) => each.test(path))) unexpected.add(path)
    }
    expect([...unexpected]).toEqual([])
  })
})
