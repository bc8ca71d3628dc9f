import { acs } from "./acs.ts"
import { agentCard } from "./agent-card.ts"
import { ardEntry } from "./ard-entry.ts"
import { didDocument } from "./did-document.ts"
import type { Face } from "./face.ts"
import type { FaceName } from "./face-path.ts"
import { gbz185 } from "./gbz185.ts"
import { oasf } from "./oasf.ts"
import { orchid } from "./orchid.ts"
import { serverCard } from "./server-card.ts"
import { serverJson } from "./server-json.ts"

/** Every form in which a registration is shown and from which it is read. */
export const faces: Readonly<Record<FaceName, Face>> = {
  acs,
  "agent-card": agentCard,
  server: serverJson,
  "server-card": serverCard,
  "ard-entry": ardEntry,
  oasf,
  gbz185,
  did: didDocument,
  orchid,
}
