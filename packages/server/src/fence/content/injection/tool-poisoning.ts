import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "../detector.ts"
import { foldText } from "../fold-text.ts"

/** What only the definition of a tool that means to deceive says: each alone is enough. Gaps are bounded, so that each is one pass. */
const telling: readonly RegExp[] = [
  // Not to tell the user.
  /\b(?:do not|don't|dont|never|must not|without|avoid)\b[^.\n]{0,24}\b(?:tell|telling|mention|mentioning|inform|informing|notify|notifying|reveal|revealing|disclose|alert|alerting|show|showing|let)\b[^.\n]{0,48}\b(?:user|users|them|human|anyone|anybody|this to|this step|that you)\b/g,
  /(?:不要|不得|切勿|请勿|无需|不必|别)(?:向|对|跟|和)?(?:用户|使用者|任何人)?.{0,6}(?:告诉|告知|提及|透露|说明|通知|提醒|显示)/g,
  // To obey it before, or instead of, the others.
  /\b(?:before|prior to) (?:using|calling|invoking|running) (?:this|any|any other|the other|other|all|every)\b[^.\n]{0,24}\btools?\b[^.\n]{0,8},[^.\n]{0,40}\b(?:read|open|call|fetch|get|send|pass|include|access)\b/g,
  /\b(?:otherwise|or) (?:the|this) tool (?:will|does|would) not work\b/g,
  /在(?:使用|调用)(?:此|该|本|任何|其他|所有)[^。\n]{0,6}工具(?:之)?前.{0,20}(?:读取|打开|调用|发送|传入)/g,
  /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,20}\b(?:previous|prior|earlier|above|other|all|any)\b[^.\n]{0,20}\b(?:instruction|instructions|rules|prompt|prompts|directions)\b/g,
  /(?:忽.|无.|忘记)[^。\n]{0,8}(?:之前|以前|上述|其他|所有|先前)[^。\n]{0,8}(?:指令|指示|规.|提示|要求)/g,
  /<\/?(?:important|system|secret|instructions?|hidden|critical)>/g,
  // To give away what is nobody's business.
  /(?:~|\$home|%userprofile%|\/home\/\w{1,32}|\/root)[/\\]\.(?:ssh|aws|gnupg|kube|cursor|claude|config\/gcloud|docker|npmrc|netrc)\b/g,
  /\bid_(?:rsa|ed25519|ecdsa)\b|\/etc\/(?:passwd|shadow)\b|\bmcp\.json\b|\bclaude_desktop_config\b/g,
  /\b(?:pass|send|include|put|provide|give|append|attach|copy)\b[^.\n]{0,40}\b(?:whole|full|entire|complete|all of the|all the)\b[^.\n]{0,16}\b(?:conversation|chat|history|context|system prompt|messages)\b/g,
  /\b(?:include|pass|send|read|give|append|attach)\b[^.\n]{0,40}\b(?:user's|their|your) (?:private key|password|passwords|credentials|api key|secret|secrets|tokens?)\b/g,
]

const stepsEach = 40

/**
 * Definitions that instruct the agent instead of saying what the tool does. It is made for definitions alone: these speak in the
 * imperative as well, so the model for texts of others takes too many of them for instructions.
 */
export const toolPoisoning: Detector = {
  name: "tool-poisoning",
  version: "1",
  kinds: ["prompt_injection"],
  point: 0.5,
  stepsPerUnit: stepsEach * telling.length + 1,
  find(text, effort) {
    const { text: folded, places } = foldText(text, effort)
    return telling.flatMap((pattern) => matches(pattern, folded, effort)).map(place)

    function place({ start, end }: Match): Finding {
      return {
        kind: "prompt_injection",
        start: places[start] ?? 0,
        end: places[end] ?? text.length,
        score: 1,
      }
    }
  },
}

interface Match {
  readonly start: number
  readonly end: number
}

function matches(pattern: RegExp, folded: string, effort: Effort): Match[] {
  // A gap is looked at anew from each place where a phrase may begin.
  if (!spend(effort, stepsEach * folded.length)) return []
  return [...folded.matchAll(pattern)].map(({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
  }))
}
