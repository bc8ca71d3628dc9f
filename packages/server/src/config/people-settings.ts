import { ProtectionRecord, UnknownAge } from "@hufu/core/contract/protection"
import { z } from "zod"
import { means } from "./means.ts"

/** How persons are treated of whom little is said. */
export const PeopleSettings = z
  .strictObject({
    unknownAge: UnknownAge.default("minor").meta(
      means(
        "as whom rules take a person whose age nobody has said: a minor of 14, an adult, or nobody whom agents serve (`refuse`)",
        "规则如何看待无人说明年龄的人：视为 14 岁的未成年人（`minor`）、成年人（`adult`），或不予服务（`refuse`）",
      ),
    ),
    zone: ProtectionRecord.shape.zone
      .optional()
      .meta(
        means(
          "time zone of persons of whom nobody has said another; this machine's if left out",
          "未另行说明者所在的时区；未设则取本机时区",
        ),
      ),
    breakMinutes: z
      .int()
      .min(1)
      .max(240)
      .default(5)
      .meta(
        means(
          "a silence longer than this ends a stretch of use, and counts as so much use at most; our own figure, without a source",
          "静默超过此时长即结束一段连续使用，且最多按此时长计入使用；此数字为我们自定，没有出处",
        ),
      ),
  })
  .prefault({})
