import type { JsonObject } from "@hufu/core/json/json-value"
import type { ArgumentRole, ToolProfile } from "@hufu/core/profile/profile"
import type { Target } from "../ground/ground.ts"
import { isMetadataHost } from "../ground/metadata-hosts.ts"
import { argumentTexts } from "../provenance/argument-texts.ts"
import type { Detector } from "./detector.ts"
import { addDetections, type ContentSignal, ordered } from "./content-signals.ts"
import { hiddenCharacters } from "./hidden-characters.ts"
import { inspect } from "./inspect.ts"
import { personalChina } from "./personal/personal-china.ts"
import { personalInternational } from "./personal/personal-international.ts"
import { secrets } from "./secrets/secrets.ts"

/** A call that changes something, as far as its arguments are looked at. */
export interface InspectedCall {
  readonly profile: ToolProfile
  readonly arguments: JsonObject
  readonly targets: readonly Target[]
}

/** The call waits for this, so no more than this is looked at; what is longer is told as `unread`. */
const mostRead = 16_384
const places: ReadonlySet<ArgumentRole> = new Set(["target", "recipient", "account", "path", "url", "host"])
const measures: ReadonlySet<ArgumentRole> = new Set(["amount", "currency"])

const unusual = /[^\n\r\t\x20-\x7e]/
/** No number and no address that is looked for is shorter. */
const maybePersonal = /\d[\d ().-]{3,12}\d|@/g
/** What a number is called stands near it. */
const near = 48
/** In what names a file or a machine these do nothing but end or begin a command, or an option. */
const forShell = /[`\n\r\0;|<>]|\$[({]|&&|^-/

/**
 * What detectors notice in the arguments of a call. UNTRUSTED: the agent wrote them. Personal numbers are looked for in what is carried
 * alone: whom it reaches is itself a number or an address.
 */
export function argumentSignals({
  profile,
  arguments: args,
  targets,
}: InspectedCall): readonly ContentSignal[] {
  const { texts, isWhole } = argumentTexts(profile, args)
  const found = new Set<ContentSignal>()
  let left = mostRead
  const take = (value: string) => {
    const taken = value.length > left ? value.slice(0, left) : value
    left -= taken.length
    if (taken.length < value.length) found.add("unread")
    return taken
  }
  const carried: string[] = []
  const aims: string[] = []
  for (const { argument, value, roles } of texts) {
    const isAim = roles.some((role) => places.has(role))
    if (!roles.some((role) => measures.has(role))) (isAim ? aims : carried).push(take(value))
    if (!plainPointer.test(argument)) carried.push(take(argument))
    if ((roles.includes("path") || roles.includes("host")) && forShell.test(value))
      found.add("shell_characters")
  }
  if (!isWhole) found.add("unread")
  if (targets.some(({ host }) => host !== undefined && isMetadataHost(host))) found.add("metadata_address")
  const look = (text: string, detectors: readonly Detector[]) => {
    const { detections, isComplete } = inspect(text, { detectors })
    addDetections(found, detections)
    if (!isComplete) found.add("unread")
    return detections.length > 0
  }
  const [content, aim] = [carried.join("\n"), aims.join("\n")]
  if (unusual.test(aim) && look(aim, [hiddenCharacters])) found.add("disguised_target")
  if (unusual.test(content)) look(content, [hiddenCharacters])
  if (content.length + aim.length >= shortestSecret) look(`${content}\n${aim}`, [secrets])
  const numbers = around(content, maybePersonal)
  if (numbers !== "") look(numbers, [personalChina, personalInternational])
  return ordered(found)
}

/** The parts of a text in which a pattern is found, with what stands near: most texts have few. */
function around(text: string, pattern: RegExp): string {
  let found = ""
  let end = 0
  for (const { index, 0: match } of text.matchAll(pattern)) {
    const start = Math.max(end, index - near)
    if (start > end) found += "\n"
    end = Math.max(end, index + match.length + near)
    found += text.slice(start, end)
  }
  return found
}

const shortestSecret = 8
const plainPointer = /^[\w/-]{0,128}$/
