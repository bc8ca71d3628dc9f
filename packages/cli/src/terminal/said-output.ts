import type { OperationId, Output } from "@hufu/core/contract/contract"
import type { ActionRecord, StopReport } from "@hufu/core/contract/records"
import { sayTime } from "@hufu/core/mandate/say"
import type { Language } from "@hufu/core/words"
import {
  cancelledLines,
  delegationLines,
  shownDelegationLines,
  traceLines,
} from "../delegation/delegation-lines.ts"
import { placeLines, templateLines } from "../place/place-lines.ts"
import { packLines, protectionLines, removedLines } from "../protection/protection-lines.ts"
import { caLines } from "../ca/ca-lines.ts"
import { foundLines, publicLines, shownLines } from "../registration/registration-lines.ts"
import { asCalled } from "./called-as.ts"
import { oneLine } from "./one-line.ts"
import { table } from "./table.ts"

type Said = { readonly [Id in OperationId]?: (output: Output<Id>, language: Language) => string[] }

/** Outputs that are sentences, or a table of their own, to a person. */
const said: Said = {
  "stop.declare": (report, language) =>
    language === "zh"
      ? [
          "所有智能体均已停止。",
          ...stopInChinese(report),
          asCalled("解除停止（须输入口令）：`hufu stop --lift`"),
        ]
      : [
          "Every agent is stopped.",
          ...stopInEnglish(report),
          asCalled("To let them act again, with your secret: `hufu stop --lift`"),
        ],
  "stop.lift": (_output, language) => [
    language === "zh"
      ? "停止已解除：智能体可在其授权内继续行动。"
      : "The stop is lifted: agents may act again within their mandates.",
  ],
  "agent.suspend": (report, language) =>
    language === "zh"
      ? ["该智能体已被暂停。", ...stopInChinese(report)]
      : ["The agent is suspended.", ...stopInEnglish(report)],
  "agent.revoke": (report, language) =>
    language === "zh"
      ? ["该智能体已永久停用。", ...stopInChinese(report)]
      : ["The agent is out of service for good.", ...stopInEnglish(report)],
  "agent.resume": ({ name, id }, language) => [
    language === "zh"
      ? `智能体 ${name}（${id}）已恢复，可在其授权内行动。`
      : `The agent ${name} (${id}) may act again within its mandates.`,
  ],
  "hold.refuse": ({ tool, server, agentName, action }, language) => [
    language === "zh"
      ? asCalled(
          `已拒绝 ${agentName} 使用 ${server} 的 ${oneLine(tool)}，智能体会读到您的理由。详情：\`hufu why ${action}\``,
        )
      : asCalled(
          `Refused: ${agentName} may not use ${oneLine(tool)} of ${server}, and reads your reason. More: \`hufu why ${action}\``,
        ),
  ],
  "action.list": actionLines,
  "delegation.list": delegationLines,
  "delegation.show": shownDelegationLines,
  "delegation.trace": traceLines,
  "delegation.cancel": cancelledLines,
  // Texts that other programs read, as they are.
  "ca.bundle": ({ pem }) => pemLines(pem),
  "ca.crl": ({ pem }) => pemLines(pem),
  "ca.issue": ({ chain }) => pemLines(chain),
  "ca.show": caLines,
  "ca.init": caLines,
  "ca.rotate": caLines,
  "registry.search": foundLines,
  "registry.show": publicLines,
  "registration.show": shownLines,
  "registration.claim": shownLines,
  "registration.change": shownLines,
  "registration.submit": shownLines,
  "registration.withdraw": shownLines,
  "registration.approve": shownLines,
  "registration.reject": shownLines,
  "registration.disable": shownLines,
  "registration.enable": shownLines,
  "registration.retire": shownLines,
  "registration.offer": shownLines,
  "registration.accept": shownLines,
  "place.add": placeLines,
  "place.list": placeLines,
  "place.templates": templateLines,
  "protection.list": protectionLines,
  "protection.set": (person, language) => protectionLines({ items: [person] }, language),
  "protection.remove": removedLines,
  "pack.list": packLines,
}

function pemLines(pem: string): string[] {
  return pem.trimEnd().split("\n")
}

/** The sentences of an operation's output; undefined where its members are shown instead. */
export function saidOutput(id: OperationId, output: unknown, language: Language): string[] | undefined {
  // The output is that of this very operation; the union of all of them cannot say so.
  const say = said[id] as ((output: unknown, language: Language) => string[]) | undefined
  return say?.(output, language)
}

/** What a person is told before the members of an output. */
export function saidBefore(id: OperationId, output: unknown, language: Language): string[] {
  // The output is that of this very operation.
  return id === "node.status" ? lifetimeLines(output as Output<"node.status">, language) : []
}

