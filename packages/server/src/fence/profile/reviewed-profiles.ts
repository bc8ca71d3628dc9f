import { readFileSync, readdirSync } from "node:fs"
import { z } from "zod"
import { ToolProfile } from "@hufu/core/profile/profile"

/** One tool as we reviewed it, with every definition by which the package has announced it; the rest is its profile. */
const ReviewedTool = z.looseObject({
  definitions: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .min(1)
    .max(16),
})

/** One file of `reviewed/`: a published package, the versions whose code was read, and its tools. */
const ReviewedPackage = z.strictObject({
  package: z.string().min(1).max(214),
  versions: z.array(z.string()).min(1),
  tools: z.array(ReviewedTool).min(1).max(256),
})

/** Looks up what we reviewed: by package and digest, never by what a server says of itself. */
export interface ReviewedProfiles {
  find(reviewed: { package: string | undefined; definition: string }): ToolProfile | undefined
  readonly size: number
}

let loaded: ReviewedProfiles | undefined

/** The reviewed profiles that come with Hufu, read once. Throws when a file of ours is broken. */
export function loadReviewed(): ReviewedProfiles {
  loaded ??= readReviewed(new URL("reviewed/", import.meta.url))
  return loaded
}

/** Reads a folder of reviewed profiles. */
export function readReviewed(folder: URL): ReviewedProfiles {
  const profiles = new Map<string, ToolProfile>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const content: unknown = JSON.parse(readFileSync(new URL(file, folder), "utf8"))
    const reviewed = ReviewedPackage.parse(content)
    for (const { definitions, ...tool } of reviewed.tools) {
      for (const definition of definitions) {
        const profile = ToolProfile.parse({ ...tool, definition, source: "reviewed", confirmed: false })
        profiles.set(`${reviewed.package} ${definition}`, profile)
      }
    }
  }
  return {
    size: profiles.size,
    // INVARIANT: a definition is words that anyone can copy. A review is of code, so it holds for the package alone.
    find: (wanted) =>
      wanted.package === undefined ? undefined : profiles.get(`${wanted.package} ${wanted.definition}`),
  }
}
