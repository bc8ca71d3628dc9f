import { z } from "zod"
import { idSchema } from "../id.ts"
import { KeySuite } from "../identity/key-suite.ts"
import { AccountBinding, CaReport, RevocationReason, RotationReason, ShownCertificate } from "./ca.ts"
import { operation, type Operation } from "./operation.ts"
import { AgentRef } from "./refs.ts"
import { list, nothing, page } from "./shapes.ts"

/** A name as certificates write it: plain letters, and a star for one level at most. */
const HostName = z
  .string()
  .max(253)
  .regex(
    /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$|^localhost$/,
  )

/** The certificate authority. */
export const caOperations = {
  "ca.show": operation({
    method: "GET",
    path: "/v1/ca",
    scope: "local",
    input: nothing,
    output: CaReport,
    en: "Show the certificate authority: its keys, and where others reach it",
    zh: "显示证书机构：其密钥，以及他人访问它的地址",
    command: { name: "ca show" },
  }),
  "ca.init": operation({
    method: "POST",
    path: "/v1/ca",
    scope: "person",
    input: z.object({
      /** What it is called in certificates. */
      name: z.string().trim().min(1).max(60).default("Hufu"),
      suite: KeySuite.default("ed25519"),
    }),
    output: CaReport,
    en: "Make the certificate authority: a root and an intermediate, once",
    zh: "建立证书机构：根与中间证书（仅一次）",
    command: { name: "ca init" },
  }),
  "ca.rotate": operation({
    method: "POST",
    path: "/v1/ca:rotate",
    scope: "person",
    input: z.object({
      role: z.enum(["root", "intermediate", "ocsp"]),
      /** After a compromise nothing that the old key signed holds any more. */
      reason: RotationReason.default("superseded"),
      /** That of the key before, by default. */
      suite: KeySuite.optional(),
    }),
    output: CaReport,
    en: "Put a new key in the place of one of the certificate authority's",
    zh: "更换证书机构的某个密钥",
    command: { name: "ca rotate", positional: ["role"] },
  }),
  "ca.account": operation({
    method: "POST",
    path: "/v1/ca/bindings",
    scope: "person",
    input: z.object({ agent: AgentRef }),
    output: AccountBinding,
    en: "Let an agent open an account with the certificate authority, once, within a day: shown once",
    zh: "允许智能体在证书机构开立账户（一次，一天内有效）；仅显示一次",
    command: { name: "ca account", positional: ["agent"] },
  }),
  "ca.issue": operation({
    method: "POST",
    path: "/v1/ca/certificates",
    scope: "person",
    input: z.object({
      agent: AgentRef,
      /** A certificate request in PEM. */
      csr: z.string().max(24_000),
      usage: z.enum(["client", "server"]).default("client"),
      days: z.coerce.number().int().min(1).max(1825).optional(),
      dns: z.array(HostName).max(20).default([]),
      ip: z
        .array(z.union([z.ipv4(), z.ipv6()]))
        .max(20)
        .default([]),
    }),
    output: z.object({ certificate: ShownCertificate, chain: z.string() }),
    en: "Issue a certificate to an agent for a request in PEM",
    zh: "按 PEM 格式的请求向智能体签发证书",
    command: { name: "ca issue", positional: ["agent"] },
  }),
  "ca.list": operation({
    method: "GET",
    path: "/v1/ca/certificates",
    scope: "local",
    input: z.object({ agent: AgentRef.optional(), ...page }),
    output: list(ShownCertificate),
    en: "List certificates, the newest first",
    zh: "列出证书，最新在前",
    command: { name: "ca list" },
  }),
  "ca.certificate": operation({
    method: "GET",
    path: "/v1/ca/certificates/{certificate}",
    scope: "local",
    input: z.object({ certificate: idSchema("certificate") }),
    output: z.object({ certificate: ShownCertificate, chain: z.string().nullable() }),
    en: "Show a certificate, with what signed it",
    zh: "显示证书及其签发链",
    command: { name: "ca certificate", positional: ["certificate"] },
  }),
  "ca.revoke": operation({
    method: "POST",
    path: "/v1/ca/certificates/{certificate}:revoke",
    scope: "local",
    input: z.object({
      certificate: idSchema("certificate"),
      reason: RevocationReason.default("unspecified"),
    }),
    output: ShownCertificate,
    en: "Revoke a certificate for good: every connection that came by it is closed at once",
    zh: "永久吊销证书：凭它建立的连接立即关闭",
    command: { name: "ca revoke", positional: ["certificate"] },
  }),
  "ca.crl": operation({
    method: "GET",
    path: "/v1/ca/crl",
    scope: "local",
    input: z.object({ authority: idSchema("authority").optional() }),
    output: z.object({
      authority: idSchema("authority"),
      number: z.int(),
      from: z.int(),
      until: z.int(),
      revoked: z.int(),
      pem: z.string(),
    }),
    en: "Show the list of revoked certificates (CRL), as it stands now",
    zh: "显示当前的证书吊销列表（CRL）",
    command: { name: "ca crl" },
  }),
  "ca.bundle": operation({
    method: "GET",
    path: "/v1/ca/bundle",
    scope: "local",
    input: nothing,
    output: z.object({ pem: z.string() }),
    en: "Show the roots that verifiers of these certificates trust",
    zh: "显示验证这些证书所信任的根",
    command: { name: "ca bundle" },
  }),
} as const satisfies Record<string, Operation>
