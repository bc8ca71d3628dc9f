import type { RoomRecord } from "@hufu/core/contract/records"
import { sayBytes, sayTime } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { settingsWords } from "./words.ts"

/** How much room the data takes, and when it ends. */
export function RoomSaid({ room }: { readonly room: RoomRecord }) {
  const words = useWords(settingsWords)
  const lang = useLanguage()
  const bytes = (count: number) => sayBytes(count, lang)
  const parts = [
    words.roomSays(bytes(room.bytes), bytes(room.freeBytes)),
    ...(room.maxBytes === null ? [] : [words.roomBound(bytes(room.maxBytes))]),
    room.bytesPerDay === null ? words.roomYoung : words.roomGrows(bytes(room.bytesPerDay)),
    ...(room.fullAt === null ? [] : [words.roomFullAt(sayTime(room.fullAt, lang))]),
  ]
  return (
    <>
      <span>{parts.join(lang === "zh" ? "；" : "; ")}</span>
      {room.isFull ? <strong className="block text-deny">{words.roomFull}</strong> : null}
    </>
  )
}
