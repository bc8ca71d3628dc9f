import { trialRegistrar } from "@hufu/core/identity/aic"
import { z } from "zod"
import { means } from "./means.ts"

/** This node as a registrar of agents. */
export const RegistrySettings = z
  .strictObject({
    registrar: z
      .string()
      .regex(/^[0-9A-Z]{1,6}$/)
      .refine((number) => !/^0+$/.test(number), { message: "is a number of the registrar, not 0" })
      .default(trialRegistrar)
      .meta(
        means(
          "the number that the registration centre gave to this registrar (ARSP), which stands in every identity code that this node issues, to registrations and to its own agents; without one they are trial codes under `ZZZZZZ`, and are said to be",
          "注册中心分配给本注册服务商（ARSP）的编号，写入本节点为登记及自身智能体签发的每个身份码；未获分配时签发的是 `ZZZZZZ` 名下的试用码，并如实注明",
        ),
      ),
    share: z
      .boolean()
      .default(false)
      .meta(
        means(
          "whether other registries may mirror what is approved here (DSP, at /acps-dsp-v2/); they also see the statements of the ledger about it, and its checkpoints",
          "其他登记平台可否镜像在此批准的登记（DSP，位于 /acps-dsp-v2/）；对方也会看到账本中与之有关的陈述及检查点",
        ),
      ),
    sequence: z
      .enum(["string", "number"])
      .default("string")
      .meta(
        means(
          "how places in the changes are written: as texts, as the specification has it, or as numbers, as the reference server does",
          "变更序号的写法：字符串（规范）或数字（参考实现）",
        ),
      ),
  })
  .prefault({})
