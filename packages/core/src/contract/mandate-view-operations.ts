import { z } from "zod"
import { idSchema } from "../id.ts"
import { Mandate, MandateDraft } from "../mandate/mandate.ts"
import { VerdictKind } from "../words.ts"
import { operation, type Operation } from "./operation.ts"
import { Chain, HeldMandate } from "./passing.ts"
import { ActionRecord } from "./records.ts"
import { AgentRef } from "./refs.ts"
import { list, page } from "./shapes.ts"

/** What can be seen of mandates: who holds them, whence, and what they allow. */
export const mandateViewOperations = {
  "mandate.held": operation({
    method: "GET",
    path: "/v1/mandates:held",
    scope: "agent",
    input: z.object({ agent: AgentRef.optional() }),
    output: list(HeldMandate),
    en: "Show an agent the mandates that it holds for its task of this moment",
    zh: "向智能体显示其当前任务所持的授权",
  }),
  "mandate.chain": operation({
    method: "GET",
    path: "/v1/mandates/{mandate}:chain",
    scope: "local",
    input: z.object({ mandate: idSchema("mandate") }),
    output: Chain,
    en: "Show who passed what of a mandate on to whom, and what of it holds",
    zh: "显示授权由谁转授给谁，以及其中哪些有效",
    command: { name: "mandate chain", positional: ["mandate"] },
  }),
  "mandate.explain": operation({
    method: "GET",
    path: "/v1/mandates/{mandate}:explain",
    scope: "local",
    input: z.object({ mandate: idSchema("mandate") }),
    output: z.object({
      mandate: Mandate,
      en: z.array(z.string()),
      zh: z.array(z.string()),
      spent: z.array(z.object({ grant: z.int(), count: z.int(), amount: z.int() })),
    }),
    en: "Say in plain sentences what a mandate allows and what is spent",
    zh: "用平实的语言说明授权内容与已用额度",
    command: { name: "mandate explain", positional: ["mandate"] },
  }),
  "mandate.preview": operation({
    method: "POST",
    path: "/v1/mandates:preview",
    scope: "local",
    input: z.object({ agent: AgentRef, mandate: MandateDraft, ...page }),
    output: z.object({
      en: z.array(z.string()),
      zh: z.array(z.string()),
      /** Past actions of the agent, newest first, and what this mandate alone would have said of each. */
      items: z.array(z.object({ action: ActionRecord, would: VerdictKind })),
      /** Past actions whose arguments are not kept any more. */
      erased: z.int(),
    }),
    en: "Say what a draft mandate would allow, and of which past actions",
    zh: "说明授权草稿将允许什么，以及会涵盖哪些过往行为",
  }),
} as const satisfies Record<string, Operation>
