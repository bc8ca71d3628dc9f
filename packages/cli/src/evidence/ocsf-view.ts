import { encodeEntry } from "@hufu/core/evidence/encode-entry"
import type { Entry } from "@hufu/core/evidence/entry"
import type { Effect } from "@hufu/core/words"
import type { ExportedEntry } from "./csv-view.ts"
import { shownBy } from "./shown-by.ts"

const classUid = 6003
/** OCSF API Activity: 1 create, 2 read, 3 update, 4 delete, 99 other. */
const activities: Record<Effect, number> = {
  read: 2,
  compute: 99,
  write: 3,
  delete: 4,
  send: 99,
  publish: 1,
  pay: 99,
  execute: 99,
  control: 99,
  decide: 99,
}
const activityNames: Record<number, string> = { 1: "Create", 2: "Read", 3: "Update", 4: "Delete" }

/** An entry as an event of OCSF 1.8, class API Activity (6003): a view for other systems, which proves nothing by itself. */
export function ocsfView(exported: ExportedEntry, origin: string): Record<string, unknown> {
  const { index, hash, entry, openings } = exported
  const activity = "effect" in entry ? activities[entry.effect] : 99
  const status = statusOf(entry)
  const correlation = correlationOf(entry)
  const { tool, args } = shownBy(openings)
  return {
    activity_id: activity,
    activity_name: activityNames[activity] ?? wordOf(entry),
    category_name: "Application Activity",
    category_uid: 6,
    class_name: "API Activity",
    class_uid: classUid,
    type_uid: classUid * 100 + activity,
    time: entry.at,
    severity_id: isRefusal(entry) ? 2 : 1,
    ...status,
    metadata: {
      version: "1.8.0",
      product: { name: "Hufu", vendor_name: "Hufu" },
      uid: `${origin}#${index}`,
      sequence: index,
      log_name: origin,
      ...(correlation === undefined ? {} : { correlation_uid: correlation }),
    },
    actor: actorOf(entry),
    api: {
      operation: tool ?? wordOf(entry),
      ...("server" in entry ? { service: { uid: entry.server } } : {}),
      ...(args === undefined ? {} : { request: { uid: correlation ?? "", data: args } }),
    },
    src_endpoint: { name: "door" in entry ? entry.door : "node" },
    // The exact logged bytes, by which the entry is found again and proved; the hash is of RFC 6962, so it has no place of its own.
    raw_data: encodeEntry(entry),
    unmapped: { leaf_hash: hash },
  }
}

function statusOf(entry: Entry): Record<string, unknown> {
  if (entry.kind === "outcome") {
    const ids = { done: [1, "Success"], failed: [2, "Failure"], unknown: [0, "Unknown"] } as const
    const [id, name] = ids[entry.outcome]
    return {
      status_id: id,
      status: name,
      ...(entry.reason ? { status_detail: entry.reason } : {}),
      duration: entry.ms,
    }
  }
  if (isRefusal(entry)) return { status_id: 2, status: "Failure", status_detail: wordOf(entry) }
  return { status_id: 99, status: "Other", status_detail: wordOf(entry) }
}

function isRefusal(entry: Entry): boolean {
  if (entry.kind === "intent") return entry.verdict === "deny"
  return entry.kind === "approval" && (entry.decision === "refused" || entry.decision === "expired")
}

function actorOf(entry: Entry): Record<string, unknown> {
  if (entry.kind === "intent")
    return { app_uid: entry.agent, user: { uid: entry.principal }, session: { uid: entry.task } }
  if (entry.kind === "hold") return { app_uid: entry.agent, session: { uid: entry.task } }
  if (entry.kind === "outcome") return { app_name: "hufu" }
  return entry.by === undefined ? { app_name: "hufu" } : { user: { uid: entry.by } }
}

/** What entries of one action have in common. */
function correlationOf(entry: Entry): string | undefined {
  if ("action" in entry) return entry.action
  return "hold" in entry ? entry.hold : undefined
}

/** The fixed word that says most of an entry. */
function wordOf(entry: Entry): string {
  switch (entry.kind) {
    case "statement":
      return entry.fact
    case "intent":
      return `${entry.effect} ${entry.verdict}`
    case "hold":
      return "hold"
    case "approval":
      return entry.decision
    case "outcome":
      return entry.outcome
    default:
      return entry satisfies never
  }
}
