import type { WitnessStatus } from "@hufu/core/contract/witness-status"
import { Failure } from "@hufu/core/failure"

/** Why a node lets no action through: a witness has shown that its ledger lost or changed something. */
export type Alarm = NonNullable<WitnessStatus["alarm"]>

/** What a witness has shown, and what to do. */
export function alarmOf({
  name,
  is,
  size,
  here,
}: {
  name: string
  is: "beyond" | "forked"
  size: number
  here: number
}): Alarm {
  if (is === "beyond")
    return {
      code: "ledger_rolled_back",
      en: `the witness ${name} saw ${size} entries of this ledger, and here are ${here}: the data folder is an older copy; keep it as it is, bring back the newest one, or run \`hufu backup\` and \`hufu restore --checkpoint\` to begin an epoch that states the gap`,
      zh: `见证方 ${name} 见过本账本 ${size} 个条目，而此处只有 ${here} 个：数据目录是较旧的副本。请保留现状，换回最新的数据目录；或运行 \`hufu backup\` 与 \`hufu restore --checkpoint\`，开始一个写明缺口的新纪元`,
    }
  return {
    code: "ledger_forked",
    en: `the witness ${name} saw another history of this ledger, at size ${size}: two copies went on under one key, or it was rewritten; keep this folder as it is, and go on only with the copy that the witness knows`,
    zh: `见证方 ${name} 在规模 ${size} 处见过本账本的另一段历史：两份副本以同一密钥各自延续，或历史被改写。请保留此目录，仅以见证方所知的副本继续`,
  }
}

export function asFailureOf({ code, en }: Alarm): Failure {
  return new Failure(code, en)
}

const sentences: Record<WitnessStatus["items"][number]["state"], { en: string; zh: string }> = {
  waiting: { en: "was not asked yet", zh: "尚未询问" },
  cosigned: { en: "has cosigned", zh: "已联署" },
  unreachable: { en: "does not answer: it is asked again by itself", zh: "没有回应：会自动再次询问" },
  refused: {
    en: "will not cosign: give its operator the key that `hufu log checkpoint` shows",
    zh: "不予联署：请将 `hufu log checkpoint` 显示的公钥交给其运营者",
  },
  untrusted: {
    en: "answered with a cosignature that is forged, replayed or of another time: compare its keys and both clocks",
    zh: "回应的联署系伪造、重放或时间不符：请核对其公钥与双方时钟",
  },
  disputed: {
    en: "says that it saw something else, and shows nothing that this ledger signed: ask its operator",
    zh: "称见过不同的历史，但未出示本账本签署的内容：请询问其运营者",
  },
  restored: {
    en: "saw the time before this ledger was restored: its operator has to forget the log and add it again",
    zh: "见过恢复之前的历史：须由其运营者移除该账本后重新加入",
  },
  contradicted: {
    en: "shows a checkpoint of this ledger that the ledger does not contain",
    zh: "出示了本账本签署、但账本并不包含的检查点",
  },
}

/** How a witness stands, in words. */
export function saysOf(state: WitnessStatus["items"][number]["state"]): { en: string; zh: string } {
  return sentences[state]
}
