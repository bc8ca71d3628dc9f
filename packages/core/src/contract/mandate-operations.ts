import { z } from "zod"
import { idSchema } from "../id.ts"
import { MandatePart } from "../mandate/mandate-part.ts"
import { Mandate, MandateDraft } from "../mandate/mandate.ts"
import { Ed25519Jwk } from "../token/ed25519-jwk.ts"
import { operation, type Operation } from "./operation.ts"
import { MandateToken, RevokedMandate } from "./passing.ts"
import { AgentRef } from "./refs.ts"
import { list } from "./shapes.ts"

/** Granting mandates, narrowing them and passing them on. */
export const mandateOperations = {
  "mandate.grant": operation({
    method: "POST",
    path: "/v1/mandates",
    scope: "person",
    input: z.object({ agent: AgentRef, mandate: MandateDraft }),
    output: Mandate,
    en: "Grant a mandate to an agent",
    zh: "向智能体授予授权",
    command: { name: "mandate grant", positional: ["agent"] },
  }),
  "mandate.list": operation({
    method: "GET",
    path: "/v1/mandates",
    scope: "local",
    input: z.object({ agent: AgentRef.optional() }),
    output: list(Mandate),
    en: "List live mandates",
    zh: "列出有效授权",
    command: { name: "mandate list" },
  }),
  "mandate.narrow": operation({
    method: "POST",
    path: "/v1/mandates/{mandate}:narrow",
    scope: "local",
    input: z.object({ mandate: idSchema("mandate"), to: MandateDraft }),
    output: Mandate,
    en: "Narrow a mandate, at once; anything wider is refused with the difference",
    zh: "立即收窄授权；任何放宽都会被拒绝并说明差异",
    command: { name: "mandate narrow", positional: ["mandate"] },
  }),
  "mandate.revoke": operation({
    method: "POST",
    path: "/v1/mandates/{mandate}:revoke",
    scope: "local",
    input: z.object({ mandate: idSchema("mandate") }),
    output: RevokedMandate,
    en: "Revoke a mandate and everything that was passed on from it, at once",
    zh: "立即撤销授权及由其转授的一切",
    command: { name: "mandate revoke", positional: ["mandate"] },
  }),
  "mandate.pass": operation({
    method: "POST",
    path: "/v1/mandates/{mandate}:pass",
    scope: "agent",
    input: z.object({
      mandate: idSchema("mandate"),
      to: AgentRef,
      /** A live task of that agent; its task of this moment when it is left out. */
      task: idSchema("task").optional(),
      part: MandatePart,
    }),
    output: Mandate,
    en: "Pass a part of a mandate on to another agent, for one task; anything wider is refused with the difference",
    zh: "将授权的一部分转授另一智能体用于一项任务；任何放宽都会被拒绝并说明差异",
    command: { name: "mandate pass", positional: ["mandate", "to"] },
  }),
  "mandate.token": operation({
    method: "POST",
    path: "/v1/mandates/{mandate}:token",
    scope: "agent",
    input: z.object({
      mandate: idSchema("mandate"),
      /** Whose signature has to go with each call. */
      key: Ed25519Jwk,
    }),
    output: MandateToken,
    en: "Sign a mandate as a token that others verify without this node, for the holder of a key",
    zh: "将授权签发为他人无须询问本节点即可验证的令牌，供某密钥的持有者使用",
  }),
} as const satisfies Record<string, Operation>
