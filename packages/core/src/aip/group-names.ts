import { formatAic, parseAic } from "../identity/aic.ts"

/** What a group is called, at most 128 letters, digits and hyphens (ACPs 07 §7). */
export const groupIdShape = /^[a-zA-Z0-9-]{1,128}$/

/** The one virtual host in which all of it is. */
export const groupVhost = "acps"

/** The exchange through which everybody is asked for something the first time. */
export const inboxExchange = "inbox.topic"

/** What of a broker is AIP's: exchanges and queues, by the names that ACPs 07 §7 gives them. */
export type MqName =
  | { readonly is: "inbox"; readonly aic: string }
  | { readonly is: "group"; readonly leader: string; readonly groupId: string }
  | { readonly is: "seat"; readonly leader: string; readonly groupId: string; readonly member: string }

export function mqNameOf(name: MqName): string {
  if (name.is === "inbox") return `inbox_${name.aic}`
  const group = `group_${name.leader}_${name.groupId}`
  return name.is === "group" ? group : `${group}_${name.member}`
}

/** Undefined for whatever is none. A name has one spelling: codes in upper case. UNTRUSTED input. */
export function readMqName(text: string): MqName | undefined {
  if (text.length > 300) return undefined
  const [kind, first = "", second, third, ...more] = text.split("_")
  const leader = aicIn(first)
  if (leader === undefined || more.length > 0) return undefined
  if (kind === "inbox") return second === undefined ? { is: "inbox", aic: leader } : undefined
  if (kind !== "group" || second === undefined || !groupIdShape.test(second)) return undefined
  if (third === undefined) return { is: "group", leader, groupId: second }
  const member = aicIn(third)
  return member === undefined ? undefined : { is: "seat", leader, groupId: second, member }
}

function aicIn(text: string): string | undefined {
  const aic = parseAic(text)
  return aic !== undefined && formatAic(aic) === text ? text : undefined
}
