import { z } from "zod"
import { idSchema } from "../id.ts"
import { ChallengeKey, KeyChallenge, ProveKey } from "./credential-about.ts"
import { AllowConsent, ConsentEnd, ConsentRecord, ConsentRef, RegisterClient } from "./oauth.ts"
import { operation, type Operation } from "./operation.ts"
import { CredentialRecord } from "./records.ts"
import { AgentRef } from "./refs.ts"

/** What lets agents in, and the consents by which OAuth clients get it. */
export const credentialOperations = {
  "credential.issue": operation({
    method: "POST",
    path: "/v1/agents/{agent}/credentials",
    scope: "person",
    input: z.object({
      agent: AgentRef,
      kind: z.enum(["agent", "hook"]).default("agent"),
      days: z.coerce.number().int().min(1).max(3650).default(90),
    }),
    output: z.object({ credential: z.string(), record: CredentialRecord }),
    en: "Issue a credential and show it once",
    zh: "签发凭证并仅显示一次",
    command: { name: "credential issue", positional: ["agent"] },
  }),
  "credential.challenge": operation({
    method: "POST",
    path: "/v1/agents/{agent}/credentials:challenge",
    scope: "local",
    input: ChallengeKey,
    output: KeyChallenge,
    en: "Ask for what an agent's own key has to sign, so that its signed requests count",
    zh: "获取须由智能体自身密钥签署的内容，使其签名请求得到采信",
    command: { name: "credential challenge", positional: ["agent"] },
  }),
  "credential.prove": operation({
    method: "POST",
    path: "/v1/agents/{agent}/credentials:prove",
    scope: "person",
    input: ProveKey,
    output: CredentialRecord,
    en: "Let an agent in by requests that its own key signs, once that key has signed the challenge",
    zh: "在智能体自身的密钥签署质询后，允许其凭该密钥签名的请求进入",
    command: { name: "credential prove", positional: ["agent"] },
  }),
  "credential.client": operation({
    method: "POST",
    path: "/v1/agents/{agent}/credentials:client",
    scope: "person",
    input: RegisterClient,
    output: z.object({ client: z.string(), secret: z.string(), record: CredentialRecord }),
    en: "Make an OAuth client that acts as an agent by its own credentials, and show its secret once",
    zh: "创建以自身凭据代表智能体行动的 OAuth 客户端，密钥仅显示一次",
    command: { name: "credential client", positional: ["agent"] },
  }),
  "consent.show": operation({
    method: "GET",
    path: "/v1/consents/{consent}",
    scope: "local",
    input: z.object({ consent: ConsentRef }),
    output: ConsentRecord,
    en: "Show which OAuth client asks to be let in, and for what",
    zh: "显示请求进入的 OAuth 客户端及其所求",
  }),
  "consent.allow": operation({
    method: "POST",
    path: "/v1/consents/{consent}:allow",
    scope: "person",
    input: AllowConsent,
    output: ConsentEnd,
    en: "Let an OAuth client in as an agent",
    zh: "允许 OAuth 客户端以某智能体的身份进入",
  }),
  "consent.refuse": operation({
    method: "POST",
    path: "/v1/consents/{consent}:refuse",
    scope: "local",
    input: z.object({ consent: ConsentRef }),
    output: ConsentEnd,
    en: "Refuse an OAuth client",
    zh: "拒绝 OAuth 客户端",
  }),
  "credential.revoke": operation({
    method: "POST",
    path: "/v1/credentials/{credential}:revoke",
    scope: "local",
    input: z.object({ credential: idSchema("credential") }),
    output: CredentialRecord,
    en: "Revoke a credential",
    zh: "吊销凭证",
    command: { name: "credential revoke", positional: ["credential"] },
  }),
} as const satisfies Record<string, Operation>
