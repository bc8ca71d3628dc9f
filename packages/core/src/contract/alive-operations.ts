import { z } from "zod"
import { AgentLiveness } from "./alive.ts"
import { operation, type Operation } from "./operation.ts"
import { RegistrationRef } from "./registration.ts"

/** Which registered agents are alive, and how they run. */
export const aliveOperations = {
  "registration.alive": operation({
    method: "GET",
    path: "/v1/registrations/{registration}/alive",
    scope: "local",
    input: z.object({ registration: RegistrationRef }),
    output: AgentLiveness,
    en: "Show whether a registered agent is alive, which version of it runs, and the last figures that it gave of itself",
    zh: "显示已登记的智能体是否存活、运行的是哪个版本，以及其最近上报的指标",
    command: { name: "registration alive", positional: ["registration"] },
  }),
} as const satisfies Record<string, Operation>
