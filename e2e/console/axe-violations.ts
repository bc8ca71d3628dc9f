import { AxeBuilder } from "@axe-core/playwright"
import type { Page } from "playwright-core"

type Violations = Awaited<ReturnType<AxeBuilder["analyze"]>>["violations"]

/**
 * What a page breaks of the rules of accessibility. It is looked at where it stands: the console has no frames, so that nothing has to
 * be gathered in a window of its own, which takes longer than the rules do.
 */
export async function axeViolations(page: Page): Promise<Violations> {
  if (page.frames().length > 1) throw new Error("a page with frames has to be looked at frame by frame")
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] })
  return (await axe.analyze()).violations
}
