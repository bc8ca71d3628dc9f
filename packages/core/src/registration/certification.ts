import { z } from "zod"
import { DateOnly, lineOf, WebUrl } from "./registration-text.ts"

/** A filing, a test or a certificate that the developer names. What a registry itself found stands beside it. */
export const Certification = z.strictObject({
  /** 备案, 检测, 认证, 许可. */
  kind: z.enum(["filing", "test", "certificate", "licence"]),
  /** By which standard, law or scheme. */
  scheme: lineOf(200),
  number: lineOf(200).optional(),
  issuer: lineOf(200).optional(),
  url: WebUrl.optional(),
  issued: DateOnly.optional(),
  expires: DateOnly.optional(),
})
export type Certification = z.infer<typeof Certification>

/** 分级: how strictly an agent is governed, from the least to the most. */
export const grades = ["R1", "R2", "R3", "R4"] as const
export const Grade = z.enum(grades)
export type Grade = z.infer<typeof Grade>
