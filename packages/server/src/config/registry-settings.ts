import { z } from "zod"
import { means } from "./means.ts"

/** This node as a registrar of agents. */
export const RegistrySettings = z
  .strictObject({
    registrar: z
      .string()
      .regex(/^[0-9A-Z]{1,6}$/)
      .refine((number) => !/^0+$/.test(number), { message: "is a number of the registrar, not 0" })
      .default("ZZZZZZ")
      .meta(
        means(
          "the number of this registrar (ARSP), which stands in every identity code that it issues; the default is for trials, until the registration centre has given one",
          "本注册服务商（ARSP）的编号，写入其签发的每个身份码；默认值仅供试用，直至注册中心分配编号",
        ),
      ),
  })
  .prefault({})