const starters = {
  en: { serve: "`hufu serve` started", guard: "A guard started", command: "A command started" },
  zh: { serve: "由 `hufu serve` 启动", guard: "由守卫启动", command: "由命令启动" },
} as const

/** Of a node that goes by itself: who started it, and when it goes. */
function lifetimeLines({ idleExit, startedBy }: Output<"node.status">, language: Language): string[] {
  if (idleExit === null) return []
  const { afterSeconds, endsAt } = idleExit
  const by = starters[language][startedBy]
  if (language === "zh")
    return [
      asCalled(
        `本节点${by}，最后一个连接断开 ${afterSeconds} 秒后自行结束${endsAt === null ? "；现有连接，不会结束" : `：若无连接，将于 ${sayTime(endsAt)} 结束`}。`,
      ),
    ]
  return [
    asCalled(
      `${by} this node; it ends by itself ${afterSeconds} seconds after its last connection${endsAt === null ? ", and somebody is connected now" : `: at ${sayTime(endsAt)} if nobody comes`}.`,
    ),
  ]
}

function stopInEnglish({ doors, tookMs, cancelledHolds, inFlight }: StopReport): string[] {
  return [
    doors.length === 0
      ? "Nobody was connected."
      : `Connections that were closed: ${doors.length}, all within ${Math.ceil(tookMs)} ms.`,
    ...(cancelledHolds.length > 0
      ? [`Waiting actions that were cancelled: ${cancelledHolds.join(", ")}`]
      : []),
    ...(inFlight.length > 0
      ? [
          "Calls that had left before, of which you have to look whether they took effect:",
          ...calls(inFlight),
        ]
      : []),
  ]
}

function stopInChinese({ doors, tookMs, cancelledHolds, inFlight }: StopReport): string[] {
  return [
    doors.length === 0
      ? "当时没有连接。"
      : `已关闭 ${doors.length} 个连接，用时不超过 ${Math.ceil(tookMs)} 毫秒。`,
    ...(cancelledHolds.length > 0 ? [`已取消的待批行为：${cancelledHolds.join("、")}`] : []),
    ...(inFlight.length > 0 ? ["此前已发出、须核实是否生效的调用：", ...calls(inFlight)] : []),
  ]
}

function calls(inFlight: StopReport["inFlight"]): string[] {
  return inFlight.map(
    ({ action, server, tool, effect }) => `  ${action}  ${server}/${oneLine(tool)}  ${effect}`,
  )
}

const listTexts = {
  en: {
    none: "Nothing to show.",
    head: ["ACTION", "AT", "AGENT", "TOOL", "EFFECT", "WHAT BECAME OF IT"],
    older: (next: number) => `Older ones: \`hufu action list --before ${next}\``,
    waiting: "waits for you",
    approved: "approved, not fetched yet",
    refused: "refused",
    expired: "nobody approved it in time",
    cancelled: "the request was cancelled",
    deny: "denied",
    done: "done",
    failed: "failed",
    unknown: "outcome unknown",
    open: "under way",
    afterApproval: " (after an approval)",
  },
  zh: {
    none: "没有内容。",
    head: ["行为", "时间", "智能体", "工具", "行为类别", "结果"],
    older: (next: number) => `更早的：\`hufu action list --before ${next}\``,
    waiting: "等待您决定",
    approved: "已批准，尚未执行",
    refused: "已被拒绝",
    expired: "期限内无人批准",
    cancelled: "请求已取消",
    deny: "裁定为拒绝",
    done: "完成",
    failed: "失败",
    unknown: "结果未知",
    open: "进行中",
    afterApproval: "（经批准）",
  },
} as const

function actionLines({ items, next }: Output<"action.list">, language: Language): string[] {
  const text = listTexts[language]
  const rows = items.map((action) => [
    action.id,
    sayTime(action.at),
    action.agentName,
    `${action.server}/${action.tool}`,
    action.effect,
    becameOf(action, language),
  ])
  return [
    ...(rows.length === 0 ? [text.none] : table(text.head, rows)),
    ...(next === null ? [] : [asCalled(text.older(next))]),
  ]
}

function becameOf({ verdict, outcome, reason, hold }: ActionRecord, language: Language): string {
  const text = listTexts[language]
  if (verdict === "deny") return text.deny
  if (verdict === "ask") return isHeldWord(reason) ? text[reason] : (reason ?? "")
  return `${text[outcome ?? "open"]}${hold === null ? "" : text.afterApproval}`
}

function isHeldWord(
  word: string | null,
): word is "waiting" | "approved" | "refused" | "expired" | "cancelled" {
  return ["waiting", "approved", "refused", "expired", "cancelled"].includes(word ?? "")
}
