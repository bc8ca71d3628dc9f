import { z } from "zod"
import { isCreditCode } from "../identity/credit-code.ts"
import { Country, DomainName, lineOf, WebUrl } from "./registration-text.ts"

/** 开发者: who made the agent and answers for it, in their own words. What of it was verified is said beside it, by the registry. */
export const Developer = z.strictObject({
  kind: z.enum(["person", "organisation"]),
  name: lineOf(200),
  department: lineOf(200).optional(),
  country: Country.optional(),
  url: WebUrl.optional(),
  /** Unified social credit code 统一社会信用代码 of a Chinese organisation (GB 32100). */
  creditCode: z
    .string()
    .refine(isCreditCode, "give the 18 characters of the code, whose last one checks the others")
    .optional(),
  /** The filing of its web site, such as 京ICP备…号. */
  filing: lineOf(100).optional(),
  /** Its domains, with the filing or the registration of each. */
  domains: z
    .array(
      z.strictObject({
        domain: DomainName,
        number: lineOf(100).optional(),
        kind: z.enum(["icp", "whois"]).optional(),
      }),
    )
    .max(32)
    .default([]),
})
export type Developer = z.infer<typeof Developer>

/** How something that a developer said was verified. */
export const OwnershipProof = z.strictObject({
  how: z.enum(["dns", "well-known", "credit-code", "document", "key", "passkey", "certificate", "import"]),
  /** Of what: the developer, one of its domains, the agent's name or one of its keys. */
  of: z.enum(["developer", "domain", "name", "key"]),
  /** Which domain or key. */
  value: lineOf(300).optional(),
  at: z.int().nonnegative(),
  until: z.int().nonnegative().nullable(),
})
export type OwnershipProof = z.infer<typeof OwnershipProof>
