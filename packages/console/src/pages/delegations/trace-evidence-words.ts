import { bilingual } from "../../words/bilingual.ts"
import { plural, sayNumber } from "../../words/format.ts"

export const traceEvidenceWords = bilingual(
  {
    title: "Evidence of all of it",
    what: "The receipts of every order here and of everything that was attempted because of it, joined: whoever has the file can check offline that they hang together, and is told which one was forged, dropped or swapped.",
    verify: "Verify in this browser",
    sound: (links: number, size: number) =>
      `${sayNumber(links, "en")} ${plural(links, "action hangs", "actions hang")} together, as the log has it at size ${sayNumber(size, "en")}.`,
    open: "Some of it has not ended: more may come.",
    unsound: "It does not hang together:",
    download: "Download the trace",
    cli: "Anybody can check the file with",
  },
  {
    title: "全部的证据",
    what: "此处每个委派以及因此所做一切的回执，连成链路：持有该文件者可离线校验其是否衔接，并得知哪一环被伪造、遗漏或调换。",
    verify: "在此浏览器中校验",
    sound: (links: number, size: number) =>
      `${sayNumber(links, "zh")} 个行为彼此衔接，与规模为 ${sayNumber(size, "zh")} 的账本一致。`,
    open: "其中有尚未结束的：之后还会增加。",
    unsound: "不能衔接：",
    download: "下载链路",
    cli: "任何人都可用以下命令校验该文件",
  },
)
