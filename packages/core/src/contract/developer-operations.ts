import { z } from "zod"
import { idSchema } from "../id.ts"
import { DomainName, lineOf } from "../registration/registration-text.ts"
import { KeyChallenge } from "./credential-about.ts"
import {
  DeveloperDocument,
  DomainToProve,
  maxDocumentBytes,
  SaidOfDeveloper,
  ShownDeveloper,
} from "./developer.ts"
import { Digest } from "./digest.ts"
import { operation, type Operation } from "./operation.ts"
import { ListedRegistration, RegistrationRef, ShownRegistration } from "./registration.ts"
import { list } from "./shapes.ts"

const At = z.int().nonnegative()
const DeveloperRef = idSchema("developer")
const nothing = z.object({})

/** Developers, what of them is verified, and how organisations sign in. */
export const developerOperations = {
  "developer.list": operation({
    method: "GET",
    path: "/v1/developers",
    scope: "local",
    input: nothing,
    output: list(ShownDeveloper),
    en: "List the developers, with what of each was verified, how, and what waits for review",
    zh: "列出开发者，及各自已核验的内容、核验方式与待审材料",
    command: { name: "developer list" },
  }),
  "developer.me": operation({
    method: "GET",
    path: "/v1/developers:me",
    scope: "developer",
    input: nothing,
    output: z.object({ developer: ShownDeveloper.nullable(), registrations: z.array(ListedRegistration) }),
    en: "Show who you are as a developer, and your first 100 registrations",
    zh: "显示您的开发者身份，及您的前 100 份登记",
    command: { name: "developer me" },
  }),
  "developer.registration": operation({
    method: "GET",
    path: "/v1/developers:me/registrations/{registration}",
    scope: "developer",
    input: z.object({ registration: RegistrationRef }),
    output: ShownRegistration,
    en: "Show one of your own registrations, with what is under way of it",
    zh: "显示您自己的一份登记及其办理情况",
    command: { name: "developer registration", positional: ["registration"] },
  }),
  "developer.retire": operation({
    method: "POST",
    path: "/v1/developers:me/registrations/{registration}:retire",
    scope: "developer",
    input: z.object({ registration: RegistrationRef }),
    output: ShownRegistration,
    en: "Take one of your own registrations out of service for good; its name stays taken",
    zh: "永久停用您自己的一份登记；其名称仍被占用",
    command: { name: "developer retire", positional: ["registration"] },
  }),
  "developer.register": operation({
    method: "PUT",
    path: "/v1/developers:me",
    scope: "developer",
    input: SaidOfDeveloper,
    output: ShownDeveloper,
    en: "Say who you are as a developer, or say it anew; what was verified of what changes counts no more",
    zh: "声明您的开发者身份或重新声明；内容变更后，原先对其所作的核验即失效",
    command: { name: "developer register", positional: ["kind", "name"] },
  }),
  "developer.domain": operation({
    method: "POST",
    path: "/v1/developers:domain",
    scope: "developer",
    input: z.object({ domain: DomainName, days: z.coerce.number().int().min(1).max(90).default(90) }),
    output: DomainToProve,
    en: "Say what your key has to sign, and where the signature has to stand, so that a domain counts as yours",
    zh: "给出为证明域名归属须由您的密钥签名的内容，以及签名应存放之处",
    command: { name: "developer domain", positional: ["domain"] },
  }),
  "developer.prove": operation({
    method: "POST",
    path: "/v1/developers:prove",
    scope: "developer",
    input: z.object({ domain: DomainName, how: z.enum(["dns", "well-known"]) }),
    output: ShownDeveloper,
    en: "Look up what stands in a domain's TXT record or file now; where your key signed it, the domain counts as yours for at most 90 days",
    zh: "立即查询域名的 TXT 记录或文件；若确由您的密钥签名，该域名在至多 90 天内视为归您所有",
    command: { name: "developer prove", positional: ["domain", "how"] },
  }),
  "developer.document": operation({
    method: "POST",
    path: "/v1/developers:document",
    scope: "developer",
    input: z.object({
      name: lineOf(200),
      mediaType: DeveloperDocument.shape.mediaType,
      content: z
        .base64()
        .min(4)
        .max(Math.ceil(maxDocumentBytes / 3) * 4),
    }),
    output: ShownDeveloper,
    en: "Send a document that shows who you are, for staff to review; it is sealed in the vault",
    zh: "提交证明您身份的材料供工作人员审核；材料密封保存于保险库",
  }),
  "developer.file": operation({
    method: "GET",
    path: "/v1/developers/{developer}/documents/{document}",
    scope: "person",
    input: z.object({ developer: DeveloperRef, document: Digest }),
    output: z.object({ document: DeveloperDocument, content: z.base64() }),
    en: "Read a document that a developer sent",
    zh: "读取开发者提交的材料",
  }),
  "developer.review": operation({
    method: "POST",
    path: "/v1/developers/{developer}/documents/{document}:review",
    scope: "person",
    input: z.object({
      developer: DeveloperRef,
      document: Digest,
      accept: z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]),
      reason: z.string().max(2000).default(""),
      days: z.coerce.number().int().min(1).max(1825).default(365),
    }),
    output: ShownDeveloper,
    en: "Accept a document, so that the developer's name and credit code count as verified for a time, or reject it",
    zh: "接受材料，使开发者的名称与统一社会信用代码在一段时间内视为已核验；或驳回材料",
    command: { name: "developer review", positional: ["developer", "document", "accept"] },
  }),
  "developer.remove": operation({
    method: "POST",
    path: "/v1/developers/{developer}:remove",
    scope: "local",
    input: z.object({ developer: DeveloperRef }),
    output: ShownDeveloper,
    en: "Take a developer out: their sign-in ends and nothing of them counts as verified; their registrations stay",
    zh: "移除开发者：其登录立即结束，核验全部失效；其登记保留",
    command: { name: "developer remove", positional: ["developer"] },
  }),
  "registration.challenge": operation({
    method: "POST",
    path: "/v1/registrations/{registration}/keys/{key}:challenge",
    scope: "developer",
    input: z.object({ registration: RegistrationRef, key: z.string().min(1).max(64) }),
    output: KeyChallenge,
    en: "Say what a key that a registration names has to sign, so that it counts as held by its agent",
    zh: "给出登记所列密钥须签名的内容，以证明由其智能体持有",
    command: { name: "registration challenge", positional: ["registration", "key"] },
  }),
  "registration.prove": operation({
    method: "POST",
    path: "/v1/registrations/{registration}/keys/{key}:prove",
    scope: "developer",
    input: z.object({
      registration: RegistrationRef,
      key: z.string().min(1).max(64),
      challenge: z.string().max(200),
      /** Of Ed25519, of P-256 (its two numbers, or DER) or of RSA with SHA-256, in Base64 (RFC 4648 §5, without padding). */
      signature: z.string().regex(/^[A-Za-z0-9_-]{86,683}$/),
    }),
    output: ShownRegistration,
    en: "Show that the agent holds a key that its registration names, by a signature of the challenge",
    zh: "以对挑战的签名证明智能体持有登记所列的密钥",
    command: { name: "registration prove", positional: ["registration", "key"] },
  }),
  "organisation.issuers": operation({
    method: "GET",
    path: "/v1/organisations:issuers",
    scope: "public",
    input: nothing,
    output: list(z.object({ issuer: z.string(), name: z.string() })),
    en: "List where organisations can sign in (OpenID Connect)",
    zh: "列出机构可用的登录方（OpenID Connect）",
    command: { name: "organisation issuers" },
  }),
  "organisation.begin": operation({
    method: "POST",
    path: "/v1/organisations:begin",
    scope: "public",
    input: z.object({ issuer: z.url().max(2000) }),
    output: z.object({
      /** Where the organisation's own sign-in is. */
      url: z.string(),
      /** Kept by whoever began, and sent back with the answer. */
      binding: z.string(),
      expiresAt: At,
    }),
    en: "Begin the sign-in of an organisation at its own issuer",
    zh: "开始机构在其自有登录方的登录",
  }),
  "organisation.finish": operation({
    method: "POST",
    path: "/v1/organisations:finish",
    scope: "public",
    input: z.object({
      binding: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
      /** The whole address to which the issuer led back. */
      address: z.url().max(8000),
    }),
    output: z.object({ token: z.string(), expiresAt: At, developer: ShownDeveloper }),
    en: "Finish it: the token is good for an hour, for the organisation's own registrations and nothing else",
    zh: "完成登录：令牌一小时内有效，仅能管理该机构自己的登记",
  }),
  "organisation.end": operation({
    method: "POST",
    path: "/v1/organisations:end",
    scope: "developer",
    input: nothing,
    output: z.object({ ended: z.boolean() }),
    en: "Sign an organisation out",
    zh: "机构退出登录",
  }),
} as const satisfies Record<string, Operation>
