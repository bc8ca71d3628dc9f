import { asFailure } from "@hufu/core/failure"
import { formatAic, isOntology, parseAic } from "@hufu/core/identity/aic"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { AgentInterface } from "@hufu/core/registration/agent-interface"
import { acs } from "@hufu/core/registration/faces/acs"
import { InstanceNotes, type RegistrationContent } from "@hufu/core/registration/registration-content"
import { lineOf } from "@hufu/core/registration/registration-text"
import { z } from "zod"
import type { RegistrationRecord } from "../registration-record.ts"
import type { Registrations } from "../registrations.ts"
import type { ServedFace, ServedFaces } from "../served-faces.ts"
import { AtrError } from "./atr-error.ts"

/** What an instance says of itself; the rest it has from its class. */
const EntityRequest = z.strictObject({
  ontologyAic: z.string().max(64),
  endPoints: z.array(z.record(z.string(), z.json())).min(1).max(32).optional(),
  entityUserId: lineOf(255).optional(),
  entityMeta: InstanceNotes.optional(),
})

/** ATR's questions about codes, and registering an instance by the certificate of its class. */
export interface Atr {
  /** The ACS of a code. Throws AtrError. */
  acs(aic: string): ServedFace
  /**
   * Registers an instance, approved at once. UNTRUSTED input. Throws AtrError.
   *
   * @param caller the code in the certificate of the connection
   */
  entity(body: JsonValue, caller: string): Promise<JsonObject>
}

export interface AtrParts {
  readonly registrations: Pick<Registrations, "find" | "isUsable" | "instance">
  readonly faces: Pick<ServedFaces, "face">
  readonly origin: () => string
}

export function atr({ registrations, faces, origin }: AtrParts): Atr {
  function ontologyOf(aic: string, caller: string): RegistrationRecord {
    const code = parseAic(aic)
    if (code === undefined) throw new AtrError("INVALID_REQUEST", "`ontologyAic` is no identity code")
    if (formatAic(code) !== caller)
      throw new AtrError(
        "ACCESS_DENIED",
        "the certificate of this connection is another's: come with that of the ontology",
      )
    const ontology = registrations.find(formatAic(code))
    if (ontology === undefined || !isOntology(code))
      throw new AtrError("ONTOLOGY_NOT_FOUND", "no ontology of this registry has that code")
    if (!registrations.isUsable(ontology))
      throw new AtrError("ONTOLOGY_INACTIVE", "that ontology is out of service")
    return ontology
  }

  function interfacesOf(
    { content, ...ontology }: RegistrationRecord,
    endPoints: readonly JsonObject[] | undefined,
  ): RegistrationContent["interfaces"] {
    if (endPoints === undefined) return content.interfaces
    const card: JsonObject = {
      ...acs.show({ ...ontology, content }, { origin: origin() }),
      endPoints: [...endPoints],
    }
    const { interfaces = [] } = acs.read(card)
    if (interfaces.length !== endPoints.length)
      throw new AtrError(
        "INVALID_REQUEST",
        "an end point is not as ACS has it: give each `url`, `transport` and `security` by a scheme of the ontology",
      )
    if (new Set(interfaces.map(({ url }) => url)).size !== interfaces.length)
      throw new AtrError("ENDPOINT_CONFLICT", "an end point is there twice: give each once")
    // What an instance does not say over ACPs it does not say at all.
    return z.array(AgentInterface).parse(interfaces)
  }

  return {
    acs(text) {
      const code = parseAic(text)
      if (code === undefined) throw new AtrError("INVALID_REQUEST", "that is no agent identity code")
      const record = registrations.find(formatAic(code))
      if (record === undefined || record.approvedAt === null)
        throw new AtrError("AGENT_NOT_FOUND", "no agent of this registry has that code")
      if (!registrations.isUsable(record))
        throw new AtrError("AGENT_INACTIVE", "this agent is out of service: do not use it")
      if (acs.suits?.(record.content) === false)
        throw new AtrError("AGENT_ACS_MISSING", "this agent has no interface of ACPs, so it has no ACS")
      return faces.face(record.id, "acs")
    },
    async entity(body, caller) {
      const read = EntityRequest.safeParse(body)
      if (!read.success) {
        const at = read.error.issues[0]?.path.join("/").slice(0, 80)
        throw new AtrError(
          "INVALID_REQUEST",
          `correct \`${at === undefined || at === "" ? "the body" : at}\``,
        )
      }
      const { ontologyAic, endPoints, entityUserId, entityMeta } = read.data
      const ontology = ontologyOf(ontologyAic, caller)
      const interfaces = interfacesOf(ontology, endPoints)
      const made = await registrations
        .instance(ontology.id, {
          interfaces,
          instance: {
            ...(entityUserId === undefined ? {} : { user: entityUserId }),
            notes: entityMeta ?? {},
          },
        })
        .catch((error: unknown) => {
          throw atrErrorOf(error)
        })
      const shown = acs.show(made, { origin: origin() })
      return {
        ontologyAic: made.ontology,
        entityAic: made.aic,
        endPoints: shown["endPoints"] ?? [],
        entityUserId: entityUserId ?? null,
        entityMeta: entityMeta ?? {},
      }
    },
  }
}

function atrErrorOf(error: unknown): AtrError {
  const failure = asFailure(error)
  if (failure.code === "too_many") return new AtrError("ENTITY_LIMIT_EXCEEDED", failure.message)
  if (failure.code === "stale") return new AtrError("ONTOLOGY_INACTIVE", failure.message)
  if (failure.status < 500) return new AtrError("INVALID_REQUEST", failure.message)
  return new AtrError("INTERNAL", "something went wrong here: ask again later", { cause: error })
}
