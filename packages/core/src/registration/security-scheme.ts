import { z } from "zod"
import { lineOf, proseOf, WebUrl } from "./registration-text.ts"

/** How whoever calls an agent proves who it is: the security schemes of OpenAPI, as ACS and A2A take them. No secret is ever in one. */

const description = proseOf(1000).optional()
const Scope = z.string().regex(/^[!#-[\]-~]{1,200}$/, "a scope is of visible ASCII characters (RFC 6749)")
const Scopes = z.record(Scope, z.string().max(500)).refine((scopes) => Object.keys(scopes).length <= 64)

const Flow = z.strictObject({
  authorizationUrl: WebUrl.optional(),
  deviceAuthorizationUrl: WebUrl.optional(),
  tokenUrl: WebUrl.optional(),
  refreshUrl: WebUrl.optional(),
  scopes: Scopes,
})
export type OAuthFlow = z.infer<typeof Flow>

export const SecurityScheme = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("mutual-tls"), description }),
  z.strictObject({
    type: z.literal("api-key"),
    in: z.enum(["header", "query", "cookie"]),
    name: lineOf(100),
    description,
  }),
  z.strictObject({
    type: z.literal("http"),
    /** Such as `bearer`, in lower case. */
    scheme: z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,40}$/),
    bearerFormat: lineOf(100).optional(),
    description,
  }),
  z.strictObject({
    type: z.literal("oauth2"),
    flows: z
      .strictObject({
        authorizationCode: Flow.optional(),
        clientCredentials: Flow.optional(),
        deviceCode: Flow.optional(),
        implicit: Flow.optional(),
        password: Flow.optional(),
      })
      .refine((flows) => Object.values(flows).some((flow) => flow !== undefined), "name a flow"),
    metadataUrl: WebUrl.optional(),
    description,
  }),
  z.strictObject({ type: z.literal("openid-connect"), url: WebUrl, description }),
])
export type SecurityScheme = z.infer<typeof SecurityScheme>

/** By which a scheme is named within one registration. */
export const SchemeName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)

export const SecuritySchemes = z
  .record(SchemeName, SecurityScheme)
  .refine((schemes) => Object.keys(schemes).length <= 16, "name at most 16 security schemes")

export type SecuritySchemes = z.infer<typeof SecuritySchemes>

/** One of these suffices; within one, all are needed, each with these scopes. */
export const Security = z
  .array(
    z
      .record(SchemeName, z.array(Scope).max(64))
      .refine((all) => Object.keys(all).length <= 8, "ask for at most 8 schemes at once"),
  )
  .max(8)
export type Security = z.infer<typeof Security>
