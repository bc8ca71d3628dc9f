import { isLongRun } from "../long-run.ts"

/** How a page is looked at: in which language, theme and width. */
export interface Look {
  readonly locale: "en-GB" | "zh-CN"
  readonly theme: "light" | "dark"
  readonly width: 360 | 1280
}

const every: readonly Look[] = (["zh-CN", "en-GB"] as const).flatMap((locale) =>
  (["dark", "light"] as const).flatMap((theme) =>
    ([360, 1280] as const).map((width) => ({ locale, theme, width })),
  ),
)

/** Every look with `npm run long`; among the other tests, which are to end soon, the one that fails first. */
export const looks = isLongRun ? every : every.slice(0, 1)
