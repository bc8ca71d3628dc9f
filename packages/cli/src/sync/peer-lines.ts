import type { ShownPeer } from "@hufu/core/contract/sync-operations"
import type { Language } from "@hufu/core/words"
import { oneLine } from "../terminal/one-line.ts"

const states: Readonly<Record<ShownPeer["state"], Readonly<Record<Language, string>>>> = {
  following: { en: "followed", zh: "同步中" },
  waiting: { en: "does not answer", zh: "无应答" },
  refused: { en: "not believed any more", zh: "已不再信任" },
}

/** What a person reads of the registries that are mirrored. */
export function peerLines(peers: readonly ShownPeer[], language: Language): string[] {
  if (peers.length === 0)
    return [
      language === "zh"
        ? "未镜像任何其他登记平台。添加：`hufu registry sync add URL`"
        : "No other registry is mirrored. To mirror one: `hufu registry sync add URL`",
    ]
  return peers.flatMap((peer) => linesOf(peer, language))
}

function linesOf(peer: ShownPeer, language: Language): string[] {
  const { id, url, state, mirrors, usable, position, verified, trust, left, why } = peer
  const isZh = language === "zh"
  const proven =
    trust === "word"
      ? isZh
        ? "无账本可验证，仅采信其陈述"
        : "it has no ledger that could be verified: its word is taken"
      : isZh
        ? `其账本已验证至 ${verified} 个条目`
        : `its ledger is verified up to ${verified} entries`
  return [
    `${url}  ${states[state][language]}  (${id})`,
    isZh
      ? `  ${mirrors} 份镜像登记，其中 ${usable} 份可用；变更序号 ${position}；${proven}`
      : `  ${mirrors} registrations, ${usable} of them usable; up to change ${position}; ${proven}`,
    ...(left === 0 ? [] : [isZh ? `  ${left} 项变更未能采纳` : `  ${left} changes could not be taken in`]),
    ...(why === "" ? [] : [`  ${oneLine(why)}`]),
  ]
}
