import { z } from "zod"

// UNTRUSTED: whatever a policy enforcement point sends. Unknown members are ignored, as AuthZEN 1.0 wants it.
const Name = z.string().min(1).max(1000)
const Properties = z.record(z.string().max(200), z.json()).optional()

/** A subject or a resource that a request is about. */
export const Named = z.object({ type: Name, id: Name, properties: Properties })
export type Named = z.infer<typeof Named>

/** A subject or a resource that is searched for: an id that is given all the same counts for nothing. */
export const Sought = z.object({ type: Name, properties: Properties })
export type Sought = z.infer<typeof Sought>

export const AccessAction = z.object({ name: Name, properties: Properties })

const Context = z.record(z.string().max(200), z.json()).optional()

/** One question: may this subject do this to this resource? */
export const AccessRequest = z.object({
  subject: Named,
  action: AccessAction,
  resource: Named,
  context: Context,
})
export type AccessRequest = z.infer<typeof AccessRequest>

/** How many questions one request may hold. */
export const mostEvaluations = 200

const semantics = ["execute_all", "deny_on_first_deny", "permit_on_first_permit"] as const

/** Several questions; what each leaves out stands above. */
export const AccessRequests = z.object({
  subject: Named.optional(),
  action: AccessAction.optional(),
  resource: Named.optional(),
  context: Context,
  options: z.object({ evaluations_semantic: z.enum(semantics).default("execute_all") }).optional(),
  // One that is not well formed is denied by itself.
  evaluations: z.array(z.record(z.string(), z.json())).max(mostEvaluations).optional(),
})

export const SubjectSearch = AccessRequest.extend({ subject: Sought })
export const ResourceSearch = AccessRequest.extend({ resource: Sought })
export const ActionSearch = AccessRequest.omit({ action: true })

/** A decision as AuthZEN gives it. */
export interface AccessDecision {
  readonly decision: boolean
  readonly context?: Readonly<Record<string, unknown>>
}
