import { z } from "zod"
import { isWitness } from "../witness/is-witness.ts"
import { means } from "./means.ts"

/** The witnesses that are asked to cosign checkpoints. */
export const WitnessSettings = z
  .array(
    z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/ })
          .max(2000)
          .meta(means("where the witness is", "见证方的地址")),
        keys: z
          .array(z.string().max(2_048))
          .min(1)
          .max(4)
          .meta(means("its verifier keys, all under one name", "见证方的联署公钥，同属一个名称")),
      })
      .refine(isWitness, { message: "has to be the cosignature keys of one witness, under one name" }),
  )
  .max(16)
  .default([])
  .meta(
    means(
      "witnesses that are asked to cosign every checkpoint; they see sizes and roots, and no entry",
      "为每个检查点联署的见证方；它们只看到规模与根，看不到条目",
    ),
  )
