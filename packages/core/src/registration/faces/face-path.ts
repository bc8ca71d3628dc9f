/** Every form in which a registration can be seen. */
export const faceNames = [
  "acs",
  "agent-card",
  "server",
  "server-card",
  "ard-entry",
  "oasf",
  "gbz185",
  "did",
  "orchid",
] as const
export type FaceName = (typeof faceNames)[number]

/** Where a registry serves a face. */
export function facePath(registration: string, face: FaceName): string {
  return `/registry/${registration}/${face}.json`
}
